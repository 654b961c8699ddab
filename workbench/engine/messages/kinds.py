"""The messages of one assistant: what is declared, its templates, and where its facts are."""

import difflib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.engine.messages.declared import Declared, KindDeclared
from workbench.engine.messages.facts import Write
from workbench.engine.prompts import Prompt
from workbench.engine.tools.context import ToolContext
from workbench.errors import ConfigError, UnknownNameError


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the assistant's tables say of a record, such as a booking.

    Attributes:
        id: The record's id.
        facts: Its facts by their declared names; those that are not known are left out.
        state: What state it is in, such as "cancelled".
        lang: The language of whoever the message is for; empty where it is not known.
    """

    id: str
    facts: Mapping[str, Any]
    state: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message that lies in the outbox: its number there, its text, who put it there and when."""

    number: str
    body: str
    by: str = ""
    at: str = ""


LookUp = Callable[[str, ToolContext], Awaitable[Found | None]]
"""Takes a record's id; returns what the operator may see of it, `None` where that is nothing."""
SentBefore = Callable[[str, str, ToolContext], Awaitable[Sequence[Sent]]]
"""Takes a record's id and a subject; returns what was sent to it under that subject."""


async def _nothing(*_: Any) -> Sequence[Sent]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """The messages of one assistant.

    Attributes:
        declared: Kinds, facts and tones.
        templates: Jinja templates by kind and language, such as "apology.vi".
        prompt: Asks the model for the prose.
        look_up: Finds facts in the assistant's tables.
        sent_before: Finds what was sent already.
        write: How values are written, by the type of fact.
        names: The names of the assistant's own things, such as its types of rooms: prose states
            one only where a fact does.
    """

    declared: Declared
    templates: Mapping[str, str]
    prompt: Prompt
    look_up: LookUp
    sent_before: SentBefore = _nothing
    write: Mapping[str, Write] = field(default_factory=dict)
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that every template's language has its plain prose and its choices.

        Raises:
            ConfigError: Something is not there in a language.
        """
        for template in self.templates:
            name, _, lang = template.partition(".")
            kind = self.kind(name)
            choices = [one for fact in kind.facts for one in
                       self.declared.facts[fact].choices.values()]  # fmt: skip
            if any(lang not in told for told in (kind.opening, kind.closing, *choices)):
                raise ConfigError(
                    f"template {template} has no opening, closing or choice in {lang!r}",
                    "declare them in its language",
                )

    def kind(self, name: str) -> KindDeclared:
        """Return a kind by name.

        Raises:
            UnknownNameError: There is none of that name.
        """
        kinds = self.declared.kinds
        if name not in kinds:
            near = difflib.get_close_matches(name, kinds, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise UnknownNameError(
                f"there is no kind of message {name!r}", f"{hint}there are: {', '.join(kinds)}"
            )
        return kinds[name]

    def tone(self, name: str) -> str:
        """Return what a tone means.

        Raises:
            UnknownNameError: There is none of that name.
        """
        tones = self.declared.tones
        if name not in tones:
            raise UnknownNameError(f"there is no tone {name!r}", f"there are: {', '.join(tones)}")
        return tones[name]

    def template(self, kind: str, lang: str) -> str:
        """Return the template of a kind in a language.

        Raises:
            UnknownNameError: There is none in that language.
        """
        key = f"{kind}.{lang}"
        if key not in self.templates:
            languages = [name.removeprefix(f"{kind}.") for name in self.templates
                         if name.startswith(f"{kind}.")]  # fmt: skip
            raise UnknownNameError(
                f"there is no template of {kind} in {lang!r}",
                f"it is there in: {', '.join(sorted(languages)) or 'no language'}",
            )
        return self.templates[key]


def read_templates(folder: Path, declared: Declared) -> dict[str, str]:
    """Read the templates of a folder: a file KIND.LANGUAGE.j2 for each.

    Raises:
        ConfigError: A file belongs to no kind, or a kind has no template.
    """
    found = {
        path.name.removesuffix(".j2"): path.read_text(encoding="utf-8")
        for path in sorted(folder.glob("*.j2"))
    }
    kinds = {name.partition(".")[0] for name in found}
    for stray in kinds ^ set(declared.kinds):
        raise ConfigError(
            f"{folder}: {stray!r} has a template or is a kind, but not both",
            "each kind has a file KIND.LANGUAGE.j2",
        )
    return found
