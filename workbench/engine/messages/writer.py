"""Writing a message: facts, template, prose, check."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.engine.messages.checking import Fault, check_message, check_parts
from workbench.engine.messages.gathering import check_dates, find_record, gather_facts
from workbench.engine.messages.html import as_html
from workbench.engine.messages.kinds import Found, Messages
from workbench.engine.messages.message import Message, Metadata, refused
from workbench.engine.messages.prose import (
    MAX_TOKENS,
    SCHEMA,
    Complete,
    again,
    prose_chat,
    read_prose,
)
from workbench.engine.messages.sheet import Prose, Sheet, render
from workbench.engine.messages.withholding import find_withheld
from workbench.engine.tools.context import ToolContext
from workbench.engine.turn import ModelInfo, Usage
from workbench.errors import UsageError

TRIES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A message that is asked for.

    Attributes:
        kind: Which.
        record: The record that it is about, such as a booking's id.
        given: Facts that whoever asks gives, as written.
        lang: Its language; that of the record's guest, or else the operator's, when `None`.
        tone: Its tone; that of the kind when `None`.
    """

    kind: str
    record: str | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    lang: str | None = None
    tone: str | None = None


@dataclass(slots=True)
class _Tried:
    """What came of asking the model."""

    prose: Prose | None = None
    faults: list[Fault] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    model: ModelInfo | None = None


class MessageWriter:
    """Writes messages for one operator.

    Args:
        messages: The assistant's messages.
        context: The assistant's tables and clock, and who asks.
        complete: Asks the model; plain prose is used when `None`.
    """

    def __init__(
        self,
        messages: Messages,
        context: ToolContext,
        complete: Complete | None = None,
    ) -> None:
        self._messages = messages
        self._context = context
        self._complete = complete

    async def write(self, asked: Asked) -> Message:
        """Write a message and check it.

        Raises:
            UnknownNameError: No such kind, tone, language, fact, or record that the role may see.
            UsageError: A fact is missing or not as it should be, or the role may not write.
            ModelServerError: The model cannot be asked.
            MessageRefusedError: The message is not right even with plain prose.
        """
        started = time.perf_counter()
        sheet = await self.prepare(asked)
        tried = await self._try(sheet) if self._complete else _Tried()
        prose = tried.prose or sheet.plain
        body = sheet.body(prose)
        if faults := check_message(sheet.subject, body, sheet):
            raise refused(faults)
        return Message(
            subject=sheet.subject,
            body=body,
            html_body=as_html(sheet.filled(prose)),
            metadata=Metadata(
                template=f"{sheet.kind}_{sheet.lang}",
                lang=sheet.lang,
                tone=sheet.tone,
                prose="model" if tried.prose else "plain",
                faults=tuple(fault.text for fault in [*_withheld(sheet), *tried.faults]),
                tokens=tried.usage,
                generation_time_ms=round((time.perf_counter() - started) * 1000),
                model=tried.model,
                prompt=self._messages.prompt.label if self._complete else None,
            ),
            sheet=sheet,
        )

    async def prepare(self, asked: Asked) -> Sheet:
        """Return a message before its prose; see `write` for the errors."""
        messages = self._messages
        if not self._context.operator.may(messages.declared.permission):
            raise UsageError(
                f"the role {self._context.operator.role!r} may not write messages",
                f"it lacks {messages.declared.permission}",
            )
        kind = messages.kind(asked.kind)
        tone = asked.tone or kind.tone
        messages.tone(tone)
        if asked.lang is not None:
            messages.template(asked.kind, asked.lang)
        found = await find_record(messages, asked.kind, asked.record, self._context)
        lang = self._language(asked, found)
        facts = gather_facts(messages, asked.kind, found, asked.given, lang)
        check_dates(messages, asked.kind, facts, self._context)
        shown = {name: facts[name].text if name in facts else None for name in kind.facts}
        name = f"{asked.kind}.{lang}"
        subject, lines = render(messages.template(asked.kind, lang), name, shown)
        return Sheet(
            kind=asked.kind,
            lang=lang,
            tone=tone,
            record=found.id if found else "",
            subject=subject,
            lines=tuple(lines),
            needs=kind.needs,
            facts=facts,
            plain=Prose(kind.opening[lang], kind.closing[lang]),
            words=f"{messages.declared.words.get(lang, '')} {kind.words.get(lang, '')}",
            names=messages.names,
            withheld=find_withheld(facts, lang),
        )

    def _language(self, asked: Asked, found: Found | None) -> str:
        if asked.lang is not None:
            return asked.lang
        guests = found.lang if found else ""
        known = f"{asked.kind}.{guests}" in self._messages.templates
        return guests if known else self._context.lang

    async def _try(self, sheet: Sheet) -> _Tried:
        """Ask the model, and once more if what it wrote cannot be sent."""
        assert self._complete is not None
        messages = self._messages
        kind, tone = messages.kind(sheet.kind), messages.tone(sheet.tone)
        chat = prose_chat(messages.prompt, sheet, kind, tone)
        tried = _Tried()
        for _ in range(TRIES):
            reply = await self._complete(chat, SCHEMA, MAX_TOKENS)
            tried.usage, tried.model = _sum(tried.usage, reply.usage), reply.model
            prose = read_prose(reply.text)
            faults = check_parts(prose, sheet) if prose else [Fault("mark-up", "broken JSON")]
            if not faults:
                tried.prose = prose
                break
            tried.faults += faults
            chat = again(chat, reply.text, faults)
        return tried


def _withheld(sheet: Sheet) -> list[Fault]:
    return [Fault("withheld", f"{name} ({why})") for name, why in sheet.withheld.items()]


def _sum(first: Usage, second: Usage) -> Usage:
    return Usage(
        prompt=first.prompt + second.prompt,
        completion=first.completion + second.completion,
        cached=first.cached + second.cached,
    )
