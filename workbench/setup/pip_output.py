"""Reading what pip prints: how far it is, and why it failed."""

import re
from collections.abc import Callable, Sequence

from workbench.errors import ResourceError

_BEGUN = re.compile(r"(?:Collecting|Processing|Requirement already satisfied:) (\S+)")
_KEPT = "run it again: what is there is kept"

_REASONS: tuple[tuple[str, str, str], ...] = (
    (
        r"No space left on device|\[Errno 28\]|Disk quota exceeded",
        "the disk is full",
        "free some space (see it with: df -h . /tmp), then " + _KEPT,
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerificationError",
        "the package index has a certificate that this machine does not trust",
        "name the certificate with: pip config set global.cert FILE",
    ),
    (
        r"NewConnectionError|ConnectTimeoutError|ReadTimeoutError|Read timed out|"
        r"NameResolutionError|Name or service not known|Temporary failure in name resolution|"
        r"Network is unreachable|Connection refused|Connection reset|"
        r"ProxyError|Connection broken|IncompleteRead",
        "the package index cannot be reached",
        "check the network and pip's settings (see them with: pip config list), then " + _KEPT,
    ),
    (
        r"40[137] Client Error",
        "the package index refuses this machine",
        "check its address and password with: pip config list",
    ),
    (
        r"5\d\d Server Error",
        "the package index has a fault",
        "wait, then " + _KEPT,
    ),
    (
        r"No matching distribution found for (?P<what>\S+)",
        "the package index does not offer {what}",
        "name an index that does with: pip config set global.index-url ADDRESS",
    ),
    (
        r"THESE PACKAGES DO NOT MATCH THE HASHES",
        "a downloaded package is not what the index announced",
        "pip cache purge",
    ),
    (
        r"\[Errno 13\]|Permission denied|Read-only file system",
        "set-up may not write here",
        'take the folder over with: sudo chown -R "$USER" .',
    ),
    (
        r"MemoryError|Cannot allocate memory",
        "memory ran out",
        "end other programs, then " + _KEPT,
    ),
)
"""Pattern, what is wrong, what to do; the first that occurs anywhere in the output decides."""


class Collected:
    """Counts the packages that pip has begun with and remembers what it printed.

    Args:
        on_count: Called with the count whenever it grows.
    """

    def __init__(self, on_count: Callable[[int], None]) -> None:
        self.lines: list[str] = []
        self._names: set[str] = set()
        self._on_count = on_count

    def __call__(self, line: str) -> None:
        """Take one line of pip's output."""
        self.lines.append(line)
        begun = _BEGUN.match(line)
        if begun and begun[1] not in self._names:
            self._names.add(begun[1])
            self._on_count(len(self._names))


def is_not_offered(lines: Sequence[str]) -> bool:
    """Tell whether pip failed only because no index that it asked has the package."""
    reason = _reason("\n".join(lines))
    return reason is not None and "does not offer" in reason.message


def is_not_found(lines: Sequence[str]) -> bool:
    """Tell whether pip found no such package, be it for an index that it could not reach."""
    return any("No matching distribution found" in line for line in lines)


def explain(what: str, status: int, lines: Sequence[str], log: str) -> ResourceError:
    """Return the error for a failed command of the set-up.

    Args:
        what: The step that failed, such as "installing packages".
        status: The exit status; negative for a signal.
        lines: What the command printed.
        log: Where the whole output lies, for the person to read.
    """
    reason = _reason("\n".join(lines))
    if reason is not None:
        return ResourceError(f"{what}: {reason.message} (log: {log})", reason.hint)
    if status == -9:
        message = f"{what}: the system ended pip (log: {log})"
        return ResourceError(message, f"free memory, then {_KEPT}")
    said = [line for line in lines if "error" in line.lower()] or list(lines) or ["no output"]
    return ResourceError(f"{what} failed: {said[-1].strip()[:200]}", f"read {log}, then {_KEPT}")


def _reason(text: str) -> ResourceError | None:
    for pattern, message, hint in _REASONS:
        match = re.search(pattern, text)
        if match:
            return ResourceError(message.format(**match.groupdict()), hint)
    return None
