"""EVOUNA: answers of five systems to NQ and TriviaQA questions, each judged right or wrong.

Wang et al., "Evaluating Open-QA Evaluation" (2023).
"""

import json
import re
from pathlib import Path
from typing import Any

from workbench.evaluation.judges.labelled.label import Label

FILES = ("NQ", "TQ")
SYSTEMS = ("fid", "gpt35", "chatgpt", "gpt4", "newbing")
_WORD = re.compile(r"[^\W_]")


def load(data: Path) -> list[Label]:
    """Return one label an answer; `data` is the folder of the public sets."""
    return [
        label
        for file in FILES
        for number, record in enumerate(json.loads(_text(data, file)))
        for label in _labels(file, number, record)
    ]


def _text(data: Path, file: str) -> str:
    return (data / "evouna" / f"{file}.json").read_text("utf-8")


def _labels(file: str, number: int, record: dict[str, Any]) -> list[Label]:
    facts = (forms(record["golden_answer"]),)
    return [
        Label(
            id=f"{file}/{number}/{system}",
            cluster=f"{file}/{number}",
            stratum=f"{file}/{system}",
            truth=record[f"judge_{system}"],
            question=record["question"],
            facts=facts,
            answer=record[f"answer_{system}"],
        )
        for system in SYSTEMS
        if facts[0] and not record["improper"]
    ]


def forms(golden: str) -> tuple[str, ...]:
    """Return the accepted forms of a golden answer, which the source joins with slashes."""
    parts = (part.strip().strip('"') for part in golden.split("/"))
    return tuple(dict.fromkeys(part for part in parts if _WORD.search(part)))
