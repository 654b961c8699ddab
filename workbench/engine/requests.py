"""Who does what a routed message asks for, and what may be promised of it: `requests.yaml`."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from workbench.engine.checked_yaml import read_checked
from workbench.errors import UnknownNameError

REQUESTS = "requests.yaml"
Priority = Literal["low", "medium", "high", "critical"]
_MINUTES = "{minutes}"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Frame(_Section):
    """What stands around the sentences of a reply, in one language.

    Attributes:
        opening: The first sentence.
        apology: The last one, where something went wrong.
        unclear: The whole reply to a message that must be asked back about.
        out_of_scope: The whole reply to a message that asks nothing of the house.
    """

    opening: str = Field(min_length=1)
    apology: str = Field(min_length=1)
    unclear: str = Field(min_length=1)
    out_of_scope: str = Field(min_length=1)


class Handling(_Section):
    """How a kind of request is handled.

    Attributes:
        department: Who does it.
        workflow: The id of the procedure.
        minutes: Until it is done or answered.
        priority: How urgent it usually is.
        reply: By language a sentence that promises `{minutes}` minutes and no other number.
    """

    department: str = Field(min_length=1)
    workflow: str = Field(min_length=1)
    minutes: int = Field(ge=1, le=1_440)
    priority: Priority
    reply: dict[str, str]

    @field_validator("reply")
    @classmethod
    def _promises_the_minutes(cls, reply: dict[str, str]) -> dict[str, str]:
        for lang, sentence in reply.items():
            rest = sentence.replace(_MINUTES, "", 1)
            if rest == sentence or re.search(r"[\d{}]", rest):
                raise ValueError(
                    f"the {lang} sentence must promise {_MINUTES} once and name no other number"
                )
        return reply

    def promise(self, lang: str) -> str:
        """Return the sentence of a reply in a language, its minutes filled in."""
        return self.reply[lang].replace(_MINUTES, str(self.minutes))


class Requests(_Section):
    """The keys of `requests.yaml`.

    Attributes:
        replies: What stands around the sentences, by language; the first is the one to fall back
            on.
        requests: The handling of each kind of request, by category and subcategory.
    """

    replies: dict[str, Frame] = Field(min_length=1)
    requests: dict[str, dict[str, Handling]] = Field(min_length=1)

    @model_validator(mode="after")
    def _every_language_has_every_sentence(self) -> "Requests":
        for category, kinds in self.requests.items():
            for name, handling in kinds.items():
                if set(handling.reply) != set(self.replies):
                    raise ValueError(
                        f"{category}.{name}: the reply must have the languages "
                        f"{', '.join(self.replies)}"
                    )
        workflows = [each.workflow for kinds in self.requests.values() for each in kinds.values()]
        twice = sorted({each for each in workflows if workflows.count(each) > 1})
        if twice:
            raise ValueError(f"the workflow {twice[0]} stands twice")
        return self

    def handling(self, category: str, subcategory: str) -> Handling:
        """Return how a kind of request is handled.

        Raises:
            UnknownNameError: There is no such kind.
        """
        found = self.requests.get(category, {}).get(subcategory)
        if found is None:
            known = [f"{each}/{name}" for each, kinds in self.requests.items() for name in kinds]
            raise UnknownNameError(
                f"no request is called {category}/{subcategory}", f"known: {', '.join(known)}"
            )
        return found

    def suggested_reply(
        self, kinds: Iterable[tuple[str, str]], lang: str, *, sorry: bool = False
    ) -> str:
        """Return a reply that promises exactly the minutes of the handlings.

        Args:
            kinds: Category and subcategory of each request, in the order of the reply; none for a
                message that asks nothing of the house.
            lang: The language; one that has no sentences gets the first that has.
            sorry: Whether something went wrong, which a reply is sorry for.

        Raises:
            UnknownNameError: There is no such kind of request.
        """
        lang = self._spoken(lang)
        frame = self.replies[lang]
        sentences = [self.handling(*kind).promise(lang) for kind in kinds]
        if not sentences:
            return frame.out_of_scope
        return " ".join([frame.opening, *sentences, *([frame.apology] if sorry else [])])

    def question_back(self, lang: str) -> str:
        """Return the reply to a message that is not understood."""
        return self.replies[self._spoken(lang)].unclear

    def _spoken(self, lang: str) -> str:
        return lang if lang in self.replies else next(iter(self.replies))


def load_requests(path: Path) -> Requests:
    """Read how an assistant's requests are handled.

    Args:
        path: Its `requests.yaml`.

    Raises:
        ConfigError: The file cannot be read, or a key is missing, unknown or of the wrong kind.
    """
    return read_checked(path, Requests)
