"""Asking the model for the sentences around the facts, as JSON that the server holds to a schema.

The model is told what the message is about, in words alone: names, dates and amounts stand in the
message already, and what it never saw it cannot get wrong. Somebody's own words go along as data,
but not those that read as an order or name a benefit.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.engine.language import language_name
from workbench.engine.messages.checking import Fault
from workbench.engine.messages.declared import KindDeclared
from workbench.engine.messages.sheet import Prose, Sheet
from workbench.engine.prompts import Prompt
from workbench.engine.turn import ModelInfo, Usage

Chat = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model wrote, its tokens, and which model it is."""

    text: str
    usage: Usage
    model: ModelInfo


Complete = Callable[[Chat, dict[str, Any], int], Awaitable[Reply]]
"""Takes a chat, a JSON Schema and the most tokens; asks the model."""

MAX_TOKENS = 220
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "opening": {"type": "string"},
        "closing": {"type": "string"},
    },
    "required": ["opening", "closing"],
    "additionalProperties": False,
}
_AGAIN = (
    "That cannot be sent. It holds what nobody gave, or words that claim too much: {faults}. "
    "Write both sentences again, shorter and simpler, without these."
)


def prose_chat(prompt: Prompt, sheet: Sheet, kind: KindDeclared, tone: str) -> Chat:
    """Return the chat that asks for the prose of a message."""
    shown = [one for one in sheet.facts.values() if one.name not in sheet.withheld]
    facts = {one.name: one.text for one in shown if one.type == "text"}
    quotes = {one.name: one.text for one in shown if one.quoted}
    user = prompt.render_user(
        about=kind.about,
        tone=tone,
        language=language_name(sheet.lang),
        facts=json.dumps(facts, ensure_ascii=False) if facts else "",
        quotes=json.dumps(quotes, ensure_ascii=False) if quotes else "",
    )
    return prompt.messages(user)


def again(chat: Chat, reply: str, faults: Sequence[Fault]) -> Chat:
    """Return the chat that asks once more, and says what was wrong."""
    told = "; ".join(dict.fromkeys(fault.text for fault in faults))
    return [*chat, ("assistant", reply), ("user", _AGAIN.format(faults=told))]


def read_prose(reply: str) -> Prose | None:
    """Return the prose of a reply; `None` where it is broken."""
    try:
        record = json.loads(reply)
    except ValueError:
        return None
    parts = (
        [record.get(name) for name in ("opening", "closing")] if isinstance(record, dict) else []
    )
    texts = [part.strip() for part in parts if isinstance(part, str)]
    return Prose(*texts) if len(texts) == len(SCHEMA["required"]) else None
