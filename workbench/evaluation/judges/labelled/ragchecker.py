"""RAGChecker's pairs: answers of two systems to one question, compared by two people.

Ru et al., "RAGChecker" (2024). An overall label is from -2 to 2 and positive where the second
answer is better. The two labels are added; pairs that come out even are left out.
"""

import json
from pathlib import Path
from typing import Any

from workbench.evaluation.judges.labelled.label import Label


def load(data: Path) -> list[Label]:
    """Return one label a pair; `data` is the folder of the public sets."""
    text = (data / "ragchecker_meta" / "human_labeled_data.jsonl").read_text("utf-8")
    pairs: dict[str, list[dict[str, Any]]] = {}
    for record in (json.loads(line) for line in text.split("\n") if line.strip()):
        models = f"{record['model1']['model_name']}/{record['model2']['model_name']}"
        place = f"{record['dataset']}/{record['query_id']}/{models}"
        pairs.setdefault(place, []).append(record)
    return [label for place, records in pairs.items() for label in _label(place, records)]


def _label(place: str, records: list[dict[str, Any]]) -> list[Label]:
    total = sum(record["overall_label"] for record in records)
    if total == 0:
        return []
    pair = records[0]
    label = Label(
        id=place,
        cluster=f"{pair['dataset']}/{pair['query_id']}",
        stratum=pair["dataset"],
        truth=total < 0,
        question=pair["query"],
        answer=pair["model1"]["response"],
        other=pair["model2"]["response"],
        reference=pair["gt_answer"],
    )
    return [label]
