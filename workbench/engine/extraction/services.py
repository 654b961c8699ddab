"""The service that a message is about."""

import re
from dataclasses import dataclass
from typing import Any

from workbench.engine.extraction.correcting import is_correction, is_refused
from workbench.engine.extraction.found import Found
from workbench.engine.extraction.item_lexicon import plural_forms
from workbench.engine.extraction.message import Message, Pattern, fold_letters
from workbench.engine.extraction.vocabulary import Service, Vocabulary

_PLACE = Pattern(
    r"(?<!\w)(?:by|at|near|beside|next\s+to|around|in|from|under|behind|outside|on|to|ở|tại|gần|"
    r"cạnh|bên|ngoài|trong|ra|"
    r"từ|chỗ|khu|di|dekat|samping|ke|pinggir|dari)\s+(?:the\s+|a\s+|your\s+|hotel\s+|main\s+|"
    r"our\s+|chỗ\s+|khu\s+|"
    r"vực\s+|bờ\s+|cái\s+|area\s+)*$"
)
_ELSEWHERE = Pattern(
    r"(?<!\w)(?:lost|left|forgot\w*|misplaced|dropped|slipped|fell|meet|waiting|view|smell|noise|"
    r"music|broken|"
    r"quên|mất|rơi|rớt|té|ngã|gặp|view|hướng|ồn|ketinggalan|tertinggal|hilang|jatuh)(?!\w)"
)


_CLOSE = 25
"""Characters within which a correction concerns the service right before it."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """The patterns of one service."""

    name: str
    patterns: tuple[Pattern, ...]
    doubtful: frozenset[str]
    together: tuple[tuple[Pattern, Pattern], ...]
    where: bool


def find_service(message: Message, vocabulary: Vocabulary, *, has_items: bool) -> Found[str] | None:
    """Return the service that a message is about: the first, after a correction the last.

    Args:
        message: The message.
        vocabulary: The services' names and patterns.
        has_items: Whether something is to be brought: a place named beside it only says where.
    """
    kept: list[Found[str]] = []
    for rule in _rules(vocabulary):
        mentions = _mentions(message, rule, has_items=has_items)
        kept += [one for one in mentions if not any(_overlap(one, other) for other in kept)]
    kept.sort(key=lambda one: one.begin)
    return _chosen(message, [one for one in kept if not is_refused(message, one.begin)] or kept)


def _overlap(one: Found[str], other: Found[str]) -> bool:
    return one.value != other.value and one.begin < other.end and other.begin < one.end


def _chosen(message: Message, kept: list[Found[str]]) -> Found[str] | None:
    for at in range(len(kept) - 1, 0, -1):
        before, after = kept[at - 1], kept[at]
        close = before.value != after.value and after.begin - before.end < _CLOSE
        if close and is_correction(message, before.end, after.begin):
            return after
    return kept[0] if kept else None


def _mentions(message: Message, rule: _Rule, *, has_items: bool) -> list[Found[str]]:
    found = []
    for pattern in rule.patterns:
        for match in pattern.finditer(message):
            if not message.accented and match.group() in rule.doubtful:
                continue
            if not (rule.where and _is_place(message, match, has_items=has_items)):
                found.append(Found(rule.name, *match.span()))
    for first, second in rule.together:
        one, other = next(first.finditer(message), None), next(second.finditer(message), None)
        if one and other:
            begin = min(one.start(), other.start())
            found.append(Found(rule.name, begin, max(one.end(), other.end())))
    return found


def _is_place(message: Message, match: re.Match[str], *, has_items: bool) -> bool:
    located = _PLACE.search(message, max(0, match.start() - 30), match.start())
    return located and (has_items or _ELSEWHERE.search(message))


def _rules(vocabulary: Vocabulary) -> tuple[_Rule, ...]:
    known: dict[Any, Any] = vocabulary.memo
    if "services" not in known:
        known["services"] = tuple(_rule(*pair) for pair in vocabulary.services.items())
    rules: tuple[_Rule, ...] = known["services"]
    return rules


def _rule(name: str, service: Service) -> _Rule:
    english = [form for each in service.en for form in plural_forms(each)]
    every = (*english, *service.vi, *service.id)
    doubtful = {each.rstrip("*") for each in every if each.endswith("*")}
    names = [re.escape(each.rstrip("*")).replace(r"\ ", r"[\s-]+") for each in every]
    words = "|".join(sorted(names, key=len, reverse=True))
    return _Rule(
        name,
        tuple(_words(each) for each in ((words,) if words else ()) + service.patterns),
        frozenset(map(fold_letters, doubtful)),
        tuple((_words(first), _words(second)) for first, second in service.together),
        service.where,
    )


def _words(pattern: str) -> Pattern:
    return Pattern(rf"(?<!\w)(?:{pattern})(?!\w)")


def unusual_service(message: Message, vocabulary: Vocabulary, time: str) -> Found[str] | None:
    """Return the service that an unusual hour makes of something usual, if it does.

    Args:
        message: The message.
        vocabulary: The vocabulary, with its unusual hours.
        time: The hour of the message's matter, HH:MM.
    """
    for rule in vocabulary.hours:
        late = bool(rule.after) and time > rule.after
        early = bool(rule.before) and time < rule.before
        match = next(_words(rule.pattern).finditer(message), None)
        if match and (late or early):
            return Found(rule.service, *match.span())
    return None
