"""A judge's prompts: files in `prompts/`, each with a version.

A prompt's first message is the rubric; its second one holds what is the same for several calls
(the question, the context) and ends with what is judged. So calls about one context share all but
their ends, which vLLM's prefix cache computes once.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from workbench.evaluation.judges.kinds import KINDS, Kind
from workbench.yaml_text import read_yaml

CHOSEN: dict[Kind, str] = {
    "correctness": "correctness",
    "faithfulness": "faithfulness",
    "preference": "preference_plain",
}
"""The prompt in use for each kind: the best on the tuning halves of the public labels."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt.

    Attributes:
        name: Its file's name without the ending.
        version: Raised with every change.
        positive: The verdict that counts as 1.
        negative: The verdict that counts as 0.
        max_tokens: The longest reply.
        system: The rubric.
        user: What is judged, with the names of values in braces; the last one ends it.
        sha256: Of the file.
    """

    name: str
    version: int
    positive: str
    negative: str
    max_tokens: int
    system: str
    user: str
    sha256: str

    def messages(self, values: Mapping[str, str]) -> list[dict[str, str]]:
        """Return the messages of a call."""
        return [
            {"role": "system", "content": self.system},
            {"role": "user", "content": self.user.format(**values)},
        ]

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema that the server holds a reply to."""
        verdict = {"type": "string", "enum": [self.positive, self.negative]}
        return {
            "type": "object",
            "properties": {"verdict": verdict},
            "required": ["verdict"],
            "additionalProperties": False,
        }

    def identity(self) -> dict[str, Any]:
        """Return what tells it from every other prompt."""
        return {"name": self.name, "version": self.version, "sha256": self.sha256}


@cache
def load_prompt(name: str) -> Prompt:
    """Return a prompt by its name."""
    content = (resources.files(__package__) / "prompts" / f"{name}.yaml").read_bytes()
    record = read_yaml(content.decode())
    return Prompt(
        name=name,
        version=record["version"],
        positive=record["positive"],
        negative=record["negative"],
        max_tokens=record["max_tokens"],
        system=record["system"].strip(),
        user=record["user"].strip(),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def variants(kind: Kind) -> list[Prompt]:
    """Return all prompts of a kind, the chosen one first."""
    files = (resources.files(__package__) / "prompts").iterdir()
    names = {file.name.removesuffix(".yaml") for file in files}
    others = sorted(name for name in names if name.startswith(kind) and name != CHOSEN[kind])
    return [load_prompt(name) for name in (CHOSEN[kind], *others)]


def chosen_prompts() -> dict[Kind, Prompt]:
    """Return the prompt in use for each kind."""
    return {kind: load_prompt(CHOSEN[kind]) for kind in KINDS}
