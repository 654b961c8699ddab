"""What a line of vLLM's log tells a person: how far the start is, or why it failed."""

import re
from dataclasses import dataclass
from pathlib import Path

_MILESTONES = (
    ("Starting vLLM server", "opening the port"),
    ("KV cache size", "model loaded, preparing the cache"),
    ("Loading weights took", "weights loaded"),
    ("Starting to load model", "loading the weights"),
    ("Initializing a V1 LLM engine", "starting the engine"),
    ("Resolved architecture", "reading the model's configuration"),
    ("non-default args", "loading vLLM"),
)
_SHARDS = re.compile(r"Loading safetensors checkpoint shards:\s+(\d+)% Completed")

_KEEP = 256 * 1024
_PREFIX = re.compile(r"^(\([^)]*pid=\d+\)\s*)?([A-Z]+ \d\d-\d\d [\d:]+ \[[^\]]*\]\s*)?")
_ERROR = re.compile(r"^[\w.]*(Error|Exception|Exit|Interrupt)\b:?")


@dataclass(frozen=True)
class Failure:
    """Why a server ended, for people."""

    message: str
    hint: str
    again: bool
    """Whether starting it again may help."""


# Signs, in a log, of faults that a person can mend; a restart would meet them again.
_FAULTS = (
    (
        r"libnuma\.so\S*: cannot open",
        "the library libnuma is missing, which vLLM needs",
        "install it (Debian, Ubuntu: apt install libnuma1; Fedora: dnf install numactl-libs)",
    ),
    (
        r"\bImportError: (\S+\.so\S*): cannot open shared object file",
        "a library that vLLM needs is missing: {0}",
        "install it, then: workbench up",
    ),
    (
        r"SafetensorError|parse_safetensors_file_metadata|JSONDecodeError|"
        r"is not a valid JSON file|Cannot find any model weights",
        "the weights of {model} are damaged",
        "fetch them again: workbench models fetch {model}",
    ),
    (
        r"[Aa]ddress already in use",
        "port {port} is in use by another program",
        "set server.port (WORKBENCH_SERVER__PORT) to another one, or to 0 for a free one",
    ),
    (
        r"OutOfMemoryError|CUDA out of memory|can't allocate memory|Cannot allocate memory|"
        r"\bMemoryError\b|is less than requested memory for kv|"
        r"No available memory for the cache blocks",
        "there is not enough memory for {model}",
        "close other programs, lower server.kv_cache_gib, or choose a smaller model",
    ),
    (
        r"unrecognized arguments: (.*)|argument (--\S+: .*)",
        "vLLM does not know an option of {model}: {0}",
        "correct the serving options in the catalogue, or install the vLLM of the lock file",
    ),
    (
        r"validation errors? for \w+\n\s*Value error, ([^.(\[]*(?:\(\d+\)[^.(\[]*)?)",
        "vLLM refuses the settings of {model}: {0}",
        "correct its serving options in the catalogue or in models.yaml",
    ),
    (
        r"No module named '?(vllm[\w.]*)",
        "vLLM is not installed (no module {0})",
        "run: make setup",
    ),
)


def milestone(text: str) -> str | None:
    """Return the furthest step of a start that a piece of the log tells of."""
    for sign, words in _MILESTONES:
        if sign in text:
            return words
    return None


def shards(text: str) -> str | None:
    """Return how much of the weights is loaded, if a piece of the log says so."""
    found = _SHARDS.findall(text)
    return f"loading the weights, {found[-1]} %" if found else None


def explain(log: str, status: int, model: str, port: int) -> Failure:
    """Say why vLLM ended.

    Args:
        log: The end of its log, from the last start on.
        status: Its exit status; a negative one is the signal that ended it.
        model: The model it served.
        port: The port it was to open.
    """
    for pattern, message, hint in _FAULTS:
        found = re.search(pattern, log, re.MULTILINE)
        if found:
            groups = [group for group in found.groups() if group] or [""]
            values = {"model": model, "port": port}
            return Failure(message.format(*groups, **values), hint.format(**values), again=False)
    if status == -9:
        return Failure(
            f"the server of {model} was killed (signal 9), perhaps for lack of memory",
            "see how much memory is free, or choose a smaller model",
            again=True,
        )
    reason = telling_line(log) or f"exit status {status}"
    return Failure(f"the server of {model} ended: {reason}", "see its log", again=True)


def telling_line(log: str) -> str:
    """Return the first error of a log (the later ones follow from it), or else its last line."""
    lines = [line for line in (_PREFIX.sub("", line).strip() for line in log.splitlines()) if line]
    errors = [line for line in lines if _ERROR.match(line)]
    return (errors or lines[-1:] or [""])[0][:300]


def read_from(path: Path, offset: int) -> tuple[str, int]:
    """Return what a log holds from an offset on (at most its last 256 KiB), and its end."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, 2)
            file.seek(max(offset if offset <= end else 0, end - _KEEP))
            return file.read().decode(errors="replace"), end
    except OSError:
        return "", 0


def bound(path: Path, limit: int) -> None:
    """Move a log's last part to `<name>.1` and empty it once it is larger than `limit` bytes.

    The file itself stays, because vLLM keeps it open (for appending).
    """
    if path.exists() and path.stat().st_size > limit:
        tail, _ = read_from(path, 0)
        older = path.with_name(f"{path.name}.1")
        older.touch(mode=0o600)
        older.write_text(tail)
        with path.open("r+b") as file:
            file.truncate(0)
