"""MTRAG: answers in conversations over documents, rated by three people.

Katsis et al., "MTRAG" (2025). Faithfulness is rated from 1 to 4; an answer counts as faithful where
most raters gave 4, the only rating that leaves nothing unsupported. Ties are left out, and so are
turns without passages, which say nothing of support by them.
"""

import json
from pathlib import Path
from typing import Any

from workbench.evaluation.judges.labelled.label import Label

FAITHFUL = "4"


def load(data: Path) -> list[Label]:
    """Return one label a rated answer; `data` is the folder of the public sets."""
    lines = (data / "mtrag" / "human_evaluations.jsonl").read_text("utf-8").split("\n")
    tasks = [json.loads(line) for line in lines if line.strip()]
    return [label for task in tasks if task["contexts"] for label in _labels(task)]


def _labels(task: dict[str, Any]) -> list[Label]:
    found = []
    for rated in task["evaluations"]:
        ratings = [r["value"] for r in rated["annotations"]["faithfulness"].values()]
        votes = sum(rating == FAITHFUL for rating in ratings)
        if 2 * votes == len(ratings):
            continue
        label = Label(
            id=f"{task['task_id']}/{rated['model_id']}",
            cluster=task["task_id"],
            stratum=rated["model_id"],
            truth=2 * votes > len(ratings),
            contexts=tuple(context["text"] for context in task["contexts"]),
            answer=rated["model_response"],
        )
        found.append(label)
    return found
