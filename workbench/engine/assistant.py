"""What an assistant declares; the engine knows no assistant by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from workbench.engine.glossary import NO_GLOSSARY, Glossary
from workbench.engine.own_settings import NO_SETTINGS, OwnSettings
from workbench.engine.prompts import Prompt
from workbench.engine.roles import NO_ROLES, Roles
from workbench.engine.tools.tool import Tool
from workbench.errors import UnknownNameError

MakeTables = Callable[[int, date], Sequence[tuple[str, Sequence[Mapping[str, Any]]]]]
"""Takes a seed and a reference date; returns tables with their rows, references first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantTables:
    """The tables that an assistant brings.

    Attributes:
        definition: The SQL that makes them.
        make: What they hold at first.
        seed: Of the sample data.
        now: The clock that goes with the sample data; the real time when `None`.
        made_of: A hash of all this, by which other definitions are told.
    """

    definition: str
    make: MakeTables
    seed: int
    now: datetime | None
    made_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """One assistant, as its folder declares it.

    Attributes:
        name: The name by which it is chosen.
        title: The name shown to people.
        description: What it helps with, in one sentence.
        languages: The languages it speaks, the default first ("en", "vi", "id").
        corpus: Its documents, as an absolute folder or a JSONL file.
        collection: The name of its index.
        prompts: Its prompts by name.
        default_prompt: The prompt that is used when none is named.
        refusals: By language, what it says when the documents do not hold the answer.
        contacts: By language, whom to ask then.
        superseded_marks: Words in a title or heading that mark a rule out of force.
        glossary: Terms that mean the same in its documents.
        examples: Questions that it can be asked, shown to people who begin.
        roles: Who may see and do what.
        tools: What it can look up or do besides reading documents, by name.
        tables: The tables that its tools work on.
        routes: Labelled questions from which it learns when to use which tool; JSON Lines.
        settings: How it searches, remembers and writes where nobody chose otherwise.
    """

    name: str
    title: str
    description: str = ""
    languages: tuple[str, ...]
    corpus: Path
    collection: str
    prompts: dict[str, Prompt]
    default_prompt: str
    refusals: dict[str, str] = field(default_factory=dict)
    contacts: dict[str, str] = field(default_factory=dict)
    superseded_marks: tuple[str, ...] = ("SUPERSEDED",)
    glossary: Glossary = NO_GLOSSARY
    examples: tuple[str, ...] = ()
    roles: Roles = NO_ROLES
    tools: Mapping[str, Tool] = field(default_factory=dict)
    tables: AssistantTables | None = None
    routes: Path | None = None
    settings: OwnSettings = NO_SETTINGS

    def prompt(self, name: str | None = None) -> Prompt:
        """Return a prompt by name, the default one for `None`.

        Raises:
            UnknownNameError: The assistant has no prompt of that name.
        """
        wanted = name or self.default_prompt
        if wanted not in self.prompts:
            raise UnknownNameError(
                f"assistant {self.name!r} has no prompt {wanted!r}",
                f"it has: {', '.join(sorted(self.prompts))}",
            )
        return self.prompts[wanted]

    def refusal(self, lang: str) -> str:
        """Return the honest "not in the documents" with whom to ask, in `lang`."""
        key = lang if lang in self.refusals else self.languages[0]
        return f"{self.refusals.get(key, '')} {self.contacts.get(key, '')}".strip()
