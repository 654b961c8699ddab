"""The set-up, step by step."""

import contextlib
import errno
import fcntl
import sys
from collections.abc import Iterator
from pathlib import Path

from workbench import interrupts
from workbench.errors import ResourceError, UsageError, WorkbenchError
from workbench.locations import private_folder, workspace_state
from workbench.setup import INTERRUPTED_LINE, machine
from workbench.setup.accelerator import choose_accelerator
from workbench.setup.environment import Environment
from workbench.setup.packages import (
    Installer,
    drop_half_installed,
    missing_pins,
    read_lock,
    site_packages,
)
from workbench.setup.process import LoggedRunner
from workbench.setup.progress import Progress

STEPS = 5


def main() -> int:
    """Set the checkout up and return an exit status; every fault is one line on stderr."""
    try:
        with interrupts.raised():
            set_up(Path(__file__).resolve().parents[2])
    except WorkbenchError as error:
        return _fail(error)
    except KeyboardInterrupt:
        interrupts.ignore_further()
        with contextlib.suppress(BrokenPipeError):  # ctrl-c has ended who read it
            print(INTERRUPTED_LINE, file=sys.stderr)
        return interrupts.INTERRUPTED
    except OSError as error:
        return _fail(_system_error(error))
    return 0


def set_up(root: Path) -> None:
    """Make the environment of a checkout, or complete it; do nothing where it is complete.

    Args:
        root: The checkout.

    Raises:
        WorkbenchError: The machine lacks something, or a step failed.
    """
    if not (root / "pyproject.toml").is_file():
        raise UsageError(f"{root} is no checkout of the workbench", "run set-up from a checkout")
    environment = Environment(root, choose_accelerator())
    if environment.is_current():
        return
    with _only_one(root) as lock:
        if not environment.is_current():
            _run_steps(environment, lock)


def _run_steps(environment: Environment, lock: int) -> None:
    progress = Progress(STEPS)
    try:
        progress.step("checking this machine")
        _check_machine(environment, progress)
        progress.step(f"making .venv for {environment.accelerator}")
        run = LoggedRunner(environment.log, environment.root, (lock,))
        _prepare(environment, run)
        _install(environment, Installer(environment.python, run, ".venv/setup.log"), progress)
        environment.mark(complete=True)
        progress.note("set-up is complete")
    finally:
        progress.close()


def _check_machine(environment: Environment, progress: Progress) -> None:
    pins = read_lock(environment.lock)
    missing = missing_pins(pins, site_packages(environment.path))
    first = machine.FIRST_TIME[environment.accelerator]
    needs = first if 2 * len(missing) > len(pins) else machine.AGAIN
    found = machine.faults(machine.inspect(environment.root), needs, environment.accelerator)
    progress.close()
    for fault in found[:-1]:
        print(f"setup: {fault.one_line()}", file=sys.stderr)
    if found:
        raise found[-1]


def _prepare(environment: Environment, run: LoggedRunner) -> None:
    environment.path.mkdir(exist_ok=True)
    if environment.must_be_remade(run):
        environment.clear()
        environment.make(run)
    environment.mark(complete=False)


def _install(environment: Environment, installer: Installer, progress: Progress) -> None:
    installed = site_packages(environment.path)
    drop_half_installed(installed)
    missing = missing_pins(read_lock(environment.lock), installed)
    torch = [pin for pin in missing if pin.name == "torch"]
    others = [pin for pin in missing if pin.name != "torch"]
    progress.step("installing torch")
    for pin in torch:
        installer.torch(pin, environment.accelerator)
    progress.step("installing packages")
    installer.packages(others, progress.count)
    progress.step("installing the workbench and its notebook kernel")
    installer.project(environment.root)
    installer.kernel()


@contextlib.contextmanager
def _only_one(root: Path) -> Iterator[int]:
    """Hold the set-up's lock, waiting for another set-up of the same checkout to end."""
    folder = private_folder(workspace_state(root))
    with (folder / "setup.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("setup: another set-up is at work here; waiting for it", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _system_error(error: OSError) -> ResourceError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ResourceError("the disk is full", "free some space; see it with: df -h .")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        hint = 'take the folder over with: sudo chown -R "$USER" .'
        return ResourceError(f"set-up may not write {error.filename}", hint)
    return ResourceError(str(error), "mend it, then run set-up again")


def _fail(error: WorkbenchError) -> int:
    print(f"setup: {error.one_line()}", file=sys.stderr)
    return error.exit_code
