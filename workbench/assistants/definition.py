"""Reading `assistant.yaml` and what lies beside it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from workbench.assistants.code import load_code
from workbench.config import MemorySettings, SamplingSettings, SearchSettings
from workbench.engine.assistant import Assistant, AssistantTables
from workbench.engine.glossary import load_glossary
from workbench.engine.own_settings import OwnSettings
from workbench.engine.prompts import load_prompts
from workbench.engine.roles import Roles
from workbench.engine.tools.tool import Tool
from workbench.errors import ConfigError
from workbench.record_lines import nearest_key
from workbench.yaml_text import read_yaml

DEFINITION = "assistant.yaml"
GLOSSARY = "glossary.yaml"
SCHEMA = "schema.sql"
ROUTES = "routes.jsonl"

_SAID = {"missing": "it is missing", "model_type": "it holds keys of its own, or nothing"}
"""What is said of a fault instead of the library's words, which speak of classes."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TablesSection(_Section):
    """How the sample data of an assistant's tables are made."""

    seed: int = 0
    now: datetime | None = None


class Definition(_Section):
    """The keys of `assistant.yaml`; see `Assistant` for what they mean."""

    title: str
    description: str = ""
    languages: list[str] = Field(min_length=1)
    corpus: Path
    collection: str | None = None
    prompt: str
    refusals: dict[str, str] = Field(default_factory=dict)
    contacts: dict[str, str] = Field(default_factory=dict)
    examples: list[str] = Field(default_factory=list)
    roles: dict[str, list[str]] = Field(default_factory=dict)
    tables: TablesSection | None = None
    retrieval: SearchSettings = SearchSettings()
    memory: MemorySettings = MemorySettings()
    sampling: SamplingSettings = SamplingSettings()

    @field_validator("retrieval", "memory", "sampling", mode="before")
    @classmethod
    def _may_be_empty(cls, section: Any) -> Any:
        """A section whose keys are all comments is read as nothing."""
        return {} if section is None else section


def load_definition(folder: Path, workspace: Path, name: str) -> Assistant:
    """Read an assistant's folder.

    Raises:
        ConfigError: A key is missing, unknown or of the wrong kind, a file cannot be read, or its
            code cannot be loaded.
    """
    try:
        return _load(folder, workspace, name)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"a file of the assistant in {folder} cannot be read ({error})",
            "files are UTF-8 text that you may read",
        ) from error


def _load(folder: Path, workspace: Path, name: str) -> Assistant:
    told = _read(folder / DEFINITION)
    return Assistant(
        name=name,
        title=told.title,
        description=told.description,
        languages=tuple(told.languages),
        corpus=workspace / told.corpus,
        collection=told.collection or name,
        prompts=load_prompts(folder / "prompts"),
        default_prompt=told.prompt,
        refusals=told.refusals,
        contacts=told.contacts,
        glossary=load_glossary(folder / GLOSSARY),
        examples=tuple(told.examples),
        roles=Roles({role: frozenset(may) for role, may in told.roles.items()}),
        tools=_tools(folder, name),
        tables=_tables(folder, name, told.tables),
        routes=folder / ROUTES if (folder / ROUTES).is_file() else None,
        settings=OwnSettings(retrieval=told.retrieval, memory=told.memory, sampling=told.sampling),
    )


def _read(path: Path) -> Definition:
    try:
        content = read_yaml(path.read_text(encoding="utf-8"))
        return Definition.model_validate(content)
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is not valid YAML ({error})", "correct it") from error
    except ValidationError as error:
        raise _fault(path, error) from error


def _fault(path: Path, error: ValidationError) -> ConfigError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        near = nearest_key(Definition, first["loc"])
        return ConfigError(f"{path}: unknown key {key!r}", f"the nearest is {near!r}")
    said = _SAID.get(first["type"], first["msg"])
    return ConfigError(f"{path}: key {key!r}: {said.removeprefix('Value error, ')}", "correct it")


def _tools(folder: Path, name: str) -> Mapping[str, Tool]:
    code = load_code(folder, name, "tools")
    if code is None:
        return {}
    tools = getattr(code, "TOOLS", None)
    if not isinstance(tools, list | tuple) or not all(isinstance(one, Tool) for one in tools):
        raise ConfigError(
            f"the tools of {name!r} have no list TOOLS of tools", "make it of functions with @tool"
        )
    return {one.name: one for one in tools}


def _tables(folder: Path, name: str, told: TablesSection | None) -> AssistantTables | None:
    path = folder / SCHEMA
    if not path.is_file():
        return None
    told = told or TablesSection()
    code = load_code(folder, name, "seed")
    make = getattr(code, "make_tables", None) if code else lambda *_: ()
    if not callable(make):
        raise ConfigError(
            f"the seed of {name!r} has no function make_tables", "see the hotel's for its form"
        )
    definition = path.read_text(encoding="utf-8")
    return AssistantTables(
        definition=definition,
        make=make,
        seed=told.seed,
        now=told.now,
        made_of=_hash(folder, definition, told),
    )


def _hash(folder: Path, definition: str, told: TablesSection) -> str:
    """Return what changes whenever the tables would be made otherwise."""
    code = [*folder.glob("seed.py"), *sorted((folder / "seed").glob("*.py"))]
    parts = [definition, told.model_dump_json(), *(path.read_text("utf-8") for path in code)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
