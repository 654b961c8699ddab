"""How fetching says how far it is."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the phase, what is done and the total (bytes, or steps; a total of 0: unknown)."""

BYTES = {"download", "join", "verify"}
"""The phases that count bytes; the others count steps."""


def silent(phase: str, done: int, total: int) -> None:
    """Show nothing."""


def described(show: Callable[[str], None], name: str) -> Progress:
    """Return a progress callback that shows each step of a model's fetch as a line of text."""

    def report(phase: str, done: int, total: int) -> None:
        percent = done * 20 // total * 5 if total else 0
        if not total:
            show(f"{name}: {phase}")
        elif phase in BYTES:
            show(f"{name}: {phase} {percent}% of {total / 1e6:,.0f} MB")
        else:
            show(f"{name}: {phase} {percent}%")

    return report
