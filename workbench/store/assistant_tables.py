"""The tables of an assistant: a schema of its own, made and filled once."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql

from workbench.errors import ConfigError
from workbench.store.database import Database

Tables = Iterable[tuple[str, Sequence[Mapping[str, Any]]]]
"""Names of tables with their rows, in an order in which references hold."""
MakeTables = Callable[[], Tables]
"""Makes them, which takes a moment."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")
# A database that was restored may know of tables that an older backup does not hold.
_FIND = """
SELECT made_of FROM workbench.assistant_tables
WHERE assistant = %s AND to_regnamespace(quote_ident(schema_name)) IS NOT NULL
"""
_SCHEMAS = """
SELECT schema_name FROM workbench.assistant_tables
WHERE to_regnamespace(quote_ident(schema_name)) IS NOT NULL ORDER BY schema_name
"""
_NOTE = """
INSERT INTO workbench.assistant_tables (assistant, schema_name, made_of) VALUES (%s, %s, %s)
ON CONFLICT (assistant) DO UPDATE SET made_of = excluded.made_of, made_at = now()
"""
# Two commands that make the same tables wait for each other; any fixed number.
_LOCK = 0x7461626C


def schema_of(assistant: str) -> str:
    """Return the name of an assistant's schema.

    Raises:
        ConfigError: The assistant's name cannot be part of one.
    """
    if not _NAME.fullmatch(assistant):
        raise ConfigError(
            f"an assistant with tables cannot be called {assistant!r}",
            "use small letters, digits, dashes and underscores",
        )
    return f"assistant_{assistant}"


def known_schemas(connection: psycopg.Connection) -> list[str]:
    """Return the schemas that assistants have in a database, which may be one that is empty."""
    there = connection.execute("SELECT to_regclass('workbench.assistant_tables')").fetchone()
    if there is None or there[0] is None:
        return []
    names = [str(name) for (name,) in connection.execute(_SCHEMAS).fetchall()]
    return [name for name in names if is_schema(name)]


def is_schema(name: str) -> bool:
    """Tell whether a name is that of some assistant's schema."""
    prefix, _, assistant = name.partition("_")
    return prefix == "assistant" and _NAME.fullmatch(assistant) is not None


def ensure_tables(
    database: Database, assistant: str, definition: str, tables: MakeTables, made_of: str
) -> bool:
    """Make and fill an assistant's tables where they are not there yet.

    Tables that are there stay as they are, even where they were made of something else: they may
    hold what people entered.

    Args:
        database: The open database.
        assistant: The assistant's name.
        definition: The SQL that makes the tables, in the schema that is current.
        tables: Makes what they hold at first.
        made_of: What tells these definitions and rows from others.

    Returns:
        Whether what is there is made of the same; tables just made are.
    """
    with database.transaction() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        found = connection.execute(_FIND, (assistant,)).fetchone()
        if found is not None:
            return str(found[0]) == made_of
        _make(connection, assistant, definition, tables, made_of)
    return True


def replace_tables(
    database: Database, assistant: str, definition: str, tables: MakeTables, made_of: str
) -> None:
    """Make an assistant's tables anew; all that was entered into them is lost."""
    with database.transaction() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        _make(connection, assistant, definition, tables, made_of)


def _make(
    connection: psycopg.Connection,
    assistant: str,
    definition: str,
    tables: MakeTables,
    made_of: str,
) -> None:
    schema = sql.Identifier(schema_of(assistant))
    connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
    connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(schema))
    connection.execute(definition.encode())
    for name, rows in tables():
        _fill(connection, name, rows)
    connection.execute(_NOTE, (assistant, schema_of(assistant), made_of))


def _fill(connection: psycopg.Connection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        return
    names = list(rows[0])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])
