"""Backup and restore of what people and tools entered into the tables of assistants."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixtures.postgres import settings_of

from workbench.assistants import get_assistant
from workbench.config import Settings
from workbench.engine.assisting import make_tables, remake_tables
from workbench.engine.tools import ToolContext
from workbench.engine.tools.running import Call, Returned, ToolRunner
from workbench.errors import DatabaseError
from workbench.services.postgres import stop_embedded
from workbench.store.assistant_tables import ensure_tables, known_schemas, schema_of
from workbench.store.backup import backup, backup_schemas, restore
from workbench.store.database import open_database
from workbench.store.operators import Operators

pytestmark = pytest.mark.database

DRIPPING = "the tap of the bath drips"
REQUESTS = "SELECT * FROM service_requests ORDER BY number"
NOTES = "CREATE TABLE notes (text text NOT NULL)"


def rows(settings: Settings, *queries: str) -> list[tuple[object, ...]]:
    """Run statements on the hotel's tables; return the rows of the last."""
    with open_database(settings).transaction() as connection:
        connection.execute("SET LOCAL search_path TO assistant_hotel")
        for query in queries:
            cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


async def context_of(settings: Settings, operator: str) -> ToolContext:
    """Return what tools of the hotel work with for an operator, whose role is the stored one."""
    database = open_database(settings)
    hotel = get_assistant("hotel", settings.workspace)
    assert hotel.tables is not None and hotel.tables.now is not None
    assert make_tables(database, hotel)
    role = await Operators(database).role_of(operator)
    return ToolContext(
        database=database,
        schema=schema_of("hotel"),
        operator=hotel.roles.operator(operator, role),
        now=hotel.tables.now,
    )


async def call(settings: Settings, operator: str, name: str, **arguments: object) -> Returned:
    hotel = get_assistant("hotel", settings.workspace)
    runner = ToolRunner(hotel.tools, await context_of(settings, operator))
    return await runner.run(Call(id="c", name=name, arguments=arguments))


async def request(settings: Settings, operator: str, description: str) -> Returned:
    wanted = {"room_number": "201", "category": "maintenance", "description": description}
    return await call(settings, operator, "create_service_request", **wanted)


@pytest.fixture(scope="module")
def workspaces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, Settings]]:
    """Two workspaces with a server each; starting them takes seconds."""
    folder = tmp_path_factory.mktemp("restored")
    pair = settings_of(folder / "filled"), settings_of(folder / "target")
    yield pair
    for settings in pair:
        stop_embedded(settings)


@pytest.fixture
async def filled(workspaces: tuple[Settings, Settings]) -> Settings:
    """A hotel with a receptionist, and a service request of hers."""
    settings, _ = workspaces
    database = open_database(settings)
    remake_tables(database, get_assistant("hotel", settings.workspace))
    Operators(database).add("Mai", "receptionist")
    assert (await request(settings, "Mai", DRIPPING)).code is None
    return settings


@pytest.fixture
def target(workspaces: tuple[Settings, Settings]) -> Settings:
    """A workspace whose database is empty: nothing was ever made in it."""
    _, settings = workspaces
    with open_database(settings).transaction() as connection:
        for schema in ["workbench", *known_schemas(connection)]:
            connection.execute(f'DROP SCHEMA "{schema}" CASCADE'.encode())
    return settings


@pytest.fixture
def saved(filled: Settings, tmp_path: Path) -> Path:
    backup(filled, tmp_path / "saved.backup")
    return tmp_path / "saved.backup"


async def test_a_service_request_and_its_permissions_come_back(
    filled: Settings, saved: Path, target: Settings
) -> None:
    restore(target, saved)
    assert DRIPPING in [row[3] for row in rows(target, REQUESTS)]
    for query in (REQUESTS, "SELECT * FROM bookings ORDER BY id"):
        assert rows(target, query) == rows(filled, query)
    assert (await call(target, "Mai", "lookup_booking", booking_id="BOOK001")).code is None
    for stranger in ("Bao", ""):
        refused = await call(target, stranger, "lookup_booking", booking_id="BOOK001")
        assert refused.code == "not_allowed"
        assert (await request(target, stranger, "no light")).code == "not_allowed"
    assert (await request(target, "Mai", "no hot water")).code is None
    assert len(rows(target, REQUESTS)) == len(rows(filled, REQUESTS)) + 1


async def test_a_lookup_changes_nothing_after_a_restore_either(
    saved: Path, target: Settings
) -> None:
    restore(target, saved)
    context = await context_of(target, "Mai")
    with pytest.raises(DatabaseError, match="read-only"):
        await context.rows("DELETE FROM service_requests RETURNING number")
    assert DRIPPING in [row[3] for row in rows(target, REQUESTS)]


def test_the_rights_of_the_read_only_role_come_back(
    filled: Settings, tmp_path: Path, target: Settings
) -> None:
    reader = "workbench_reader"
    rows(
        filled,
        f"GRANT USAGE ON SCHEMA assistant_hotel TO {reader}",
        f"GRANT SELECT ON rooms TO {reader}",
    )
    backup(filled, tmp_path / "granted.backup")
    assert restore(target, tmp_path / "granted.backup")
    become = f"SET LOCAL ROLE {reader}"
    assert rows(target, become, "SELECT count(*) FROM rooms") == [(120,)]
    for refused in ("SELECT FROM guests", "DELETE FROM rooms"):
        with pytest.raises(DatabaseError, match="permission denied"):
            rows(target, become, refused)


def test_rights_are_left_out_where_the_server_lacks_a_role(
    filled: Settings, tmp_path: Path, target: Settings
) -> None:
    rows(filled, "CREATE ROLE reporting", "GRANT SELECT ON rooms TO reporting")
    try:
        backup(filled, tmp_path / "granted.backup")
        assert not restore(target, tmp_path / "granted.backup")
    finally:
        rows(filled, "DROP OWNED BY reporting", "DROP ROLE reporting")
    assert rows(target, "SELECT count(*) FROM rooms") == [(120,)]


def test_the_tables_of_all_assistants_are_replaced_and_other_schemas_stay(
    filled: Settings, tmp_path: Path
) -> None:
    database = open_database(filled)
    ensure_tables(database, "my-own", NOTES, lambda: [("notes", [{"text": "kept"}])], "1")
    rows(filled, "CREATE SCHEMA IF NOT EXISTS assistant_elsewhere")
    file = tmp_path / "several.backup"
    backup(filled, file)
    assert sorted(backup_schemas(file)) == ["assistant_hotel", "assistant_my-own"]
    ensure_tables(database, "later", NOTES, lambda: [], "1")
    rows(filled, 'DELETE FROM "assistant_my-own".notes', "DELETE FROM service_requests")
    restore(filled, file, force=True)
    with database.transaction() as connection:
        assert known_schemas(connection) == ["assistant_hotel", "assistant_my-own"]
    assert rows(filled, 'SELECT text FROM "assistant_my-own".notes') == [("kept",)]
    assert DRIPPING in [row[3] for row in rows(filled, REQUESTS)]
    query = "SELECT to_regnamespace('assistant_later'), to_regnamespace('assistant_elsewhere')"
    assert rows(filled, query) == [(None, "assistant_elsewhere")]


@pytest.mark.parametrize("kept", [0.5, 0.95])
def test_a_damaged_backup_leaves_the_present_tables(
    filled: Settings, saved: Path, kept: float
) -> None:
    rows(filled, "UPDATE service_requests SET status = 'done'")
    whole = saved.read_bytes()
    saved.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(DatabaseError):
        restore(filled, saved, force=True)
    assert rows(filled, "SELECT DISTINCT status FROM service_requests") == [("done",)]
