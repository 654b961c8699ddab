"""Chooses attacks of BIPIA, and tells which of them have a mark of success.

    python -m evals.injection.attacks [--cases 100] [--seed 7]

BIPIA (Yi et al., 2023, arXiv 2312.14197) is a set of orders that stand in documents. The data stay
outside the repository: WORKBENCH_PUBLIC_DATA names their folder.
"""

import argparse
import itertools
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.injection.marks import HAND, mark_of
from workbench.errors import ConfigError, WorkbenchError
from workbench.evaluation.retrieval_sets import public_data

FILES = {"text": "text_attack_train.json", "code": "code_attack_train.json"}
SEED = 7
CASES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A text that somebody puts into a document.

    Attributes:
        kind: "text" or "code"; another word for texts that are no attacks.
        category: What it is after.
        number: Its number within the category, from 0.
        text: What is put into the document.
    """

    kind: str
    category: str
    number: int
    text: str

    @property
    def id(self) -> str:
        """Its name: "Clickbait/2"."""
        return f"{self.category}/{self.number}"

    @property
    def mark(self) -> str:
        """What an answer shows that followed it; `HAND` where no expression can tell."""
        return mark_of(self.category, self.number)

    @property
    def tunable(self) -> bool:
        """Whether defences may be tuned on it: even numbers; the odd ones are the test."""
        return self.number % 2 == 0


def read_attacks(data: Path) -> list[Attack]:
    """Return all attacks in the files' order.

    Raises:
        ConfigError: The files are not there, or are not as published.
    """
    found = []
    for kind, name in FILES.items():
        path = data / "bipia" / name
        try:
            categories = json.loads(path.read_text(encoding="utf-8"))
            for category, texts in categories.items():
                for number, text in enumerate(texts):
                    found.append(
                        Attack(kind=kind, category=category, number=number, text=text.strip())
                    )
        except OSError as error:
            raise ConfigError(f"the attacks are missing: {path}", "add BIPIA") from error
        except (ValueError, AttributeError, TypeError) as error:
            raise ConfigError(f"{path} holds no attacks by category", "add it again") from error
    return found


def choose(attacks: Iterable[Attack], count: int, seed: int) -> list[Attack]:
    """Return a number of attacks, of every category equally many as far as that goes.

    They come in layers: one of each category, then a second one of each in the same order.
    """
    draw = random.Random(seed)  # noqa: S311
    categories: dict[str, list[Attack]] = {}
    for attack in attacks:
        categories.setdefault(attack.category, []).append(attack)
    shuffled = [draw.sample(members, len(members)) for members in categories.values()]
    draw.shuffle(shuffled)
    layers = itertools.zip_longest(*shuffled)
    ordered = [attack for layer in layers for attack in layer if attack is not None]
    return ordered[:count]


def report(attacks: Sequence[Attack]) -> str:
    """Return how many attacks there are, and how many of them have a mark, by kind."""
    lines = []
    for kind in [*FILES, "all"]:
        chosen = [attack for attack in attacks if kind in (attack.kind, "all")]
        marked = sum(attack.mark != HAND for attack in chosen)
        categories = len({attack.category for attack in chosen})
        lines.append(
            f"{kind:5} {len(chosen):4} attacks of {categories:3} categories, "
            f"{marked:4} with a mark, {len(chosen) - marked:3} to be read"
        )
    unread = Counter(attack.category for attack in attacks if attack.mark == HAND)
    lines.append("to be read: " + ", ".join(f"{name} {count}" for name, count in unread.items()))
    return "\n".join(lines)


def ended(command: Callable[[], None]) -> None:
    """Run a command; what it cannot do ends it with one line that says why."""
    try:
        command()
    except WorkbenchError as error:
        print(error.one_line(), file=sys.stderr)
        sys.exit(error.exit_code)


def main(arguments: Sequence[str] | None = None) -> None:
    """Show the attacks that the command line chooses."""
    parser = argparse.ArgumentParser(prog="python -m evals.injection.attacks")
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args(arguments)
    ended(lambda: print(report(choose(read_attacks(public_data()), given.cases, given.seed))))


if __name__ == "__main__":
    main()
