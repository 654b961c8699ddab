"""The assistants that ship with the workbench, one folder each, and their registry."""

from workbench.assistants.registry import assistant_folders, get_assistant, read_assistants

__all__ = ["assistant_folders", "get_assistant", "read_assistants"]
