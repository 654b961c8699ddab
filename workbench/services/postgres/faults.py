"""Postgres' own errors as one line that says what to do, and that never shows a password."""

import re
import shutil
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from workbench.errors import ConfigError, DatabaseError, ResourceError, WorkbenchError

_FULL_BELOW = 32 << 20  # bytes: two segments of the write-ahead log
_URL_FORM = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
_SECRETS = ("password", "sslpassword")
_CONNECT_HINTS = (
    (r"password authentication failed|no password supplied", "check the user and the password"),
    (r'database ".*" does not exist', "create that database, or name another"),
    (r'role ".*" does not exist', "check the user"),
    (r"translate host name|Name or service not known", "check the host"),
    (r"Connection refused|No route|unreachable", "check host and port, and that a server runs"),
    (r"timeout|timed out", "check host, port and firewall"),
    (r"no pg_hba.conf entry", "let this user in from here (pg_hba.conf of that server)"),
    (r"SSL", "check sslmode and the certificates"),
    (r"too many (clients|connections)|remaining connection slots", "close other clients"),
)
_STARTING = re.compile(
    r"database system is (starting up|in recovery|not yet accepting|shutting)"
    r"|server closed the connection unexpectedly"
)


def parse_url(url: str) -> dict[str, str]:
    """Return the parts of a database URL.

    Raises:
        ConfigError: It is not a Postgres URL. The parser's message would repeat a password.
    """
    wrong = ConfigError("WORKBENCH_DATABASE_URL is not a Postgres URL", f"write {_URL_FORM}")
    if not url.startswith(("postgresql://", "postgres://")) and "=" not in url.split("?")[0]:
        raise wrong
    try:
        return {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except psycopg.Error:
        raise wrong from None


def place_of(url: str) -> str:
    """Return where a connection string leads, without its secrets."""
    parts = parse_url(url)
    host = parts.get("host") or parts.get("hostaddr") or "localhost"
    port = parts.get("port") or "5432"
    database = parts.get("dbname") or parts.get("user") or ""
    return f"{parts.get('user', '')}@{host}:{port}/{database}".lstrip("@")


def is_starting(error: psycopg.Error) -> bool:
    """Return whether the server is there and may accept connections in a moment.

    It closes connections without a word while it restarts after one of its processes crashed.
    """
    return _STARTING.search(str(error)) is not None


def connect_fault(error: psycopg.Error, url: str) -> DatabaseError:
    """Turn a failed connection into one line."""
    said = _redacted(str(error), url)
    hint = next((hint for pattern, hint in _CONNECT_HINTS if re.search(pattern, said)), "")
    first = (said.strip().splitlines() or [type(error).__name__])[0]
    reason = re.sub(r"^.* failed: ", "", first).removeprefix("FATAL:").strip()
    return DatabaseError(
        f"cannot connect to the database {place_of(url)}: {reason}",
        hint or "check the server and WORKBENCH_DATABASE_URL",
        retryable=True,
    )


def query_fault(error: psycopg.Error, url: str, free_bytes: int | None) -> WorkbenchError | None:
    """Turn an error of the server, not of our SQL, into one line.

    Args:
        error: What psycopg raised.
        url: Where the connection leads.
        free_bytes: Free space where the embedded server's data lies; `None` if unknown.

    Returns:
        The error to show, or `None` where the fault is in our own SQL.
    """
    place = place_of(url)
    full = free_bytes is not None and free_bytes < _FULL_BELOW
    lost = isinstance(error, psycopg.OperationalError)
    if isinstance(error, psycopg.errors.DiskFull) or (full and lost):
        return ResourceError(
            f"the disk of the database {place} is full",
            "free some space and try again; nothing stored is lost",
        )
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return DatabaseError(
            f"the database {place} refuses: {_first_line(error, url)}", "ask its owner"
        )
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return DatabaseError(f"the database {place} is read-only", "name its primary server")
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return DatabaseError(
            f"the database {place} is in use", "end the other commands", retryable=True
        )
    if lost:
        return DatabaseError(
            f"the database {place} went away: {_first_line(error, url)}",
            "try again",
            retryable=True,
        )
    return None


def free_space(folder: Path | None) -> int | None:
    """Return the free bytes of the disk that holds a folder, `None` where there is none."""
    return shutil.disk_usage(folder).free if folder is not None and folder.exists() else None


def _first_line(error: psycopg.Error, url: str) -> str:
    lines = _redacted(str(error), url).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _redacted(text: str, url: str) -> str:
    for name in _SECRETS:
        secret = parse_url(url).get(name)
        if secret:
            text = text.replace(secret, "***")
    return text
