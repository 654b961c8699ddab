"""What is read from a message: values with the place where each stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Found(Generic[V]):
    """A value and where it stands in a text.

    Attributes:
        value: The value.
        begin: Where its words begin, in characters.
        end: Where they end; equal to `begin` for a value that the text does not name.
    """

    value: V
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """Something to be brought, lent or ordered.

    Attributes:
        item: Its usual English name, singular and in lower case.
        quantity: How many; `None` where no number is said.
    """

    item: str
    quantity: int | None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of money.

    Attributes:
        amount: How much, in whole units of the currency.
        currency: The ISO 4217 code.
    """

    amount: float
    currency: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """The values of one message; `None` or nothing where it gives none.

    Attributes:
        lang: The language that its words were read in.
        room_number: The room, else the one of the guest's profile.
        items: What is to be brought, lent or ordered.
        service: What is booked, changed, cancelled, asked about or complained of.
        party_size: How many people.
        date: The day, ISO 8601.
        end_date: The last day of a range, ISO 8601.
        time: The time of day, HH:MM in 24 hours.
        end_time: The end of a range of times.
        duration_minutes: How long a service is wanted for, in minutes.
        nights: Nights of a stay or of its extension.
        money: An amount of money.
        phone: A telephone number: digits, with "+" where it stands.
        booking: The code of a booking, as it is written.
    """

    lang: str
    room_number: Found[str] | None = None
    items: tuple[Found[Item], ...] = field(default=())
    service: Found[str] | None = None
    party_size: Found[int] | None = None
    date: Found[str] | None = None
    end_date: Found[str] | None = None
    time: Found[str] | None = None
    end_time: Found[str] | None = None
    duration_minutes: Found[int] | None = None
    nights: Found[int] | None = None
    money: Found[Money] | None = None
    phone: Found[str] | None = None
    booking: Found[str] | None = None

    def entities(self) -> dict[str, Any]:
        """Return the values as plain JSON types; keys that the message does not give are left out.

        The form is that of the golden sets: `items` is a list of `item` and `quantity`, `money` an
        `amount` and a `currency`.
        """
        plain: dict[str, Any] = {}
        for key, found in self._found():
            if key == "items":
                item = {"item": found.value.item, "quantity": found.value.quantity}
                plain.setdefault(key, []).append(item)
            elif key == "money":
                amount = found.value.amount
                whole = int(amount) if amount == int(amount) else amount
                plain[key] = {"amount": whole, "currency": found.value.currency}
            else:
                plain[key] = found.value
        return plain

    def spans(self) -> list[dict[str, Any]]:
        """Return where each value stands: `key`, `begin` and `end`, in the order of the keys."""
        return [
            {"key": key, "begin": found.begin, "end": found.end} for key, found in self._found()
        ]

    def _found(self) -> Iterator[tuple[str, Found[Any]]]:
        for key in KEYS:
            value = getattr(self, key)
            if key == "items":
                yield from ((key, one) for one in value)
            elif value is not None:
                yield key, value


KEYS = (
    "room_number",
    "items",
    "service",
    "party_size",
    "date",
    "end_date",
    "time",
    "end_time",
    "duration_minutes",
    "nights",
    "money",
    "phone",
    "booking",
)
"""The keys of a message's values, in their order."""
