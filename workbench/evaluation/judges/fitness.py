"""Whether a judge may be trusted with a metric, by its cards."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.evaluation.judges.cards import read_cards
from workbench.evaluation.judges.kinds import METRIC
from workbench.evaluation.metrics.catalogue import metric_named

_MODEL = ("model", "weights", "weights_sha256", "quantisation", "temperature")
"""What must be the same for a card to speak of a judge, besides its prompt.

Where the weights are not known, the server's address must be the same too. vLLM's version and flags
need not be: a calibration takes long, and what they change is far smaller than its intervals.
"""


def why_unfit(metric: str, judge: Mapping[str, Any], folder: Path) -> str:
    """Return why a judge is unfit for a metric, in one line; empty where it is fit.

    It is fit when there is a card of the metric with the same model, weights and prompt, and every
    such card says so. A metric that no model decides needs no judge.

    Args:
        metric: The metric's name.
        judge: The judge's identity: `Judge.identity`.
        folder: Where the cards lie.

    Raises:
        UsageError: A file of the folder is no card.
    """
    if not metric_named(metric).judged:
        return ""
    model = str(judge.get("model", ""))
    kind = next((kind for kind, name in METRIC.items() if name == metric), None)
    if kind is None:
        return f"{metric} with {model}: no labelled set calibrates this metric"
    cards = [card for card in read_cards(folder) if card["metric"] == metric]
    own = [card for card in cards if card["identity"].get("model") == model]
    current = [card for card in own if _describes(card, kind, judge)]
    if not current:
        changed = "with other weights or another prompt" if own else "no card"
        return f"{metric} with {model}: {changed}; run: workbench judge calibrate {model}"
    faults = [f"{card['set']}: {card['why']}" for card in current if not card["fit"]]
    return f"{metric} with {model}: unfit ({'; '.join(faults)})" if faults else ""


def _describes(card: Mapping[str, Any], kind: str, judge: Mapping[str, Any]) -> bool:
    theirs = card["identity"]
    keys = _MODEL if judge.get("weights_sha256") else (*_MODEL, "server")
    return _prompt(theirs, kind) == _prompt(judge, kind) and all(
        theirs.get(key) == judge.get(key) for key in keys
    )


def _prompt(identity: Mapping[str, Any], kind: str) -> Any:
    return identity.get("prompts", {}).get(kind)
