"""QAGS: sentences of machine summaries, each judged by three people against the article.

Wang, Cho and Lewis, "Asking and Answering Questions to Evaluate the Factual Consistency of
Summaries" (2020). A sentence is supported where most of them said yes.
"""

import json
from pathlib import Path
from typing import Any

from workbench.evaluation.judges.labelled.label import Label

FILES = ("cnndm", "xsum")


def load(data: Path) -> list[Label]:
    """Return one label a sentence; `data` is the folder of the public sets."""
    return [
        label
        for file in FILES
        for number, record in enumerate(_records(data / "qags" / f"mturk_{file}.jsonl"))
        for label in _labels(f"{file}/{number}", file, record)
    ]


def _records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]


def _labels(article: str, file: str, record: dict[str, Any]) -> list[Label]:
    found = []
    for position, judged in enumerate(record["summary_sentences"]):
        votes = [response["response"] == "yes" for response in judged["responses"]]
        label = Label(
            id=f"{article}/{position}",
            cluster=article,
            stratum=file,
            truth=2 * sum(votes) > len(votes),
            contexts=(record["article"],),
            answer=judged["sentence"],
        )
        found.append(label)
    return found
