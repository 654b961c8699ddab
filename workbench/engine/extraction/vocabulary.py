"""The words of an assistant's own things: its items, services, rooms and codes."""

import re
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator

from workbench.engine.checked_yaml import read_checked

EXTRACTION = "extraction.yaml"
Habit = Literal["early", "late", ""]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Names(_Section):
    """What a thing is called, by language; Vietnamese with its diacritics.

    An item's name ends with "*" where it means something else without its diacritics, and with "**"
    where it does with them too: it is then read only where it is counted or asked for directly.
    A service's name with "*" is not read without its diacritics.
    """

    en: tuple[str, ...] = ()
    vi: tuple[str, ...] = ()
    id: tuple[str, ...] = ()


class Service(Names):
    """A service, with the patterns that tell of it.

    Attributes:
        patterns: Regular expressions in any language, Vietnamese with its diacritics.
        together: Pairs of patterns that tell of it where both stand in a message.
        habit: Whether its open hours are early or late ones ("at 7"); nothing where neither.
        where: Whether its name is a place too, which says where something else is to happen.
    """

    patterns: tuple[str, ...] = ()
    together: tuple[tuple[str, str], ...] = ()
    habit: Habit = ""
    where: bool = False


class Later(_Section):
    """What an unusual hour makes of something usual: "check out at 2 pm" is a late one.

    Attributes:
        service: The service that it then is.
        pattern: What tells of the usual thing.
        after: From which hour on it is unusual, HH:MM; empty for none.
        before: Until which hour it is unusual; empty for none.
    """

    service: str
    pattern: str
    after: str = ""
    before: str = ""


class Vocabulary(_Section):
    """The keys of `extraction.yaml`.

    Attributes:
        room_pattern: The regular expression of the house's room numbers.
        booking_prefixes: What the codes of its bookings begin with, in lower case.
        containers: Words that count something, by language.
        modifiers: Words before an item that its name leaves out, by language.
        not_items: What holds an item's name and is none, by language: "air conditioner".
        items: What can be brought, lent or ordered, by its English name.
        services: The services, by name; of two at one place the first counts.
        hours: What unusual hours make of something usual.
        not_typos: Words that are like those of an item or service, and are none.
    """

    room_pattern: str
    booking_prefixes: tuple[str, ...] = ()
    containers: Names = Names()
    modifiers: Names = Names()
    not_items: Names = Names()
    items: dict[str, Names]
    services: dict[str, Service]
    hours: tuple[Later, ...] = ()
    not_typos: tuple[str, ...] = ()

    @field_validator("room_pattern")
    @classmethod
    def _is_pattern(cls, pattern: str) -> str:
        return compiled(pattern)

    @field_validator("services")
    @classmethod
    def _are_patterns(cls, services: dict[str, Service]) -> dict[str, Service]:
        for service in services.values():
            for pattern in (*service.patterns, *(one for pair in service.together for one in pair)):
                compiled(pattern)
        return services

    @cached_property
    def memo(self) -> dict[Any, Any]:
        """What is made of the vocabulary once, for whoever makes it."""
        return {}

    @cached_property
    def spellings(self) -> frozenset[str]:
        """The English words of five letters or more that a slip of the keyboard may hide."""
        things = (*self.items.values(), *self.services.values())
        names = [*self.items, *(name for thing in things for name in thing.en)]
        words = {word for name in names for word in re.findall(r"[a-z]{5,}", name.lower())}
        return frozenset(words - set(self.not_typos))


def compiled(pattern: str) -> str:
    """Return a regular expression that is one.

    Raises:
        ValueError: It is none; the message says why.
    """
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression ({error})") from error
    return pattern


def load_vocabulary(path: Path) -> Vocabulary:
    """Read the words of an assistant's things.

    Args:
        path: Its `extraction.yaml`.

    Raises:
        ConfigError: The file cannot be read, or a key is missing, unknown or of the wrong kind.
    """
    return read_checked(path, Vocabulary)
