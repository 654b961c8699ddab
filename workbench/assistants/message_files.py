"""What an assistant's folder holds for messages: a module `messages` that declares them."""

from pathlib import Path

from workbench.assistants.code import load_code
from workbench.assistants.registry import assistant_folders
from workbench.engine.assistant import Assistant
from workbench.engine.messages import Messages
from workbench.errors import ConfigError, UsageError


def load_messages(assistant: Assistant, workspace: Path) -> Messages:
    """Return the messages that an assistant can write.

    Args:
        assistant: The assistant, as `get_assistant` gave it.
        workspace: The workspace.

    Raises:
        UsageError: It declares none.
        ConfigError: They are not as they should be.
    """
    folder = assistant_folders(workspace)[assistant.name]
    code = load_code(folder, assistant.name, "messages")
    if code is None:
        raise UsageError(
            f"assistant {assistant.name!r} writes no messages",
            f"declare them in {folder / 'messages'}",
        )
    declared = getattr(code, "MESSAGES", None)
    if not isinstance(declared, Messages):
        raise ConfigError(
            f"the messages of {assistant.name!r} have no MESSAGES", "see the hotel's for its form"
        )
    return declared
