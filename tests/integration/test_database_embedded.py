"""The embedded server: started once, private, and whole again after a crash."""

import os
import signal
import socket
import stat
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest
from fixtures.postgres import MakeSettings, Script, settings_of
from fixtures.servers import wait_until

from workbench.config import Settings
from workbench.errors import DatabaseError, ResourceError, WorkbenchError
from workbench.services.postgres import cluster, database_status, ensure_embedded, stop_embedded
from workbench.services.postgres.binaries import program
from workbench.services.postgres.folders import data_folder, log_file
from workbench.services.postgres.server import RunningServer, find_server
from workbench.store.database import Database, open_database

pytestmark = pytest.mark.database

OPEN = """
import sys
from pathlib import Path
from workbench.config import load_settings
from workbench.services.postgres.binaries import program
from workbench.services.postgres.folders import data_folder
from workbench.services.postgres.server import find_server
from workbench.store.database import open_database
settings = load_settings(Path(sys.argv[1]))
told = []
open_database(settings, told.append)
server = find_server(data_folder(settings))
print(server.pid, sum(line.startswith("database schema") for line in told))
"""


def server_of(settings: Settings) -> RunningServer:
    server = find_server(data_folder(settings))
    assert server is not None
    return server


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def note(database: Database, text: str) -> None:
    with database.transaction() as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS public.notes (text text)")
        connection.execute("INSERT INTO public.notes VALUES (%s)", (text,))


def notes(database: Database) -> list[str]:
    with database.transaction() as connection:
        return [text for (text,) in connection.execute("SELECT text FROM public.notes")]


def test_a_second_command_attaches_and_a_stop_keeps_the_data(make_settings: MakeSettings) -> None:
    settings = make_settings()
    database = open_database(settings)
    note(database, "kept")
    first = server_of(settings)
    assert open_database(settings).url == database.url
    assert server_of(settings).pid == first.pid
    assert stop_embedded(settings)
    wait_until(lambda: not alive(first.pid))
    assert not first.socket_folder.exists()
    assert not stop_embedded(settings)
    assert notes(open_database(settings)) == ["kept"]


def test_ten_commands_at_once_start_one_server_and_migrate_once(
    make_settings: MakeSettings, script: Script
) -> None:
    settings = make_settings()
    with ThreadPoolExecutor(10) as pool:
        runs = list(pool.map(lambda _: script(OPEN, str(settings.workspace)), range(10)))
    assert [run.stderr for run in runs] == [""] * 10
    answers = [run.stdout.split() for run in runs]
    assert len({pid for pid, _ in answers}) == 1
    assert sorted(int(applied) for _, applied in answers)[:9] == [0] * 9
    assert sum(int(applied) for _, applied in answers) == database_status(settings).schema


def test_status_tells_without_starting(make_settings: MakeSettings) -> None:
    settings = make_settings()
    before = database_status(settings)
    assert (before.kind, before.running, before.version, before.size) == ("embedded", False, "", 0)
    assert not data_folder(settings).exists()
    open_database(settings)
    running = database_status(settings)
    assert running.running
    assert running.version.startswith("18.")
    assert running.pgvector
    assert running.schema >= 2
    assert running.size > 1_000_000
    assert running.folder == str(data_folder(settings))
    assert running.socket == str(server_of(settings).socket_folder)
    stop_embedded(settings)
    stopped = database_status(settings)
    assert (stopped.running, stopped.version, stopped.socket) == (False, "18", "")


def socket_families(process: psutil.Process) -> set[int]:
    """Return the kinds of sockets that a process has; those that end meanwhile have none."""
    try:
        return {connection.family for connection in process.net_connections("all")}
    except psutil.NoSuchProcess:
        return set()


def test_no_port_no_shared_memory_file_and_private_folders(make_settings: MakeSettings) -> None:
    settings = make_settings()
    shared = set(Path("/dev/shm").glob("PostgreSQL.*"))
    open_database(settings)
    server = server_of(settings)
    everyone = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    assert {family for process in everyone for family in socket_families(process)} == {
        socket.AF_UNIX
    }
    assert set(Path("/dev/shm").glob("PostgreSQL.*")) <= shared
    data = data_folder(settings)
    for folder in (data, data.parent, server.socket_folder, server.socket_folder.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    for name in ("pg_hba.conf", "pg_ident.conf"):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o600
    rules = (data / "pg_hba.conf").read_text()
    assert "trust" not in rules
    assert "host" not in rules


def test_after_kill_9_the_next_command_recovers_what_was_committed(
    make_settings: MakeSettings,
) -> None:
    settings = make_settings()
    database = open_database(settings)
    note(database, "committed")
    killed = server_of(settings).pid
    with database.connect() as connection:
        connection.execute("INSERT INTO public.notes VALUES ('not committed')")
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: find_server(data_folder(settings)) is None)
        again = open_database(settings)
        assert notes(again) == ["committed"]
        connection.close()
    assert server_of(settings).pid != killed


def test_a_connection_lost_in_use_is_one_line(make_settings: MakeSettings) -> None:
    settings = make_settings()
    database = open_database(settings)
    with pytest.raises(DatabaseError, match="went away") as caught, database.transaction() as lost:
        os.kill(server_of(settings).pid, signal.SIGKILL)
        wait_until(lambda: find_server(data_folder(settings)) is None)
        while True:
            lost.execute("SELECT 1")
    assert caught.value.retryable
    with pytest.raises(DatabaseError, match="cannot connect"), database.transaction():
        pass
    assert open_database(settings)


def test_a_stop_after_a_kill_removes_the_socket(make_settings: MakeSettings) -> None:
    settings = make_settings()
    open_database(settings)
    server = server_of(settings)
    os.kill(server.pid, signal.SIGKILL)
    wait_until(lambda: find_server(data_folder(settings)) is None)
    assert server.socket_folder.exists()
    assert not stop_embedded(settings)
    assert not server.socket_folder.exists()
    assert open_database(settings)


def test_a_backend_killed_does_not_fail_the_next_connection(make_settings: MakeSettings) -> None:
    settings = make_settings()
    database = open_database(settings)
    victim = database.connect()
    os.kill(victim.info.backend_pid, signal.SIGKILL)
    log = log_file(data_folder(settings))
    wait_until(lambda: "reinitializing" in log.read_text())
    note(database, "after")
    assert notes(database) == ["after"]
    victim.close()


def test_a_stale_process_id_of_another_program_does_not_matter(
    make_settings: MakeSettings,
) -> None:
    settings = make_settings()
    open_database(settings)
    lines = (data_folder(settings) / "postmaster.pid").read_text().splitlines()
    stop_embedded(settings)
    stale = data_folder(settings) / "postmaster.pid"
    stale.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    stale.chmod(0o600)
    assert not stop_embedded(settings)
    assert open_database(settings)


def test_a_lost_socket_is_made_again(make_settings: MakeSettings) -> None:
    settings = make_settings()
    note(open_database(settings), "kept")
    (server_of(settings).socket_folder / ".s.PGSQL.5432").unlink()
    assert notes(open_database(settings)) == ["kept"]


def test_another_major_version_is_refused_with_what_to_do(make_settings: MakeSettings) -> None:
    settings = make_settings()
    ensure_embedded(settings)
    stop_embedded(settings)
    (data_folder(settings) / "PG_VERSION").write_text("16\n")
    with pytest.raises(DatabaseError) as caught:
        open_database(settings)
    line = caught.value.one_line()
    for part in ("PostgreSQL 16", "runs 18", str(data_folder(settings)), "backup", "restore"):
        assert part in line


def test_a_folder_that_is_no_data_folder_is_refused(make_settings: MakeSettings) -> None:
    settings = make_settings()
    data_folder(settings).mkdir(parents=True)
    if os.geteuid() == 0:
        os.chown(data_folder(settings), 60800, 60800)
    with pytest.raises(DatabaseError, match="not a PostgreSQL data folder"):
        open_database(settings)


def test_a_broken_setting_is_one_line_with_the_servers_reason(
    make_settings: MakeSettings,
) -> None:
    settings = make_settings()
    ensure_embedded(settings)
    stop_embedded(settings)
    with (data_folder(settings) / "postgresql.conf").open("a") as conf:
        conf.write("max_connections = many\n")
    with pytest.raises(WorkbenchError, match=r"max_connections|configuration file"):
        open_database(settings)


def test_a_database_whose_making_was_broken_off_is_made_anew(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings()
    with monkeypatch.context() as patched:
        patched.setattr(cluster, "_BOOTSTRAP", "SELECT 1/0;\n")
        with pytest.raises(DatabaseError, match="division by zero"):
            ensure_embedded(settings)
    assert not data_folder(settings).exists()
    open_database(settings)


def test_a_large_log_is_emptied(make_settings: MakeSettings) -> None:
    settings = make_settings()
    ensure_embedded(settings)
    log = log_file(data_folder(settings))
    with log.open("a") as handle:
        handle.write("x" * (2 << 20))
    ensure_embedded(settings)
    assert log.stat().st_size < 1 << 20


def test_the_log_holds_no_data_of_failed_statements(make_settings: MakeSettings) -> None:
    settings = make_settings()
    database = open_database(settings)
    with database.connect() as connection, pytest.raises(psycopg.Error):
        connection.execute("SELECT 'Alice Nguyen'::integer")
    assert "Alice" not in log_file(data_folder(settings)).read_text()


def test_the_reading_role_may_log_in_and_see_nothing_of_ours(database: Database) -> None:
    with (
        psycopg.connect(database.url, user="workbench_reader") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT * FROM workbench.messages")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as other users")
def test_another_local_user_is_kept_out_by_the_folder_and_by_the_server(
    make_settings: MakeSettings,
) -> None:
    settings = make_settings()
    open_database(settings)
    server = server_of(settings)
    assert as_user(2, lambda: _connect(server.socket_folder)).startswith("PermissionError")
    server.socket_folder.parent.chmod(0o711)
    try:
        server.socket_folder.chmod(0o711)
        (server.socket_folder / ".s.PGSQL.5432").chmod(0o777)
        said = as_user(2, lambda: _connect(server.socket_folder))
        assert "Peer authentication failed" in said
    finally:
        server.socket_folder.parent.chmod(0o700)


def as_user(uid: int, action: Callable[[], object]) -> str:
    """Run an action in a forked process as another user, and return what comes of it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            answer = str(action())
        except Exception as error:
            answer = f"{type(error).__name__}: {error}"
        os.write(writing, answer.encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as answered:
        return answered.read()


def _connect(folder: Path) -> str:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(str(folder / ".s.PGSQL.5432"))
    psycopg.connect(host=str(folder), user="workbench", dbname="workbench").close()
    return "connected"


@pytest.mark.skipif(os.geteuid() != 0, reason="the whole suite then runs as an ordinary user")
def test_an_ordinary_user_runs_it_as_himself() -> None:
    if as_user(1, lambda: Path(program("initdb")).stat().st_size).startswith("PermissionError"):
        pytest.skip("another user cannot read this folder's PostgreSQL")
    with tempfile.TemporaryDirectory() as name:
        settings = settings_of(Path(name))
        os.chown(name, 1, 1)
        try:
            assert as_user(1, lambda: open_database(settings).kind) == "embedded"
            server = server_of(settings)
            assert psutil.Process(server.pid).uids().real == 1
            assert data_folder(settings).stat().st_uid == 1
            assert open_database(settings).kind == "embedded"  # root may, too
            assert server_of(settings).pid == server.pid
            refused = as_user(2, lambda: open_database(settings))
            assert refused.startswith("ResourceError: cannot write in")
            assert as_user(1, lambda: stop_embedded(settings)) == "True"
            open_database(settings)  # started by root, it is still the owner's
            assert psutil.Process(server_of(settings).pid).uids().real == 1
            assert as_user(1, lambda: open_database(settings).kind) == "embedded"
        finally:
            stop_embedded(settings)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_one_line_and_loses_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=190m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this container may not mount a disk")
    settings = settings_of(disk / "workspace")
    try:
        database = open_database(settings)
        note(database, "0")
        ballast, stored = disk / "ballast", 0
        with pytest.raises(ResourceError, match=r"disk of the database .* is full") as caught:
            while stored < 100_000:
                note(database, "x" * 400_000 + str(stored))
                stored += 1
                if stored == 20:
                    _fill(ballast)
        assert "\n" not in caught.value.one_line()
        stop_embedded(settings)
        with pytest.raises(ResourceError, match="is full"):
            open_database(settings)
        ballast.unlink()
        again = notes(open_database(settings))
        assert len(again) >= stored + 1
        assert again[0] == "0"
    finally:
        stop_embedded(settings)
        subprocess.run(["umount", str(disk)], check=True)


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as handle, pytest.raises(OSError):
        while handle.write(b"\0" * (1 << 20)):
            pass
