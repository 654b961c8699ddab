"""The supervisor and its control, with a tiny server in vLLM's place."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workbench.errors import ModelServerError, ResourceError
from workbench.services.vllm import control
from workbench.services.vllm.processes import Identity, alive, identify, members
from workbench.services.vllm.registry import (
    FAILED,
    READY,
    STARTING,
    STOPPED,
    ServerFolder,
    ServerSpec,
    ServerState,
    Timing,
)
from workbench.services.vllm.supervisor import Restarts

FAKE = Path(__file__).parents[1] / "fixtures" / "fake_server.py"
FAST = {"poll_s": 0.02, "backoff_s": 0.01, "grace_s": 1.0, "start_timeout_s": 30.0}
SHARED_MEMORY = Path("/dev/shm")


def until(condition, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
    return value


class Servers:
    """Starts fake servers under one state folder."""

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        self.told: list[str] = []

    def spec(self, mode: str, **timing: float) -> ServerSpec:
        port = control.choose_port(0)
        command = [sys.executable, str(FAKE), mode, "--port", str(port)]
        return ServerSpec("tiny", command, {"GIVEN": "yes"}, port, Timing(**{**FAST, **timing}))

    def ensure(self, mode="serve", name="tiny-1", workspace=None, **timing):
        where = workspace or self.state_dir
        plan = lambda: self.spec(mode, **timing)  # noqa: E731
        return control.ensure_server(self.state_dir, name, where, plan, self.told.append)

    def folder(self, name="tiny-1") -> ServerFolder:
        return ServerFolder(self.state_dir / "servers" / name)

    def state(self, name="tiny-1") -> ServerState:
        return self.folder(name).read_state()

    def starts(self, name="tiny-1") -> int:
        return len((self.folder(name).path / "starts").read_text().splitlines())


@pytest.fixture
def servers(tmp_path):
    made = Servers(tmp_path)
    yield made
    control.stop_all(tmp_path)
    for path in (tmp_path / "servers").glob("*/"):
        assert members(path) == []


def test_the_waits_double_until_it_gives_up_and_health_forgives():
    restarts = Restarts(Timing(backoff_s=1.0, healthy_s=60.0))
    assert [restarts.delay(0.0) for _ in range(4)] == [1.0, 2.0, 4.0, 8.0]
    assert restarts.delay(61.0) == 1.0
    assert [restarts.delay(59.0) for _ in range(4)] == [2.0, 4.0, 8.0, None]


def test_starts_tells_how_far_and_attaches(servers):
    first = servers.ensure()
    second = servers.ensure(mode="crash")
    assert first == second
    assert control.answers(servers.state().port)
    assert servers.starts() == 1
    assert servers.state().phase == READY
    assert any("tiny: " in line for line in servers.told)
    assert first.key not in repr(first)


def test_the_key_is_private_and_on_no_command_line(servers):
    running = servers.ensure()
    folder = servers.folder()
    assert (folder.path / "key").stat().st_mode & 0o777 == 0o600
    assert folder.path.stat().st_mode & 0o777 == 0o700
    lines = [
        Path(f"/proc/{who.pid}/cmdline").read_text()
        for who in [*members(folder.path), servers.state().supervisor]
    ]
    assert len(lines) >= 3
    assert not any(running.key in line for line in lines)
    environment = (folder.path / "environment.json").read_text()
    assert running.key in environment
    assert '"GIVEN": "yes"' in environment
    assert running.key not in (folder.path / "spec.json").read_text()


def test_ten_at_once_start_one(servers, tmp_path):
    spec = servers.spec("serve")
    script = f"""
import sys
from pathlib import Path
from workbench.services.vllm import control
from workbench.services.vllm.registry import ServerSpec, Timing
spec = ServerSpec("tiny", {spec.command!r}, {{}}, {spec.port}, Timing(**{FAST!r}))
where = Path({str(tmp_path)!r})
print(control.ensure_server(where, "tiny-1", where, lambda: spec, lambda _: None).base_url)
"""
    root = str(Path(__file__).parents[2])
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=root
        )
        for _ in range(10)
    ]
    answers = {process.communicate(timeout=60)[0] for process in started}
    assert answers == {f"http://127.0.0.1:{spec.port}/v1\n"}
    assert servers.starts() == 1


def test_stop_ends_every_process_and_cleans(servers):
    servers.ensure()
    folder, state = servers.folder(), servers.state()
    worker = identify(int((folder.path / "worker").read_text()))
    block = SHARED_MEMORY / (folder.path / "block").read_text()
    assert alive(worker)
    assert block.exists()
    assert Path(state.scratch).is_dir()
    assert control.stop_server(folder)
    assert not alive(worker)
    assert not alive(state.server)
    assert not alive(state.supervisor)
    assert not block.exists()
    assert not Path(state.scratch).exists()
    assert servers.state().phase == STOPPED
    assert not control.stop_server(folder)


def test_a_server_that_ignores_the_request_to_end_is_killed(servers):
    servers.ensure("stubborn", grace_s=0.2)
    server = servers.state().server
    control.stop_server(servers.folder())
    assert not alive(server)


def test_a_killed_server_is_restarted_on_the_same_port(servers):
    before = servers.ensure()
    killed = servers.state()
    os.kill(killed.server.pid, signal.SIGKILL)
    until(lambda: servers.state().restarts == 1 and servers.state().phase == READY)
    assert servers.ensure() == before
    assert not alive(identify(killed.server.pid))
    assert servers.starts() == 2


def test_a_crash_while_starting_is_tried_again(servers):
    servers.ensure("crash-once")
    assert servers.state().restarts == 1


def test_gives_up_after_five_crashes_and_says_why(servers):
    with pytest.raises(ModelServerError) as caught:
        servers.ensure("crash")
    assert "no engine today" in caught.value.message
    assert str(servers.folder().log) in caught.value.hint
    assert servers.starts() == 5
    assert servers.state().phase == FAILED


def test_damaged_weights_fail_at_once_with_the_mend(servers):
    with pytest.raises(ModelServerError) as caught:
        servers.ensure("corrupt")
    assert "damaged" in caught.value.message
    assert "workbench models fetch tiny" in caught.value.hint
    assert servers.starts() == 1
    until(lambda: not alive(servers.state().supervisor))
    servers.ensure()
    assert servers.state().phase == READY


def test_a_start_that_takes_too_long_is_ended(servers):
    with pytest.raises(ModelServerError, match="not ready after"):
        servers.ensure("never-ready", start_timeout_s=0.3)
    until(lambda: not members(servers.folder().path))


def test_a_server_that_no_longer_answers_is_restarted(servers):
    servers.ensure(hung_s=0.2)
    sick = servers.folder().path / "sick"
    sick.touch()
    until(lambda: servers.state().restarts >= 1)
    sick.unlink()
    until(lambda: servers.state().phase == READY)


def test_an_unused_server_stops(servers):
    servers.ensure(idle_s=2.0)
    until(lambda: servers.state().phase == STOPPED)
    assert "unused" in servers.state().message
    assert not control.answers(servers.state().port)


def test_a_request_keeps_a_server(servers):
    servers.ensure(idle_s=1000)
    folder = servers.folder()
    hour_ago = time.time() - 3600
    for entry in (folder.path / "users").iterdir():
        os.utime(entry, (hour_ago, hour_ago))
    assert folder.last_use() == pytest.approx(hour_ago, abs=1)
    folder.note_use()
    assert folder.last_use() == pytest.approx(time.time(), abs=5)


def test_a_killed_supervisor_takes_its_server_along(servers):
    servers.ensure()
    state = servers.state()
    os.kill(state.supervisor.pid, signal.SIGKILL)
    until(lambda: not alive(state.server))
    servers.ensure()
    assert servers.state().supervisor != state.supervisor
    assert not alive(identify(int((servers.folder().path / "starts").read_text().split()[0])))
    assert not Path(state.scratch).exists()


def test_what_outlives_a_killed_supervisor_is_ended_by_the_next(servers):
    servers.ensure("stubborn")
    state, folder = servers.state(), servers.folder()
    worker = identify(int((folder.path / "worker").read_text()))
    os.kill(state.supervisor.pid, signal.SIGKILL)
    until(lambda: not alive(state.supervisor))
    assert alive(state.server)
    assert control.stop_server(folder)
    assert not alive(state.server)
    assert not alive(worker)
    assert not (SHARED_MEMORY / (folder.path / "block").read_text()).exists()


def test_another_process_under_a_recorded_id_is_left_alone(servers):
    folder = servers.folder()
    with folder.lock():
        stranger = Identity(os.getpid(), 1)
        folder.write_state(ServerState("tiny", 1, STARTING, supervisor=stranger, server=stranger))
    assert not servers.state().running
    assert not control.stop_server(folder)
    assert identify(os.getpid()) is not None
    assert servers.state().phase == STOPPED


def test_a_supervisor_that_cannot_run_is_told(servers):
    broken = ServerSpec("tiny", ["/nowhere/vllm"], {}, 1, Timing(**FAST))
    with pytest.raises(ModelServerError) as caught:
        control.ensure_server(
            servers.state_dir, "tiny-1", servers.state_dir, lambda: broken, servers.told.append
        )
    assert "ended unexpectedly" in caught.value.message
    assert "/nowhere/vllm" in servers.folder().supervisor_log.read_text()


def test_two_workspaces_share_a_server(servers, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    servers.ensure(workspace=one)
    servers.ensure(workspace=two)
    assert control.release(tmp_path, one) == ([], ["tiny"])
    assert control.answers(servers.state().port)
    assert control.release(tmp_path, one) == ([], [])
    assert control.release(tmp_path, two) == (["tiny"], [])
    assert control.list_servers(tmp_path) == []


def test_a_workspace_that_is_gone_is_no_user(servers, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    servers.ensure(workspace=one)
    servers.ensure(workspace=two)
    two.rmdir()
    assert control.release(tmp_path, one) == (["tiny"], [])


def test_stop_all_and_the_list(servers, tmp_path):
    servers.ensure()
    servers.ensure(name="tiny-2")
    listed = control.list_servers(tmp_path)
    assert [(item.name, item.phase) for item in listed] == [("tiny-1", READY), ("tiny-2", READY)]
    assert listed[0].users == [str(tmp_path)]
    assert listed[0].base_url.endswith(f":{listed[0].port}/v1")
    assert control.stop_all(tmp_path) == ["tiny", "tiny"]


def test_a_port_in_use_is_one_clear_line(servers):
    servers.ensure()
    taken = servers.state().port
    with pytest.raises(ResourceError) as caught:
        control.choose_port(taken)
    assert str(taken) in caught.value.message
    assert "WORKBENCH_SERVER__PORT" in caught.value.hint
