"""Backup and restore: embedded and external, whole or not at all."""

import stat
import subprocess
from pathlib import Path

import psutil
import pytest
from fixtures.postgres import MakeSettings, settings_of
from fixtures.servers import ADMIN_PASSWORD, ExternalServer
from typer.testing import CliRunner

from workbench.config import Settings
from workbench.errors import DatabaseError, ResourceError, UsageError
from workbench.store import backup as module
from workbench.store.backup import backup, restore
from workbench.store.database import open_database
from workbench.store.migrate import load_migrations

pytestmark = pytest.mark.database


def fill(settings: Settings, name: str) -> None:
    """Index something by hand: a collection, its passages and their index."""
    with open_database(settings).transaction() as connection:
        row = connection.execute(
            "INSERT INTO workbench.collections (name, embedder, dimension) VALUES (%s, 'e', 2)"
            " RETURNING id",
            (name,),
        ).fetchone()
        assert row is not None
        table = f"workbench.data_c{row[0]}"
        connection.execute(f"CREATE TABLE {table} (text text, embedding vector(2))".encode())
        rows = "SELECT 'phí ' || n, '[1,2]' FROM generate_series(1, 500) n"
        connection.execute(f"INSERT INTO {table} {rows}".encode())
        connection.execute(
            f"CREATE INDEX ON {table} USING hnsw (embedding vector_cosine_ops)".encode()
        )


def contents(settings: Settings) -> dict[str, int]:
    """Return the passages of each collection."""
    with open_database(settings).transaction() as connection:
        found = connection.execute("SELECT name, id FROM workbench.collections").fetchall()
        counts = {}
        for name, number in found:
            query = f"SELECT count(*) FROM workbench.data_c{number} WHERE text LIKE 'phí %'"
            row = connection.execute(query.encode()).fetchone()
            assert row is not None
            counts[name] = row[0]
    return counts


@pytest.fixture
def filled(make_settings: MakeSettings) -> Settings:
    settings = make_settings("filled")
    fill(settings, "hotel")
    return settings


@pytest.fixture
def saved(filled: Settings, tmp_path: Path) -> Path:
    backup(filled, tmp_path / "saved.backup")
    return tmp_path / "saved.backup"


def test_a_backup_is_private_and_restores_into_an_empty_database(
    saved: Path, make_settings: MakeSettings
) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert [path.name for path in saved.parent.glob("*.part")] == []
    empty = make_settings("empty")
    restore(empty, saved)
    assert contents(empty) == {"hotel": 500}


def test_a_filled_database_is_replaced_only_with_force(filled: Settings, saved: Path) -> None:
    fill(filled, "later")
    with pytest.raises(UsageError, match="holds data"):
        restore(filled, saved)
    assert contents(filled) == {"hotel": 500, "later": 500}
    restore(filled, saved, force=True)
    assert contents(filled) == {"hotel": 500}


def test_an_existing_file_is_replaced_only_with_force(filled: Settings, saved: Path) -> None:
    saved.write_bytes(b"precious")
    with pytest.raises(UsageError, match="exists"):
        backup(filled, saved)
    assert saved.read_bytes() == b"precious"
    assert backup(filled, saved, force=True) == saved.stat().st_size > 8


def test_a_folder_that_is_missing(filled: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        backup(filled, tmp_path / "no" / "file")
    with pytest.raises(UsageError, match="cannot be written"):
        backup(filled, tmp_path, force=True)


@pytest.mark.parametrize("content", [b"", b"not a backup", b"PGDMP\x01\x10", b"CREATE TABLE x();"])
def test_a_file_that_is_no_backup(filled: Settings, tmp_path: Path, content: bytes) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_bytes(content)
    with pytest.raises(DatabaseError, match="is not a backup of a workbench"):
        restore(filled, wrong, force=True)
    assert contents(filled) == {"hotel": 500}


def test_a_file_that_is_missing(filled: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        restore(filled, tmp_path / "nowhere")


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_truncated_backup_leaves_the_present_data(
    filled: Settings, saved: Path, kept: float
) -> None:
    fill(filled, "later")
    whole = saved.read_bytes()
    saved.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(DatabaseError) as caught:
        restore(filled, saved, force=True)
    assert "\n" not in caught.value.message
    assert contents(filled) == {"hotel": 500, "later": 500}


def test_a_backup_from_a_newer_schema_is_refused(
    filled: Settings, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = load_migrations()[:1]
    monkeypatch.setattr(module, "load_migrations", lambda: older)
    with pytest.raises(DatabaseError, match="this workbench knows up to 1"):
        restore(filled, saved, force=True)
    assert contents(filled) == {"hotel": 500}


def test_an_older_backup_replaces_a_newer_schema(filled: Settings, saved: Path) -> None:
    with open_database(filled).transaction() as connection:
        connection.execute(
            "INSERT INTO workbench.migrations (number, name, checksum) VALUES (99, 'x', 'x')"
        )
    with pytest.raises(DatabaseError, match="version 99"):
        open_database(filled)
    restore(filled, saved, force=True)
    assert contents(filled) == {"hotel": 500}


def test_a_database_in_use_is_said(
    filled: Settings, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.store.restoring._LOCK_WAIT", "100ms")
    with open_database(filled).transaction() as reader:
        reader.execute("SELECT * FROM workbench.collections")
        with pytest.raises(DatabaseError, match="in use"):
            restore(filled, saved, force=True)
    assert contents(filled) == {"hotel": 500}


def test_between_embedded_and_external(
    filled: Settings, saved: Path, external_server: ExternalServer, make_settings: MakeSettings
) -> None:
    url = external_server.new_database("moved")
    external = make_settings("external", database_url=url)
    restore(external, saved)
    assert contents(external) == {"hotel": 500}
    back = saved.with_name("back.backup")
    backup(external, back)
    assert ADMIN_PASSWORD.encode() not in back.read_bytes()
    restore(filled, back, force=True)
    assert contents(filled) == {"hotel": 500}


def test_no_password_on_a_command_line(
    external_server: ExternalServer,
    make_settings: MakeSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[list[str]] = []
    original = subprocess.Popen.__init__

    def record(self: object, args: list[str], *rest: object, **named: object) -> None:
        seen.append(args)
        original(self, args, *rest, **named)  # type: ignore[arg-type, call-overload]

    monkeypatch.setattr(subprocess.Popen, "__init__", record)
    settings = make_settings(database_url=external_server.new_database("secret"))
    backup(settings, tmp_path / "file")
    restore(settings, tmp_path / "file", force=True)
    assert len(seen) >= 3
    assert ADMIN_PASSWORD not in str(seen)


def test_a_full_disk_leaves_no_half_backup(filled: Settings, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root can mount a small disk, and not in every container")
    try:
        with pytest.raises(ResourceError, match="disk of the backup is full"):
            backup(filled, disk / "file")
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import typer

    from workbench.cli import backup as commands
    from workbench.services.postgres import stop_embedded

    settings = settings_of(tmp_path / "workspace")
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(settings.workspace))
    app = typer.Typer()
    commands.register(app)
    run = CliRunner().invoke
    file = str(tmp_path / "file")
    try:
        saved = run(app, ["backup", file])
        assert (saved.exit_code, saved.stdout) == (0, "")
        assert "saved to" in saved.stderr
        again = run(app, ["backup", file])
        assert again.exit_code == 2
        assert again.stderr.count("\n") == 1
        assert run(app, ["backup", file, "--force"]).exit_code == 0
        assert run(app, ["restore", file]).exit_code == 0
        missing = run(app, ["restore", file + "x"])
        assert (missing.exit_code, missing.stderr.count("\n")) == (2, 1)
    finally:
        stop_embedded(settings)
    assert not [p for p in psutil.process_iter(["cmdline"]) if str(tmp_path) in str(p.info)]
