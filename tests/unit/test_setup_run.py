"""The whole set-up on a tiny checkout: real Python, real pip, wheels of a few lines, no network."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest
from fixtures.processes import LIMIT_S

INTERRUPTED = "setup: interrupted: the same command goes on from here\n"
PACKAGE = Path(__file__).parents[2] / "workbench"
DRIVER = """
import sys
from workbench.setup import __main__, machine
machine.FIRST_TIME = {"cpu": machine.Needs(0, 0, 0)}
machine.AGAIN = machine.Needs(0, 0, 0)
sys.exit(__main__.main())
"""
BACKEND = """
import zipfile

FILES = {
    "METADATA": "Metadata-Version: 2.1\\nName: rag-workbench\\nVersion: 0\\n",
    "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    "entry_points.txt": "[console_scripts]\\nworkbench = one:main\\n",
    "RECORD": "",
}

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "rag_workbench-0-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        for path, text in FILES.items():
            wheel.writestr(f"rag_workbench-0.dist-info/{path}", text)
    return name
"""


def make_wheel(folder, name, version, files):
    info = f"{name}-{version}.dist-info/"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
        wheel.writestr(info + "METADATA", metadata)
        wheel.writestr(
            info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(info + "RECORD", "")


class Checkout:
    """A checkout with the real set-up, three packages and a build backend of its own."""

    def __init__(self, root):
        self.root = root / "checkout"
        self.wheels = root / "wheels"
        self.lock = self.root / "workbench" / "setup" / "locks" / "cpu.lock"
        self.site = self.root / ".venv" / "lib" / "python3.11" / "site-packages"
        self.log = self.root / ".venv" / "setup.log"

    def build(self):
        self.wheels.mkdir()
        shutil.copytree(PACKAGE / "setup", self.root / "workbench" / "setup")
        for name in ("__init__.py", "errors.py", "interrupts.py", "locations.py"):
            shutil.copy(PACKAGE / name, self.root / "workbench")
        self.lock.write_text("# a comment\ntorch==2.13.0+cpu\nipykernel==1\none==1\n")
        (self.root / "backend.py").write_text(BACKEND)
        (self.root / "pyproject.toml").write_text(
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        )
        self.make_wheels()

    def make_wheels(self):
        make_wheel(self.wheels, "torch", "2.13.0+cpu", {"torch/__init__.py": ""})
        make_wheel(self.wheels, "torch", "2.13.0", {"torch/__init__.py": "cuda = True"})
        make_wheel(self.wheels, "ipykernel", "1", {"ipykernel/__main__.py": ""})
        make_wheel(self.wheels, "one", "1", {"one/__init__.py": "def main(): print('ran')\n"})

    def start(self, **environment):
        base = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root.parent),
            "LANG": "C.UTF-8",
            "WORKBENCH_ACCELERATOR": "cpu",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_RETRIES": "0",
        }
        local = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels)}
        return subprocess.Popen(
            [sys.executable, "-c", DRIVER],
            cwd=self.root,
            env=base | (environment or local),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, **environment):
        process = self.start(**environment)
        out, err = process.communicate(timeout=LIMIT_S)
        return process.returncode, out, err

    def unstamp(self):
        (self.root / ".venv" / "setup.json").unlink()

    def lose_a_package(self):
        shutil.rmtree(self.site / "one-1.dist-info")
        self.unstamp()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout on which set-up has run, with what it printed."""
    checkout = Checkout(tmp_path_factory.mktemp("setup"))
    checkout.build()
    checkout.first = checkout.run()
    return checkout


@pytest.fixture
def complete(checkout):
    """The checkout with everything installed, whatever an earlier test left of it."""
    checkout.make_wheels()
    assert checkout.run()[0] == 0
    return checkout


def test_a_first_run_makes_a_working_environment(checkout):
    status, out, err = checkout.first
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "[1/5] checking this machine",
        "[2/5] making .venv for cpu",
        "[3/5] installing torch",
        "[4/5] installing packages",
        "[4/5] installing packages 1/2",
        "[4/5] installing packages 2/2",
        "[5/5] installing the workbench and its notebook kernel",
        "set-up is complete",
    ]
    ran = subprocess.run(
        [checkout.root / ".venv" / "bin" / "workbench"], capture_output=True, text=True
    )
    assert ran.stdout == "ran\n"
    assert (checkout.site / "torch" / "__init__.py").read_text() == ""


def test_a_second_run_does_nothing(complete):
    before = complete.log.read_text()
    assert complete.run() == (0, "", "")
    assert complete.log.read_text() == before


def test_a_changed_project_is_installed_without_fetching_anything(complete):
    project = complete.root / "pyproject.toml"
    project.write_text(project.read_text() + "# changed\n")
    complete.log.write_text("")
    status, out, _ = complete.run()
    assert status == 0
    assert "1/2" not in out
    assert "Collecting" not in complete.log.read_text()


def test_a_package_cut_off_in_the_middle_is_installed_again(complete):
    (complete.site / "one-1.dist-info" / "INSTALLER").unlink()
    (complete.site / "one" / "__init__.py").unlink()
    complete.unstamp()
    status, out, _ = complete.run()
    assert status == 0
    assert "[4/5] installing packages 1/1" in out
    assert (complete.site / "one" / "__init__.py").is_file()


def test_a_broken_environment_is_made_anew(complete):
    (complete.root / ".venv" / "bin" / "python").unlink()
    assert complete.run()[0] == 0
    assert complete.run() == (0, "", "")


def test_a_second_set_up_waits_for_the_first(complete):
    complete.unstamp()
    with (complete.root / ".workbench" / "setup.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        process = complete.start()
        first = process.stdout.readline()
    out, err = process.communicate(timeout=LIMIT_S)
    assert first == "setup: another set-up is at work here; waiting for it\n"
    assert (process.returncode, err) == (0, "")
    assert out.endswith("set-up is complete\n")


@pytest.mark.parametrize("read", [True, False])
def test_ctrl_c_is_one_line_and_the_next_run_goes_on(complete, read):
    complete.lose_a_package()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(LIMIT_S)
        index = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        process = complete.start(PIP_INDEX_URL=index)
        connection, _ = silent.accept()
        with connection, process:  # a closed one would end pip before the signal does
            if not read:
                process.stderr.close()
            os.killpg(process.pid, signal.SIGINT)
            process.wait(LIMIT_S)
            err = process.stderr.read() if read else INTERRUPTED
    assert (process.returncode, err) == (130, INTERRUPTED)
    assert complete.run()[0] == 0


def test_ctrl_c_while_set_up_loads_is_one_line(start, tmp_path):
    checkout = Checkout(tmp_path)
    checkout.build()
    late = checkout.root / "workbench" / "setup" / "run.py"
    late.write_text("print('here', flush=True)\nimport time\ntime.sleep(600)\n")
    process = start("-m", "workbench.setup", cwd=checkout.root)
    assert process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=LIMIT_S)
    assert (process.returncode, err) == (130, INTERRUPTED)


def test_without_network_one_line_says_so(complete):
    complete.lose_a_package()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        index = f"http://127.0.0.1:{closed.getsockname()[1]}/simple"
    status, _, err = complete.run(PIP_INDEX_URL=index, PIP_RETRIES="1")
    assert status == 2
    assert err.startswith("setup: installing packages: the package index cannot be reached")
    assert ".venv/setup.log" in err
    assert err.count("\n") == 1


def test_a_cuda_build_is_never_taken_for_a_cpu_machine(complete):
    shutil.rmtree(complete.site / "torch-2.13.0+cpu.dist-info")
    complete.unstamp()
    (complete.wheels / "torch-2.13.0+cpu-py3-none-any.whl").rename(complete.root / "kept.whl")
    status, _, err = complete.run()
    assert status == 2
    assert err.startswith("setup: no index that pip reaches has torch==2.13.0+cpu")
    assert err.count("\n") == 1
    assert not list(complete.site.glob("torch-*.dist-info"))


def test_an_older_python_is_refused_in_one_line(complete):
    script = "import sys; sys.version_info = (3, 9, 2)\n" + textwrap.dedent("""
        import runpy
        runpy.run_module("workbench.setup", run_name="__main__")
    """)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=complete.root, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.startswith("setup: this is Python 3.9, 3.11 is needed")
    assert done.stderr.count("\n") == 1
