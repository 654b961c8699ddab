"""A message as it is shown, saved and sent."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.engine.messages.checking import Fault
from workbench.engine.messages.sheet import Sheet
from workbench.engine.turn import ModelInfo, Usage
from workbench.errors import WorkbenchError


class MessageRefusedError(WorkbenchError):
    """A message cannot be written as it should be, so it is not written at all."""

    exit_code = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """How a message was made.

    Attributes:
        template: The kind and the language, such as "apology_vi".
        lang: Its language.
        tone: Its tone.
        prose: Whose sentences stand around the facts: the model's, or the template's own.
        faults: Which values the model was not shown, and why its sentences were refused, in the
            order of its tries; one line each.
        tokens: Of all tries together.
        generation_time_ms: From the question to the checked message, in milliseconds.
        model: Which model was asked, with its weights; `None` when none was.
        prompt: Which prompt asked it; `None` when none did.
    """

    template: str
    lang: str
    tone: str
    prose: Literal["model", "plain"]
    faults: tuple[str, ...] = ()
    tokens: Usage = field(default_factory=Usage)
    generation_time_ms: int = 0
    model: ModelInfo | None = None
    prompt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A checked message.

    Attributes:
        subject: One line.
        body: Plain text.
        html_body: The same as HTML, escaped.
        metadata: How it was made.
        sheet: What it was checked with.
    """

    subject: str
    body: str
    html_body: str
    metadata: Metadata
    sheet: Sheet

    def to_dict(self) -> dict[str, Any]:
        """Return the message as plain JSON types."""
        return {
            "subject": self.subject,
            "body": self.body,
            "html_body": self.html_body,
            "metadata": dataclasses.asdict(self.metadata),
        }


def refused(faults: list[Fault]) -> MessageRefusedError:
    """Return the error of a message that is not right even with plain prose."""
    told = "; ".join(fault.text for fault in faults)
    return MessageRefusedError(f"the message is not right, so it is not written ({told})")
