"""The `workbench` command: one file a group; heavy imports only inside commands."""
