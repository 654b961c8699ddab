import os
import socket
import subprocess
import sys
import uuid
from multiprocessing.shared_memory import SharedMemory

import pytest

from workbench.setup.traces import processes_in, shared_memory, shared_memory_in_use
from workbench.setup.usage import PeakDisk, received, size_of

WAIT = "import sys; print('up', flush=True); sys.stdin.read()"
LISTEN = """
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def start():
    """Start a process that says a line and then waits; all are ended after the test."""
    started = []

    def begin(code=WAIT, **options):
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **options,
        )
        started.append(process)
        process.line = process.stdout.readline().strip()
        return process

    yield begin
    for process in started:
        process.stdin.close()
        process.stdout.close()
        process.wait(30)


@pytest.mark.parametrize("trace", ["working folder", "environment", "command line", "open file"])
def test_a_process_is_found_by_any_trace_of_the_folder(start, tmp_path, trace):
    options = {
        "working folder": {"cwd": tmp_path},
        "environment": {"env": os.environ | {"X": f"{tmp_path}/y"}},
        "command line": {"code": f"{WAIT} # {tmp_path}"},
        "open file": {"stderr": (tmp_path / "log").open("w")},
    }
    process = start(**options[trace])
    assert [found.pid for found in processes_in(tmp_path)] == [process.pid]


def test_its_listening_port_is_told(start, tmp_path):
    process = start(LISTEN, cwd=tmp_path)
    (found,) = processes_in(tmp_path)
    assert found.ports == (int(process.line),)
    assert f"listening on {process.line}" in found.text()


def test_strangers_are_not_found(start, tmp_path):
    start()
    assert processes_in(tmp_path) == []


def test_shared_memory_is_seen_and_who_uses_it(start, tmp_path):
    name = f"workbench-test-{uuid.uuid4().hex}"
    assert name not in shared_memory()
    memory = SharedMemory(name, create=True, size=4096)
    try:
        assert name in shared_memory()
        assert name in shared_memory_in_use(without=frozenset())
        assert name not in shared_memory_in_use(without=frozenset({os.getpid()}))
    finally:
        memory.close()
        memory.unlink()
    assert name not in shared_memory()


def test_size_counts_blocks_once_for_each_file(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a").write_bytes(b"x" * 100_000)
    one = size_of(tmp_path)
    assert 100_000 <= one < 200_000
    (tmp_path / "b").hardlink_to(tmp_path / "deep" / "a")
    (tmp_path / "c").symlink_to(tmp_path / "deep" / "a")
    assert size_of(tmp_path) == one
    assert size_of(tmp_path / "none") == 0


def test_the_peak_is_the_largest_size_seen(tmp_path):
    with PeakDisk(tmp_path, period_s=0.01) as disk:
        (tmp_path / "big").write_bytes(b"x" * 1_000_000)
        while disk.peak < 1_000_000:
            assert disk._thread.is_alive()
            disk._ended.wait(0.01)
        (tmp_path / "big").unlink()
    assert 1_000_000 <= disk.peak < 1_100_000


def test_what_came_from_other_machines_counts(tmp_path):
    table = tmp_path / "dev"
    table.write_text(
        "Inter-|   Receive\n face |bytes    packets\n    lo: 900 1 0\n  eth0: 40 1 0\nwlan0:2 1 0\n"
    )
    assert received(table) == 42
    assert received() >= 0


def test_a_listening_socket_of_this_process_is_not_counted_to_others(start, tmp_path):
    start(cwd=tmp_path)
    with socket.create_server(("127.0.0.1", 0)):
        (found,) = processes_in(tmp_path)
    assert found.ports == ()
