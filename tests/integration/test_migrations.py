"""Numbered migrations: each once, in a transaction, and no schema that is not understood."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from fixtures.postgres import MakeSettings
from fixtures.servers import ExternalServer

from workbench.errors import DatabaseError
from workbench.store.database import open_database
from workbench.store.migrate import Migration, load_migrations, migrate, schema_version

pytestmark = pytest.mark.database

FIRST = Migration(1, "one", "CREATE TABLE workbench.one (a integer)")
SECOND = Migration(2, "two", "CREATE TABLE workbench.two (a integer)")


@pytest.fixture
def connection(external_server: ExternalServer) -> Iterator[psycopg.Connection]:
    url = external_server.new_database("migrating")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def test_the_files_are_numbered_without_gaps() -> None:
    migrations = load_migrations()
    assert [m.number for m in migrations] == list(range(1, len(migrations) + 1))


def test_each_is_applied_once(connection: psycopg.Connection) -> None:
    told: list[str] = []
    assert migrate(connection, [FIRST], told.append) == 1
    assert migrate(connection, [FIRST, SECOND], told.append) == 1
    assert migrate(connection, [FIRST, SECOND], told.append) == 0
    assert told == ["database schema: one", "database schema: two"]
    assert schema_version(connection) == 2


def test_a_failing_one_leaves_nothing_of_itself(connection: psycopg.Connection) -> None:
    broken = Migration(2, "two", SECOND.sql + "; SELECT 1/0")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(connection, [FIRST, broken])
    assert schema_version(connection) == 1
    assert migrate(connection, [FIRST, SECOND]) == 1


def test_a_newer_schema_is_refused(connection: psycopg.Connection) -> None:
    migrate(connection, [FIRST, SECOND])
    with pytest.raises(DatabaseError, match=r"version 2, this workbench knows up to 1") as caught:
        migrate(connection, [FIRST])
    assert "update the workbench" in caught.value.hint


def test_a_changed_file_is_refused(connection: psycopg.Connection) -> None:
    migrate(connection, [FIRST])
    changed = Migration(1, "one", FIRST.sql + " -- changed")
    with pytest.raises(DatabaseError, match=r"migration 0001 \(one\) differs"):
        migrate(connection, [changed, SECOND])
    assert schema_version(connection) == 1


def test_ten_at_once_migrate_once(
    external_server: ExternalServer, make_settings: MakeSettings
) -> None:
    settings = make_settings(database_url=external_server.new_database("crowded"))
    told: list[str] = []
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: open_database(settings, told.append), range(10)))
    assert len(told) == len(load_migrations())
