"""The hotel's tables before and after a run, read and changed with SQL of their own.

Nothing here calls the hotel's tools: whether a room was ready and what lies in the outbox is looked
up in the tables themselves.
"""

from dataclasses import asdict, dataclass
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import dict_row

from evals.plans.items import BookingChange, PlanItem, RoomChange
from workbench.engine.assistant import Assistant
from workbench.engine.assisting import remake_tables
from workbench.store.assistant_tables import schema_of
from workbench.store.database import Database

_ROOMS = """
SELECT room, occupancy = 'vacant' AND cleaning = ANY ('{clean,inspected}') AND NOT out_of_order
FROM room_status
"""
_CONFIRMATIONS = "SELECT confirmation, id FROM bookings"
_LAST_REQUEST = "SELECT coalesce(max(number), 0) FROM service_requests"
_OUTBOX = """
SELECT o.booking, o.recipient = g.email AS to_guest, b.room FROM outbox o
LEFT JOIN bookings b ON b.id = o.booking LEFT JOIN guests g ON g.id = b.guest ORDER BY o.number
"""
_REQUESTS = """
SELECT room AS room_number, category FROM service_requests WHERE number > %s ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class Before:
    """What counts of the tables before a run.

    Attributes:
        ready: Of each room, whether a guest can be let in.
        bookings: Ids of bookings by their confirmation numbers.
        last_request: The number of the last service request.
    """

    ready: dict[str, bool]
    bookings: dict[str, str]
    last_request: int


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail in the outbox.

    Attributes:
        booking: The booking whose guest it is for; `None` where none is noted.
        to_guest: Whether it goes to that guest's stored address.
        ready: Whether the booking's room was ready; a booking without a room has none.
    """

    booking: str | None
    to_guest: bool
    ready: bool


@dataclass(frozen=True, slots=True)
class Effects:
    """What a run left in the tables, and how its rooms were.

    Attributes:
        emails: All of the outbox, which was empty before.
        requests: The service requests noted: `room_number` and `category`.
        ready: Of each room that decides, whether it was ready.
        bookings: Ids of the bookings that the item names, by their confirmation numbers.
    """

    emails: tuple[Email, ...] = ()
    requests: tuple[dict[str, str], ...] = ()
    ready: dict[str, bool] | None = None
    bookings: dict[str, str] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return asdict(self)

    @classmethod
    def of(cls, record: dict[str, Any]) -> "Effects":
        """Return what `to_dict` returned."""
        emails = tuple(Email(**each) for each in record["emails"])
        requests = tuple(record["requests"])
        return cls(emails, requests, record["ready"], record["bookings"])


def make_state(database: Database, assistant: Assistant, item: PlanItem) -> Before:
    """Make the sample tables anew, change them as an item says, and return how they are.

    Raises:
        ValueError: The item changes a row that is not there, or the outbox is not empty.
    """
    remake_tables(database, assistant)
    with database.transaction() as connection:
        _enter(connection, assistant)
        for change in item.state:
            if not _change(connection, change):
                raise ValueError(f"{item.id}: {change.table} has no {change.key[1]}")
        if connection.execute(_OUTBOX).fetchone() is not None:
            raise ValueError("the sample's outbox is not empty")
        last = connection.execute(_LAST_REQUEST).fetchone()
        return Before(
            ready=dict(connection.execute(_ROOMS).fetchall()),
            bookings=dict(connection.execute(_CONFIRMATIONS).fetchall()),
            last_request=last[0] if last else 0,
        )


def read_effects(
    database: Database, assistant: Assistant, item: PlanItem, before: Before
) -> Effects:
    """Return what a run left; rooms and bookings are kept as far as the item needs them."""
    with database.transaction() as connection:
        _enter(connection, assistant)
        cursor = connection.cursor(row_factory=dict_row)
        sent = cursor.execute(_OUTBOX).fetchall()
        noted = cursor.execute(_REQUESTS, (before.last_request,)).fetchall()
    emails = [
        Email(row["booking"], bool(row["to_guest"]), before.ready.get(row["room"] or "", False))
        for row in sent
    ]
    return Effects(
        emails=tuple(emails),
        requests=tuple(noted),
        ready={room: before.ready.get(room, False) for room in item.rooms},
        bookings={
            number: booking
            for number, booking in before.bookings.items()
            if booking in item.bookings
        },
    )


def _enter(connection: Connection[Any], assistant: Assistant) -> None:
    schema = sql.Identifier(schema_of(assistant.name))
    connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(schema))


def _change(connection: Connection[Any], change: RoomChange | BookingChange) -> bool:
    pairs = [
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(value))
        for name, value in change.columns().items()
    ]
    column, value = change.key
    update = sql.SQL("UPDATE {} SET {} WHERE {} = {}").format(
        sql.Identifier(change.table),
        sql.SQL(", ").join(pairs),
        sql.Identifier(column),
        sql.Literal(value),
    )
    return connection.execute(update).rowcount == 1
