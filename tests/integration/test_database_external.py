"""An external server over TCP with a password, and every way in which it may not do."""

import pytest
from fixtures.postgres import MakeSettings
from fixtures.servers import ADMIN_PASSWORD, ExternalServer, free_port

from workbench.errors import ConfigError, DatabaseError
from workbench.services.postgres import database_status
from workbench.store.database import Database, open_database

pytestmark = pytest.mark.database


def fault_of(make_settings: MakeSettings, url: str) -> str:
    """Open a database that cannot be opened; return the line, which shows no password."""
    settings = make_settings(database_url=url)
    with pytest.raises((DatabaseError, ConfigError)) as caught:
        open_database(settings)
    line = caught.value.one_line()
    assert "\n" not in line
    for secret in (ADMIN_PASSWORD, ADMIN_PASSWORD.replace("%", "%25"), "wr0ng"):
        assert secret not in line
        assert secret not in database_status(settings).problem
    return line


def test_it_is_migrated_and_used_over_tcp(
    external_server: ExternalServer, make_settings: MakeSettings
) -> None:
    url = external_server.new_database("fresh")
    settings = make_settings(database_url=url)
    database = open_database(settings)
    assert database.kind == "external"
    assert ADMIN_PASSWORD not in repr(database)
    with database.transaction() as connection:
        row = connection.execute("SELECT '[1,2]'::vector <=> '[1,2]'").fetchone()
    assert row == (0.0,)
    status = database_status(settings)
    assert (status.kind, status.running) == ("external", True)
    assert status.version.startswith(f"{external_server.major}.")
    assert status.schema >= 2
    assert not (settings.workspace / ".workbench").exists()


def test_every_connection_may_go_on_scanning_an_index(
    external_server: ExternalServer, make_settings: MakeSettings
) -> None:
    from sqlalchemy import create_engine, text

    database = open_database(make_settings(database_url=external_server.new_database("scans")))
    engine = create_engine(database.sqlalchemy_url())
    with engine.connect() as connection:
        connection.execute(text("SELECT '[1]'::vector"))
        found = connection.execute(text("SELECT current_setting('hnsw.iterative_scan')"))
        assert found.scalar_one() == "relaxed_order"
    engine.dispose()


async def test_asyncio_connections(
    external_server: ExternalServer, make_settings: MakeSettings
) -> None:
    database = open_database(make_settings(database_url=external_server.new_database("asyncs")))
    async with database.atransaction() as connection:
        cursor = await connection.execute("SELECT count(*) FROM workbench.collections")
        assert await cursor.fetchone() == (0,)


def test_a_wrong_password(external_server: ExternalServer, make_settings: MakeSettings) -> None:
    line = fault_of(make_settings, external_server.url(password="wr0ng"))
    assert "password authentication failed" in line
    assert "check the user and the password" in line


def test_a_wrong_database(external_server: ExternalServer, make_settings: MakeSettings) -> None:
    line = fault_of(make_settings, external_server.url("nowhere"))
    assert 'database "nowhere" does not exist' in line
    assert "create that database" in line


def test_a_wrong_port(external_server: ExternalServer, make_settings: MakeSettings) -> None:
    url = external_server.url().replace(str(external_server.port), str(free_port()))
    line = fault_of(make_settings, url)
    assert "Connection refused" in line
    assert "check host and port" in line


def test_a_wrong_host(external_server: ExternalServer, make_settings: MakeSettings) -> None:
    line = fault_of(make_settings, external_server.url().replace("127.0.0.1", "nowhere.invalid"))
    assert "check the host" in line


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://admin:{ADMIN_PASSWORD}@host/db",
        "postgresql://admin:Adm1n-secret%word@host/db",
        f"postgresql://admin:{ADMIN_PASSWORD.replace('%', '%25')}@host:port/db?nonsense=1",
        "just text",
        "postgresql+psycopg2://admin:wr0ng@host/db",
    ],
)
def test_a_wrong_url(url: str, make_settings: MakeSettings) -> None:
    line = fault_of(make_settings, url)
    assert "is not a Postgres URL" in line
    assert "postgresql://USER:PASSWORD@HOST:PORT/DATABASE" in line


def test_a_server_without_pgvector(
    server_without_pgvector: ExternalServer, make_settings: MakeSettings
) -> None:
    line = fault_of(make_settings, server_without_pgvector.url())
    assert "has no pgvector extension" in line
    assert "install pgvector" in line


def test_a_user_who_may_not_create_the_extension(
    external_server: ExternalServer, make_settings: MakeSettings
) -> None:
    external_server.execute(
        "DROP DATABASE IF EXISTS theirs WITH (FORCE)", "DROP ROLE IF EXISTS plain"
    )
    external_server.execute("CREATE ROLE plain LOGIN PASSWORD 'plain'")
    external_server.new_database("theirs", owner="plain")
    url = external_server.url("theirs", "plain", "plain")
    line = fault_of(make_settings, url)
    assert "may not create the pgvector extension" in line
    assert "CREATE EXTENSION vector" in line
    external_server.execute("CREATE EXTENSION vector", database="theirs")
    assert open_database(make_settings(database_url=url)).kind == "external"


def test_a_user_who_may_not_create_our_schema(
    external_server: ExternalServer, make_settings: MakeSettings
) -> None:
    external_server.execute(
        "DROP DATABASE IF EXISTS shared WITH (FORCE)", "DROP ROLE IF EXISTS guest"
    )
    external_server.execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    external_server.new_database("shared")
    external_server.execute("CREATE EXTENSION vector", database="shared")
    line = fault_of(make_settings, external_server.url("shared", "guest", "guest"))
    assert "refuses: permission denied" in line


def test_a_read_only_database(external_server: ExternalServer, make_settings: MakeSettings) -> None:
    url = external_server.new_database("frozen")
    external_server.execute("CREATE EXTENSION vector", database="frozen")
    external_server.execute("ALTER DATABASE frozen SET default_transaction_read_only = on")
    assert "is read-only" in fault_of(make_settings, url)


def test_the_server_going_away_in_use_is_one_line(
    external_server: ExternalServer, make_settings: MakeSettings
) -> None:
    url = external_server.new_database("leaving")
    database: Database = open_database(make_settings(database_url=url))
    with (
        pytest.raises(DatabaseError, match="went away"),
        database.transaction() as connection,
    ):
        own = connection.info.backend_pid
        external_server.execute(f"SELECT pg_terminate_backend({own})")
        connection.execute("SELECT 1")
