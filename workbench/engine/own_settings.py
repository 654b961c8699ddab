"""The settings that an assistant's folder ships, and which of all sources wins.

What a person set (`workbench.toml`, the environment, the command line, a variant of a suite) wins
over what an assistant ships, and that over the program's defaults.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from workbench.config import (
    MemorySettings,
    SamplingSettings,
    SearchSettings,
    Section,
    Settings,
)

if TYPE_CHECKING:
    from workbench.engine.assistant import Assistant

Source = Literal["workspace", "assistant", "default"]
S = TypeVar("S", bound=Section)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSettings:
    """What an assistant ships; of each section only what its folder names counts.

    Attributes:
        retrieval: How passages are found.
        memory: How many earlier turns are given.
        sampling: How the model writes.
    """

    retrieval: SearchSettings = field(default_factory=SearchSettings)
    memory: MemorySettings = field(default_factory=MemorySettings)
    sampling: SamplingSettings = field(default_factory=SamplingSettings)


NO_SETTINGS = OwnSettings()
"""Of an assistant that leaves everything to the program's defaults."""


@dataclass(frozen=True, slots=True)
class Effective:
    """A setting as it holds for an assistant.

    Attributes:
        key: Its name in `assistant.yaml`, such as `sampling.temperature`.
        setting: Its name in `workbench.toml` and for `--set`, such as `answer.temperature`.
        value: What holds.
        source: Who chose it; "workspace" is `workbench.toml` or the environment.
    """

    key: str
    setting: str
    value: Any
    source: Source


def settings_for(settings: Settings, assistant: "Assistant") -> Settings:
    """Return the settings that hold for an assistant; asking again changes nothing.

    Args:
        settings: The workspace's settings; what they name wins.
        assistant: What it ships holds where they name nothing.
    """
    own = assistant.settings
    return settings.model_copy(
        update={
            "retrieval": _filled(settings.retrieval, own.retrieval),
            "answer": _filled(settings.answer, own.memory, own.sampling),
        }
    )


def effective_settings(settings: Settings, assistant: "Assistant") -> list[Effective]:
    """Return every setting that an assistant may ship, with what holds and who chose it."""
    own = assistant.settings
    parts = (
        ("retrieval", "retrieval", settings.retrieval, own.retrieval),
        ("memory", "answer", settings.answer, own.memory),
        ("sampling", "answer", settings.answer, own.sampling),
    )
    return [
        _effective(f"{part}.{name}", f"{section}.{name}", chosen, shipped)
        for part, section, chosen, shipped in parts
        for name in type(shipped).model_fields
    ]


def _filled(chosen: S, *shipped: Section) -> S:
    """Return a section with what an assistant ships where a person chose nothing."""
    given: dict[str, Any] = {}
    sections: list[Section] = [*shipped, chosen]  # a later one wins
    for each in sections:
        given |= each.model_dump(exclude_unset=True)
    return type(chosen).model_validate(given)


def _effective(key: str, setting: str, chosen: Section, shipped: Section) -> Effective:
    name = setting.partition(".")[2]
    if name in chosen.model_fields_set:
        return Effective(key, setting, getattr(chosen, name), "workspace")
    source: Source = "assistant" if name in shipped.model_fields_set else "default"
    return Effective(key, setting, getattr(shipped, name), source)
