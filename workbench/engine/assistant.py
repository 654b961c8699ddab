"""What an assistant declares; the engine knows no assistant by name."""

from dataclasses import dataclass, field
from pathlib import Path

from workbench.engine.glossary import NO_GLOSSARY, Glossary
from workbench.engine.prompts import Prompt
from workbench.errors import UnknownNameError


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
