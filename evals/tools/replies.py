"""What a model replied, kept line by line: a run that was broken off goes on where it was."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evals.tools.rule import Made
from workbench.errors import UsageError
from workbench.json_lines import filled_lines, read_object_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back for a task.

    Attributes:
        id: The task's id.
        part: The task's part.
        calls: The calls that are made of it.
        text: What the model wrote, where no call was read from it.
        note: What else is worth knowing, such as why nothing was called.
        seconds: How long it took.
        prompt: Tokens that the model read.
        completion: Tokens that it wrote.
        error: Why there is none; empty otherwise.
    """

    id: str
    part: str
    calls: tuple[Made, ...] = ()
    text: str = ""
    note: str = ""
    seconds: float = 0.0
    prompt: int = 0
    completion: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Replies:
    """The replies of a run.

    Attributes:
        about: What was asked, and how; the same for a run that goes on.
        replies: By the tasks' ids.
    """

    about: Mapping[str, Any]
    replies: Mapping[str, Reply]


class Keeper:
    """Adds replies to a file.

    Args:
        path: The file; made when it is not there.
        about: What is asked, and how.

    Raises:
        UsageError: The file holds replies to something else, or cannot be read.
    """

    def __init__(self, path: Path, about: Mapping[str, Any]) -> None:
        self._path = path
        self.known: dict[str, Reply] = {}
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._append({"about": about})
            return
        before = read_replies(path)
        changed = sorted(_changed(before.about, json.loads(json.dumps(about))))
        if changed:
            raise UsageError(
                f"{path} holds replies of another run: {', '.join(changed)}", "name another file"
            )
        self.known = {reply.id: reply for reply in before.replies.values() if not reply.error}

    def add(self, reply: Reply) -> None:
        """Keep a reply; where there are several to one task, the last counts."""
        self._append(asdict(reply))

    def _append(self, record: Mapping[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def read_replies(path: Path) -> Replies:
    """Read a file of replies.

    Raises:
        UsageError: It cannot be read, or is no such file.
    """
    lines = filled_lines(path, "replies")
    records = [read_object_at(line, f"{path}, line {number}") for number, line in lines]
    if not records or not isinstance(records[0].get("about"), dict):
        raise UsageError(f"{path} holds no replies", "name a file that this measurement wrote")
    try:
        replies = [_reply(record) for record in records[1:]]
    except (KeyError, TypeError) as error:
        raise UsageError(
            f"{path} holds no replies ({error})", "name a file that this measurement wrote"
        ) from error
    return Replies(records[0]["about"], {reply.id: reply for reply in replies})


def _reply(record: Mapping[str, Any]) -> Reply:
    calls = tuple(Made(call["name"], call["arguments"]) for call in record["calls"])
    return Reply(**{**record, "calls": calls})


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> Sequence[str]:
    return [key for key in {*before, *now} if before.get(key) != now.get(key)]
