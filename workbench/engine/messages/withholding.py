"""Facts that the model is not shown: texts that speak to it, or promise what nobody grants.

Such a text still stands in the message where the template shows it, as data.
"""

import re
from collections.abc import Mapping

from workbench.engine.guards.untrusted import KINDS, find_orders
from workbench.engine.messages.facts import Fact
from workbench.engine.messages.vocabulary import found_phrases, vocabulary

_FREE = {"text", "quote"}
_ADDRESS = re.compile(
    r"(?<!\w)(?:(?:AI|system|assistant|chat ?bot|model|prompt|hệ\s+thống|trợ\s+lý)\s*[:,]"
    r"|trợ\s+lý\s+ơi"
    r"|(?:ignore|disregard|forget|override|bỏ\s+qua|quên|phớt\s+lờ)(?:\s+\w+){0,4}\s+"
    r"(?:rules?|instructions?|polic(?:y|ies)|prompts?|quy\s+(?:định|tắc)|chỉ\s+(?:dẫn|thị)))",
    re.I,
)


def find_withheld(facts: Mapping[str, Fact], lang: str) -> dict[str, str]:
    """Return which facts the model is not shown, and why, by name.

    Args:
        facts: The facts of a message, by name.
        lang: Its language.
    """
    granting = [fact.text for fact in facts.values() if not fact.quoted]
    reasons = {
        name: _reason(fact, granting, lang) for name, fact in facts.items() if fact.type in _FREE
    }
    return {name: reason for name, reason in reasons.items() if reason}


def _reason(fact: Fact, granting: list[str], lang: str) -> str:
    orders = find_orders(fact.text)
    if orders:
        return f"it reads as an order to {KINDS[orders[0].kind]}"
    if _ADDRESS.search(fact.text):
        return "it reads as an order to the assistant"
    benefits = vocabulary(lang).benefits
    granted = {phrase for text in granting for phrase in found_phrases(benefits, text)}
    named = [one for one in found_phrases(benefits, fact.text) if one not in granted]
    return f"it names what no other fact grants: {', '.join(named)}" if named else ""
