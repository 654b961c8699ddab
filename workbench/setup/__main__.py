"""`python3.11 -m workbench.setup` makes the environment in `.venv`."""

import sys

WANTED = (3, 11)


def main() -> int:
    """Check the Python that runs, then set up; return an exit status."""
    if sys.version_info[:2] != WANTED:
        here = ".".join(map(str, sys.version_info[:2]))
        message = "setup: this is Python {}, 3.11 is needed: sudo apt-get install python3.11-venv"
        print(message.format(here), file=sys.stderr)
        return 2
    # the rest is written for Python 3.11 and would end in a traceback elsewhere
    from workbench.interrupts import INTERRUPTED, leave, leave_on_interrupt
    from workbench.setup import INTERRUPTED_LINE

    leave_on_interrupt(INTERRUPTED_LINE)
    from workbench.setup.run import main as run

    status = run()
    if status == INTERRUPTED:
        leave()  # said already; a command may still be at work
    return status


if __name__ == "__main__":
    sys.exit(main())
