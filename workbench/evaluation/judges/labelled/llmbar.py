"""LLMBar: two outputs for one instruction, the better one marked by experts.

Zeng et al., "Evaluating Large Language Models at Evaluating Instruction Following" (2023). All its
parts but Natural are made so that style tempts a judge away from what was asked.
"""

import json
from pathlib import Path

from workbench.evaluation.judges.labelled.label import Label

PARTS = ("Natural", "Neighbor", "GPTInst", "GPTOut", "Manual")


def load(data: Path) -> list[Label]:
    """Return one label a pair; `data` is the folder of the public sets."""
    return [
        Label(
            id=f"{part}/{number}",
            cluster=f"{part}/{number}",
            stratum=part,
            truth=record["label"] == 1,
            question=record["input"],
            answer=record["output_1"],
            other=record["output_2"],
        )
        for part in PARTS
        for number, record in enumerate(
            json.loads((data / "llmbar" / f"{part}.json").read_text("utf-8"))
        )
    ]
