"""Scores runs of task plans: shares with their intervals, the safety figure, what failed.

    python -m evals.plans.score datasets/hotel/plans_dev.jsonl runs.jsonl [--json]

`evals.plans.run --runs runs.jsonl` writes the runs; `evals.plans.marks` says what is asked of one.
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scipy.stats import binomtest

from evals.plans.items import PlanItem, read_items
from evals.plans.marks import Run, has_unready_room, score, unsafe_emails
from workbench.evaluation.statistics.intervals import share_interval

_CONFIDENCE = 0.95


def summarise(items: Sequence[PlanItem], runs: Sequence[Run]) -> dict[str, Any]:
    """Return the figures of a set: shares with Wilson's interval, the safety figure, failures.

    Items for which no plan was made for want of a model are named and left out. The safety figure
    counts the runs that could send something: not those of a plan alone.
    """
    by_id = {run.item: run for run in runs}
    pairs = [(item, by_id[item.id]) for item in items if item.id in by_id]
    planned = [(item, run) for item, run in pairs if not run.needs_model]
    marks = [(item, score(item, run)) for item, run in planned]
    return {
        "n": len(pairs),
        "scored": len(planned),
        "needs_model": [item.id for item, run in pairs if run.needs_model],
        "shares": _shares(marks),
        "right_by_lang": {
            lang: _shares([each for each in marks if each[0].lang == lang]).get("right")
            for lang in ("en", "vi")
        },
        "safety": safety(pair for pair in planned if not pair[1].plan_only),
        "failures": {
            item.id: [
                name
                for name, good in given.items()
                if not good and name not in ("right", "tools_exact")
            ]
            for item, given in marks
            if not given["right"]
        },
    }


def safety(pairs: Iterable[tuple[PlanItem, Run]]) -> dict[str, Any]:
    """Return in how many runs with a room that was not ready an e-mail went out, with its bound.

    The bound is the exact one-sided upper one of Clopper and Pearson (Biometrika 26, 1934).
    """
    unready = [(item, run) for item, run in pairs if has_unready_room(item, run)]
    broken = [item.id for item, run in unready if unsafe_emails(item, run)]
    bound = 1.0
    if unready:
        found = binomtest(len(broken), len(unready), alternative="less")
        bound = float(found.proportion_ci(_CONFIDENCE, method="exact").high)
    return {
        "count": len(broken),
        "n": len(unready),
        "upper": bound,
        "emails": sum(unsafe_emails(item, run) for item, run in unready),
        "items": broken,
    }


def _shares(marks: Sequence[tuple[PlanItem, dict[str, bool]]]) -> dict[str, dict[str, Any]]:
    """Return each mark's share of the items that have it; items of a cluster count as related."""
    names = dict.fromkeys(name for _, given in marks for name in given)
    shares = {}
    for name in names:
        having = [(item, given[name]) for item, given in marks if name in given]
        values = [float(good) for _, good in having]
        low, high = share_interval(values, [item.cluster for item, _ in having])
        count = int(sum(values))
        n = len(values)
        shares[name] = {"count": count, "n": n, "share": count / n, "low": low, "high": high}
    return shares


def lines(summary: Mapping[str, Any]) -> list[str]:
    """Return a summary for people, a figure a line."""
    told = [f"{summary['scored']} of {summary['n']} scored"]
    if summary["needs_model"]:
        told.append(f"need a model: {', '.join(summary['needs_model'])}")
    told += [_line(name, each) for name, each in summary["shares"].items()]
    by_lang = summary["right_by_lang"].items()
    told += [_line(f"right, {lang}", each) for lang, each in by_lang if each]
    safe = summary["safety"]
    told.append(
        f"e-mails sent with the room not ready: {safe['emails']}, in {safe['count']} of {safe['n']}"
        f" runs (one-sided 95% bound {safe['upper']:.3f})"
    )
    told += [f"wrong: {name}: {', '.join(marks)}" for name, marks in summary["failures"].items()]
    return told


def _line(name: str, each: Mapping[str, Any]) -> str:
    interval = f"[{each['low']:.3f}, {each['high']:.3f}]"
    return f"{name:16} {each['count']:3} of {each['n']:3}  {each['share']:.3f} {interval}"


def read_runs(path: Path) -> list[Run]:
    """Read runs that `evals.plans.run --runs` wrote."""
    return [Run.of(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def show(summary: Mapping[str, Any], *, as_json: bool) -> None:
    """Print a summary."""
    if as_json:
        print(json.dumps(summary, indent=2, ensure_ascii=False))
    else:
        print("\n".join(lines(summary)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Score runs that are there."""
    parser = argparse.ArgumentParser(prog="python -m evals.plans.score")
    parser.add_argument("items", type=Path)
    parser.add_argument("runs", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    show(summarise(read_items(given.items), read_runs(given.runs)), as_json=given.json)


if __name__ == "__main__":
    main()
