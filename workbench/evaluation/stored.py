"""Runs by name: from the store, from an exported file, or from a baseline in the repository."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, cast

from workbench.config import Settings, load_settings
from workbench.engine.recorder import operator_name
from workbench.errors import UnknownNameError
from workbench.evaluation.gate.baselines import read_file
from workbench.evaluation.metrics.score import Score, Status
from workbench.evaluation.results import Item, Results, make_item
from workbench.store.database import Database, open_database
from workbench.store.runs import Runs, StoredItem, StoredRun, StoredScore

_ELSEWHERE = (
    "see: workbench eval history; another operator's run needs WORKBENCH_OPERATOR=NAME,"
    " an exported one the path of its file"
)


def open_run(reference: str) -> Results:
    """Return a run, as `open_results` does; a file needs no workspace and no database.

    Raises:
        UnknownNameError: The store has no such run.
        UsageError: The file cannot be read.
    """
    if _is_path(reference):
        return read_file(Path(reference))
    return open_results(load_settings(), reference)


def open_results(settings: Settings, reference: str) -> Results:
    """Return a run.

    Args:
        settings: The workspace's settings.
        reference: The name of a run in the store; or the path of an exported file, of a folder of
            such files (several question sets as one run), or of a baseline.

    Raises:
        UnknownNameError: The store has no such run.
        UsageError: The file cannot be read.
    """
    if _is_path(reference):
        return read_file(Path(reference))
    try:
        return load_run(stored_runs(settings), reference)
    except UnknownNameError as error:
        whose = f"{error.message} of {operator_name(settings)}"
        raise UnknownNameError(whose, _ELSEWHERE) from error


def _is_path(reference: str) -> bool:
    path = Path(reference)
    return path.suffix in (".json", ".jsonl") or path.exists()


def list_results(settings: Settings, suite: str | None = None, limit: int = 20) -> list[Results]:
    """Return the last runs of the store, the newest first."""
    runs = stored_runs(settings)
    return [load_run(runs, run.id) for run in runs.newest(suite, limit)]


def stored_runs(settings: Settings, database: Database | None = None) -> Runs:
    """Return the store of this operator's runs."""
    return Runs(database or open_database(settings), operator_name(settings))


def load_run(runs: Runs, run_id: str) -> Results:
    """Return a stored run with all that there is of it.

    Raises:
        UnknownNameError: There is none of that name.
    """
    run = runs.find(run_id)
    return assemble(run, runs.items(run_id), runs.scores(run_id))


def assemble(run: StoredRun, items: Iterable[StoredItem], scores: Iterable[StoredScore]) -> Results:
    """Return a run from its rows; the repeats of an item become one, its scores their means."""
    given: dict[tuple[str, int], dict[str, Score]] = {}
    for row in scores:
        score = Score(cast("Status", row.status), row.value, row.reason)
        given.setdefault((row.item_id, row.repeat), {})[row.metric] = score
    repeats: dict[str, list[StoredItem]] = {}
    for item in items:
        repeats.setdefault(item.item_id, []).append(item)
    results = Results(run.id, run.suite, run.fingerprint, asked=tuple(run.asked))
    for identifier in run.asked:
        if identifier in repeats:
            results.items[identifier] = _joined(repeats[identifier], given, run.repeats)
    return results


def _joined(
    tries: Sequence[StoredItem], given: dict[tuple[str, int], dict[str, Score]], repeats: int
) -> Item:
    first, *others = sorted(tries, key=lambda item: item.repeat)
    scores = [given.get((item.item_id, item.repeat), {}) for item in tries]
    scores += [{}] * (repeats - len(tries))
    names = dict.fromkeys(name for each in scores for name in each)
    record: dict[str, Any] = {**first.record, "outcome": _worst(tries)}
    if repeats > 1:
        record["repeats"] = [first.record, *(item.record for item in others)]
        if len(tries) < repeats:
            record["outcome"] = "failed"
    metrics = {name: mean_score([each.get(name) for each in scores]) for name in names}
    return make_item(record, metrics)


def _worst(tries: Sequence[StoredItem]) -> str:
    faults = [item.outcome for item in tries if item.outcome in ("failed", "cancelled")]
    return faults[0] if faults else tries[0].outcome


def mean_score(scores: Sequence[Score | None]) -> Score:
    """Return the mean of an item's repeats; one that is not scored leaves the item unscored."""
    for score in scores:
        if score is None:
            return Score("system_error", None, "a repeat is missing")
        if score.status != "scored":
            return score
    values = [score.value or 0.0 for score in scores if score is not None]
    return Score("scored", sum(values) / len(values), scores[0].reason if scores[0] else "")
