"""Makes faulty messages from finished ones, always the same ones for a seed.

Every fault is one that a reader would take at face value: a value that is nearly right, another
guest's name, a sentence in the style of the message. `faults.yaml` holds the sentences.
"""

import html
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from evals.messages.asked import Request, fixed_texts, plain
from evals.messages.stating import missing_facts
from workbench.evaluation.metrics.canonical import Token, tokens
from workbench.yaml_text import read_yaml

TEMPLATES = Path(__file__).with_name("faults.yaml")
LANGS = ("en", "vi")


@dataclass(frozen=True)
class Finished:
    """A finished message: what was asked for, its parts, and its prose as it stands in them."""

    request: Request
    subject: str
    body: str
    html_body: str
    opening: str
    closing: str


@dataclass(frozen=True)
class Seeded:
    """A message with one fault, or with other prose and none.

    Attributes:
        name: The kind of fault; "harmless" for none.
        where: "fact" (a fact itself is changed), "opening" or "closing".
        what: What was changed into what.
        message: The message.
    """

    name: str
    where: str
    what: str
    message: Finished


class CannotSeedError(Exception):
    """This fault cannot be made in this message."""


def templates() -> Mapping[str, Any]:
    """Return the content of `faults.yaml`."""
    content: Mapping[str, Any] = read_yaml(TEMPLATES.read_text(encoding="utf-8"))
    return content


def finished(request: Request, output: Mapping[str, Any]) -> Finished:
    """Return a plain output with its prose, the kind's fixed sentences.

    Raises:
        CannotSeedError: These do not stand in it.
    """
    opening, closing = fixed_texts()["kinds"][request.kind][request.lang]
    body, html_body = str(output["body"]), str(output["html_body"])
    if any(body.count(text) != 1 or html_body.count(text) != 1 for text in (opening, closing)):
        raise CannotSeedError(f"{request.id}: the prose is not the kind's own")
    return Finished(request, str(output["subject"]), body, html_body, opening, closing)


def seed_faults(messages: Sequence[Finished], seed: int) -> list[Seeded]:
    """Return one faulty message for each fault of `faults.yaml`, no message twice if it can be.

    Raises:
        CannotSeedError: No message can carry one of them.
    """
    rng = random.Random(seed)  # noqa: S311 - a drawn sample, no secret
    content, used = templates(), set[str]()
    faults = []
    for name, by_lang in content["seeded"].items():
        for lang in LANGS:
            for make in _makers(name, by_lang[lang], rng, content):
                kept = [one for one in messages if one.request.lang == lang]
                fault = _first(kept, make, used, rng, name)
                used.add(fault.message.request.id)
                faults.append(fault)
    return faults


def harmless_prose(messages: Sequence[Finished], seed: int) -> list[Seeded]:
    """Return a message for each pair of sentences that state nothing: no fault to find."""
    rng = random.Random(seed)  # noqa: S311 - a drawn sample, no secret
    made = []
    for kind, by_lang in templates()["harmless"].items():
        for lang in LANGS:
            kept = [m for m in messages if (m.request.kind, m.request.lang) == (kind, lang)]
            for opening, closing in by_lang[lang]:
                message = _with_prose(rng.choice(kept), opening, closing)
                made.append(Seeded("harmless", "prose", f"{opening} / {closing}", message))
    return made


Make = Callable[[Finished], Seeded]


def _makers(
    name: str, plan: Mapping[str, Any], rng: random.Random, content: Mapping[str, Any]
) -> Iterator[Make]:
    for number in range(plan.get("in_place", 0)):
        if name == "missing_fact":  # first the guest's name, then other facts
            yield lambda message, names=number == 0: _without_fact(message, rng, names)  # type: ignore[misc]
        else:
            yield lambda message: _changed(name, message, rng, content)
    for template in plan.get("prose", ()):
        yield lambda message, used=template: _said(name, message, used, rng, content)  # type: ignore[misc]


def _first(
    messages: Sequence[Finished], make: Make, used: set[str], rng: random.Random, name: str
) -> Seeded:
    """Return the fault in a message drawn at random; those that carry none yet come first."""
    order = sorted(rng.sample(messages, len(messages)), key=lambda one: one.request.id in used)
    for message in order:
        try:
            return make(message)
        except CannotSeedError:
            continue
    raise CannotSeedError(f"no message can carry a fault {name!r}")


def _said(
    name: str, message: Finished, template: Mapping[str, Any], rng: random.Random,
    content: Mapping[str, Any],
) -> Seeded:  # fmt: skip
    if message.request.kind not in template.get("kinds", (message.request.kind,)):
        raise CannotSeedError(name)
    text: str = template["text"]
    if "{wrong}" in text:
        _, wrong = _wrong_value(name, message, rng, content)
        text = text.format(wrong=wrong)
    if "{other_type}" in text:
        known = plain(" ".join(message.request.known)).casefold()
        types = [one for one in content["other_types"] if one.casefold() not in known]
        text = text.format(other_type=rng.choice(types))
    opening, closing = message.opening, message.closing
    if template["place"] == "opening":
        opening = f"{opening} {text}"
    else:
        closing = f"{text} {closing}"
    return Seeded(name, template["place"], text, _with_prose(message, opening, closing))


def _with_prose(message: Finished, opening: str, closing: str) -> Finished:
    body, html_body = message.body, message.html_body
    for old, new in ((message.opening, opening), (message.closing, closing)):
        body = body.replace(old, new, 1)
        html_body = html_body.replace(old, html.escape(new), 1)
    return replace(message, body=body, html_body=html_body, opening=opening, closing=closing)


def _changed(
    name: str, message: Finished, rng: random.Random, content: Mapping[str, Any]
) -> Seeded:
    right, wrong = _wrong_value(name, message, rng, content)
    pattern = re.compile(rf"(?<![\w-]){re.escape(right)}(?!\w)")
    escaped = re.compile(rf"(?<![\w-]){re.escape(html.escape(right))}(?!\w)")
    changed = replace(
        message,
        subject=pattern.sub(wrong, message.subject),
        body=pattern.sub(wrong, message.body),
        html_body=escaped.sub(html.escape(wrong), message.html_body),
    )
    if changed.body == message.body:
        raise CannotSeedError(name)
    return Seeded(name, "fact", f"{right} -> {wrong}", changed)


def _without_fact(message: Finished, rng: random.Random, names: bool) -> Seeded:
    """Remove the lines in which one fact stands that the subject does not hold as well."""
    name, *others = message.request.facts
    facts = [name] if names else others
    for forms in rng.sample(facts, len(facts)):
        alone = replace(message.request, facts=(forms,))
        lines = message.body.splitlines()
        gone = [line for line in lines if line.strip() and not missing_facts(line, alone)]
        body = "\n".join(line for line in lines if line not in gone)
        if gone and missing_facts(f"{message.subject}\n{body}", alone):
            html_body = message.html_body
            for line in gone:
                html_body = _without_line(html_body, line)
            changed = replace(message, body=body, html_body=html_body)
            return Seeded("missing_fact", "fact", " / ".join(gone), changed)
    raise CannotSeedError("missing_fact")


def _without_line(html_body: str, line: str) -> str:
    """Remove what shows a line of the plain body: a list item, a line of a paragraph, or it all."""
    text = html.escape(line.strip().removeprefix("- "))
    for shown in (f"<li>{text}</li>\n", f"<br>{text}", f"{text}<br>", f"<p>{text}</p>\n", text):
        if shown in html_body:
            return html_body.replace(shown, "", 1)
    raise CannotSeedError("missing_fact")


def _wrong_value(
    name: str, message: Finished, rng: random.Random, content: Mapping[str, Any]
) -> tuple[str, str]:
    """Return a value of the message as it is written there, and another like it."""
    if name == "swapped_guest":
        right = message.request.facts[0][0]
        others = [one for one in content["other_guests"] if one != right]
        return right, rng.choice(others)
    if name == "wrong_confirmation":
        return _confirmation(message)
    if name == "wrong_room":
        return _room(message)
    kind = {"wrong_amount": "money", "wrong_date": "date"}[name]
    value = rng.choice(_written(kind, message))
    return value.text, _near_amount(value) if kind == "money" else _near_day(value)


def _written(kind: str, message: Finished) -> list[Token]:
    """Return the values of a kind that the message must state, as they are written in its body."""
    wanted = [token for forms in message.request.facts for token in tokens(forms[0])]
    wanted = [token for token in wanted if any(reading[0] == kind for reading in token.exact)]
    said = [token for token in tokens(message.body) if any(token.states(value) for value in wanted)]
    said = [token for token in said if kind != "money" or "VND" in token.text]
    if not said:
        raise CannotSeedError(kind)
    return said


def _near_amount(amount: Token) -> str:
    """Return an amount 10% above, written in the same way."""
    value = next(reading[2] for reading in amount.exact if reading[0] == "money")
    assert isinstance(value, Decimal)
    separator = "." if "." in amount.text else ","
    digits = re.search(r"[0-9][0-9.,]*[0-9]", amount.text)
    assert digits
    near = f"{int(value * 11 / 10) // 1000 * 1000:,}".replace(",", separator)
    return amount.text.replace(digits.group(), near)


def _near_day(date: Token) -> str:
    """Return the day after, or the day before near the end of a month, written in the same way."""
    day = next(reading[3] for reading in date.exact if reading[0] == "date")
    if not isinstance(day, int):
        raise CannotSeedError("wrong_date")
    near = day + 1 if day < 28 else day - 1
    return re.sub(
        r"(?<![0-9])0?" + str(day) + r"(?![0-9])",
        lambda found: f"{near:0{len(found.group())}d}",
        date.text,
        count=1,
    )


def _confirmation(message: Finished) -> tuple[str, str]:
    found = re.search(r"CONF-[0-9]{4}-([0-9]{3,})", message.body)
    if not found:
        raise CannotSeedError("wrong_confirmation")
    number = found.group(1)
    swapped = number[:-2] + number[-1] + number[-2]
    near = swapped if swapped != number else str(int(number) + 9)
    return found.group(), found.group().removesuffix(number) + near


def _room(message: Finished) -> tuple[str, str]:
    rooms = [f[0] for f in message.request.facts if re.fullmatch(r"[1-9][0-9]{2,3}", f[0])]
    if not rooms:
        raise CannotSeedError("wrong_room")
    return rooms[0], f"{int(rooms[0][:-2])}{(int(rooms[0][-2:]) % 10) + 1:02d}"
