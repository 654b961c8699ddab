"""Postgres' errors in one line, without passwords."""

import psycopg
import pytest

from workbench.errors import ConfigError, DatabaseError, ResourceError
from workbench.services.postgres.faults import connect_fault, parse_url, place_of, query_fault
from workbench.store.database import check_pgvector_version, check_server_version

URL = "postgresql://ann:s3cret@db.example:6543/notes"


def test_the_place_names_no_password() -> None:
    assert place_of(URL) == "ann@db.example:6543/notes"
    assert place_of("host=/run/x user=ann") == "ann@/run/x:5432/ann"


@pytest.mark.parametrize(
    "url",
    ["", "s3cret", "http://ann:s3cret@h/d", "postgresql://ann:s3cret%zz@h/d", "host = s3cret x"],
)
def test_a_url_that_cannot_be_read_is_not_repeated(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_url(url)
    assert "s3cret" not in caught.value.one_line()
    assert "s3cret" not in str(caught.value.__cause__)


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ('failed: FATAL:  password authentication failed for user "ann"', "password"),
        ("failed: fe_sendauth: no password supplied", "password"),
        ('failed: FATAL:  database "notes" does not exist', "create that database"),
        ('failed: FATAL:  role "ann" does not exist', "check the user"),
        ("failed: could not translate host name", "check the host"),
        ("failed: Connection refused\n\tIs the server running?", "check host and port"),
        ("connection timeout expired", "firewall"),
        ("failed: FATAL:  no pg_hba.conf entry for host", "pg_hba.conf"),
        ("failed: server does not support SSL", "sslmode"),
        ("failed: FATAL:  sorry, too many clients already", "close other clients"),
        ("failed: something else s3cret", "check the server"),
    ],
)
def test_a_failed_connection_says_what_to_do(said: str, hint: str) -> None:
    fault = connect_fault(psycopg.OperationalError(f"connection failed: x {said}"), URL)
    line = fault.one_line()
    assert hint in fault.hint
    assert "ann@db.example:6543/notes" in line
    assert "s3cret" not in line
    assert "\n" not in line
    assert "FATAL" not in line


@pytest.mark.parametrize(
    ("error", "free", "kind", "message"),
    [
        (psycopg.errors.DiskFull("could not extend"), None, ResourceError, "is full"),
        (psycopg.OperationalError("server closed"), 1 << 20, ResourceError, "is full"),
        (psycopg.OperationalError("server closed"), 1 << 30, DatabaseError, "went away"),
        (psycopg.OperationalError(""), None, DatabaseError, "went away"),
        (psycopg.errors.InsufficientPrivilege("permission denied"), None, DatabaseError, "refuses"),
        (psycopg.errors.ReadOnlySqlTransaction("x"), None, DatabaseError, "read-only"),
        (psycopg.errors.LockNotAvailable("x"), None, DatabaseError, "in use"),
    ],
)
def test_a_fault_of_the_server(
    error: psycopg.Error, free: int | None, kind: type[Exception], message: str
) -> None:
    fault = query_fault(error, URL, free)
    assert type(fault) is kind
    assert message in str(fault)


def test_a_fault_of_our_own_sql_is_not_hidden() -> None:
    assert query_fault(psycopg.errors.SyntaxError("x"), URL, None) is None
    assert query_fault(psycopg.errors.UniqueViolation("x"), URL, 1) is None


def test_an_old_server_is_refused() -> None:
    check_server_version(140_000, "here")
    with pytest.raises(DatabaseError, match="runs PostgreSQL 13, 14 or newer"):
        check_server_version(130_014, "here")


def test_an_old_pgvector_is_refused() -> None:
    check_pgvector_version("0.8.0", "here")
    check_pgvector_version("0.10.1", "here")
    with pytest.raises(DatabaseError, match=r"pgvector 0\.7\.4, 0\.8 or newer"):
        check_pgvector_version("0.7.4", "here")
