"""Finding assistants: those that ship with the workbench and those of the workspace.

An assistant is a folder with an `assistant.yaml` and a `prompts` folder. A workspace's own lie in
its `assistants/` folder and win over a shipped one of the same name.
"""

import difflib
from pathlib import Path
from typing import Any

import yaml

from workbench.engine.assistant import Assistant
from workbench.engine.glossary import load_glossary
from workbench.engine.prompts import load_prompts
from workbench.errors import ConfigError, UnknownNameError
from workbench.yaml_text import read_yaml

SHIPPED = Path(__file__).parent
DEFINITION = "assistant.yaml"
GLOSSARY = "glossary.yaml"


def assistant_folders(workspace: Path) -> dict[str, Path]:
    """Return the folder of every assistant, by name."""
    folders: dict[str, Path] = {}
    for root in (SHIPPED, workspace / "assistants"):
        for definition in sorted(root.glob(f"*/{DEFINITION}")):
            folders[definition.parent.name] = definition.parent
    return folders


def get_assistant(name: str, workspace: Path) -> Assistant:
    """Return an assistant by name.

    Raises:
        UnknownNameError: There is none of that name.
        ConfigError: Its folder is not as it should be.
    """
    folders = assistant_folders(workspace)
    if name not in folders:
        near = difflib.get_close_matches(name, folders, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise UnknownNameError(
            f"there is no assistant {name!r}", f"{hint}there are: {', '.join(sorted(folders))}"
        )
    return load_assistant(folders[name], workspace)


def load_assistant(folder: Path, workspace: Path) -> Assistant:
    """Read an assistant's folder; its corpus path is relative to the workspace.

    Raises:
        ConfigError: A key is missing or of the wrong kind.
    """
    path = folder / DEFINITION
    try:
        content: dict[str, Any] = read_yaml(path.read_text(encoding="utf-8"))
        prompts = load_prompts(folder / "prompts")
        return Assistant(
            name=folder.name,
            title=content["title"],
            description=content.get("description", ""),
            languages=tuple(content["languages"]),
            corpus=workspace / content["corpus"],
            collection=content.get("collection", folder.name),
            prompts=prompts,
            default_prompt=content["prompt"],
            refusals=dict(content.get("refusals", {})),
            contacts=dict(content.get("contacts", {})),
            glossary=load_glossary(folder / GLOSSARY),
            examples=tuple(content.get("examples", ())),
        )
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise ConfigError(f"{path} is not a valid assistant ({error!r})", "correct it") from error
