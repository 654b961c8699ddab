"""How often the kept replies are right, and why not.

    python -m evals.tools.figures ours.jsonl [bare.jsonl ...] [--json]

For each file and part: the share of right replies with its n and 95% Wilson interval, and the
faults. Where a model's text may hold a call that the server's parser did not read, both readings
are shown. Every further file is compared with the first on the tasks that both answered: the
difference with Tango's interval, and McNemar's exact test. A reply that failed counts as wrong.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.tools.bfcl import PARTS, Task, load_part
from evals.tools.lenient import lenient_calls
from evals.tools.replies import Replies, Reply, read_replies
from evals.tools.rule import Made, fault_of
from workbench.errors import WorkbenchError
from workbench.evaluation.statistics.intervals import wilson
from workbench.evaluation.statistics.paired import Changes, change_interval, mcnemar

FAILED = "failed"

Reading = Callable[[Task, Reply], Sequence[Made]]
"""Takes a task and its reply; returns the calls that count."""


def parsed(task: Task, reply: Reply) -> Sequence[Made]:
    """Return the calls as they were read while asking."""
    return reply.calls


def leniently(task: Task, reply: Reply) -> Sequence[Made]:
    """Return the calls; where there is none, those that the text holds in any form."""
    return reply.calls or lenient_calls(reply.text, [one["name"] for one in task.functions])


READINGS: dict[str, Reading] = {"parser": parsed, "lenient": leniently}


def verdicts(replies: Replies, reading: Reading = parsed) -> dict[str, dict[str, str]]:
    """Return by part and task why each reply is wrong; an empty text where it is right.

    Raises:
        WorkbenchError: The set is not there.
    """
    found: dict[str, dict[str, str]] = {}
    for part in PARTS:
        if not any(reply.part == part for reply in replies.replies.values()):
            continue
        found[part] = {
            task.id: _verdict(task, replies.replies[task.id], reading)
            for task in load_part(part)
            if task.id in replies.replies
        }
    return found


def _verdict(task: Task, reply: Reply, reading: Reading) -> str:
    return FAILED if reply.error else fault_of(task, reading(task, reply)) or ""


def readings_of(replies: Replies) -> dict[str, Reading]:
    """Return the readings that apply: texts are read only where a server's parser was used."""
    return READINGS if replies.about.get("system") == "bare" else {"parser": parsed}


def figures(replies: Replies) -> list[dict[str, Any]]:
    """Return a row for each part and reading."""
    rows = []
    for name, reading in readings_of(replies).items():
        for part, found in verdicts(replies, reading).items():
            right = sum(not fault for fault in found.values())
            low, high = wilson(right, len(found))
            faults = Counter(fault for fault in found.values() if fault)
            rows.append(
                {
                    "part": part,
                    "reading": name,
                    "right": right,
                    "n": len(found),
                    "share": right / len(found),
                    "low": low,
                    "high": high,
                    "faults": dict(faults.most_common()),
                    **_spent([replies.replies[each] for each in found]),
                }
            )
    return rows


def _spent(replies: Sequence[Reply]) -> dict[str, float]:
    """Return the mean seconds and tokens of replies."""
    n = len(replies)
    return {
        "seconds": sum(one.seconds for one in replies) / n,
        "prompt_tokens": sum(one.prompt for one in replies) / n,
        "completion_tokens": sum(one.completion for one in replies) / n,
    }


def compared(
    first: Mapping[str, str], second: Mapping[str, str]
) -> dict[str, float | int | list[float]]:
    """Return the change from the first's verdicts to the second's on the tasks of both."""
    both = sorted(first.keys() & second.keys())
    changes = Changes([float(not second[each]) - float(not first[each]) for each in both])
    low, high = change_interval(changes)
    return {
        "n": len(both),
        "change": changes.mean,
        "interval": [low, high],
        "lost": changes.lost,
        "gained": changes.gained,
        "p": mcnemar(changes.lost, changes.gained),
    }


def name_of(replies: Replies) -> str:
    """Return what a contestant is called."""
    about = replies.about
    said = [about.get("system"), about.get("strategy"), about.get("serving", {}).get("model")]
    return " ".join(str(each) for each in said if each)


def show(replies: Replies) -> None:
    """Print the figures of a run."""
    print(name_of(replies))
    for row in figures(replies):
        faults = ", ".join(f"{name} {count}" for name, count in row["faults"].items())
        print(
            f"  {row['part']:16} {row['reading']:8} {row['right']:4} of {row['n']:4} "
            f"{row['share']:.3f} [{row['low']:.3f}, {row['high']:.3f}]  {faults}"
        )


def comparisons(runs: Sequence[Replies]) -> list[dict[str, Any]]:
    """Return how each further run differs from the first, by part and reading."""
    first = verdicts(runs[0])
    rows = []
    for other in runs[1:]:
        for name, reading in readings_of(other).items():
            second = verdicts(other, reading)
            for part in [part for part in first if part in second]:
                change = compared(second[part], first[part])
                rows.append({"than": name_of(other), "reading": name, "part": part, **change})
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures of the files that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m evals.tools.figures")
    parser.add_argument("replies", type=Path, nargs="+")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    try:
        runs = [read_replies(path) for path in given.replies]
        rows = [{"about": dict(run.about), "figures": figures(run)} for run in runs]
        pairs = comparisons(runs)
        if given.json:
            print(json.dumps({"runs": rows, "first_less_others": pairs}, indent=1))
            return
        for run in runs:
            show(run)
        for pair in pairs:
            low, high = pair["interval"]
            print(
                f"{pair['part']}, first less {pair['than']} ({pair['reading']}): "
                f"{pair['change']:+.3f} [{low:+.3f}, {high:+.3f}], n {pair['n']}, "
                f"p {pair['p']:.4f}"
            )
    except WorkbenchError as error:
        sys.exit(error.one_line())


if __name__ == "__main__":
    main()
