"""The assistants that ship with the workbench, one folder each, and their registry."""
