"""What an assistant's folder holds for tasks: `tasks.yaml`, and tools that only plans use."""

from collections.abc import Mapping
from pathlib import Path

from workbench.assistants.code import load_code
from workbench.assistants.registry import assistant_folders
from workbench.engine.assistant import Assistant
from workbench.engine.tasks.declared import Declarations, load_declarations
from workbench.engine.tools.tool import Tool
from workbench.errors import ConfigError

DECLARATIONS = "tasks.yaml"


def load_task_files(
    assistant: Assistant, workspace: Path
) -> tuple[Declarations, Mapping[str, Tool]]:
    """Return what an assistant declares about tasks, and all tools that its plans may use.

    Args:
        assistant: The assistant, as `get_assistant` gave it.
        workspace: The workspace.

    Raises:
        ConfigError: A file is not as it should be.
    """
    folder = assistant_folders(workspace)[assistant.name]
    declared = load_declarations(folder / DECLARATIONS)
    code = load_code(folder, assistant.name, "tasks")
    own = getattr(code, "TOOLS", ()) if code else ()
    if not isinstance(own, list | tuple) or not all(isinstance(one, Tool) for one in own):
        raise ConfigError(
            f"the tasks of {assistant.name!r} have no list TOOLS of tools",
            "make it of functions with @tool",
        )
    return declared, {**assistant.tools, **{one.name: one for one in own}}
