"""Templates of log messages, mined by Drain, and the text that they are mined from.

Source: He, Zhu, Zheng and Lyu 2017, "Drain: An Online Log Parsing Approach with Fixed Depth Tree";
the implementation is the library drain3.
"""

import re
import unicodedata

VALUE = "<NUM>"
"""Stands for a word that holds a digit: a number, an address, an identifier."""
WILDCARD = "<*>"
OTHER = "(other lines)"
"""The template of what comes once a service has too many: an attack, or no real templates."""

MAX_CHARS = 400
MAX_TEMPLATES = 500
_SIMILARITY = 0.5
# The look behind begins each word once only, which keeps long words without digits cheap.
_VALUES = re.compile(r"(?<![\w.:@/+-])[\w.:@/+-]*\d[\w.:@/+-]*")


def cleaned(text: str, most: int = MAX_CHARS) -> str:
    """Return one line of text that is safe to show: no control or formatting characters, short."""
    kept = (" " if unicodedata.category(char)[0] == "C" else char for char in text[: most * 2])
    line = " ".join("".join(kept).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def masked(message: str) -> str:
    """Return a message with a mark in place of every value; two messages may then be equal."""
    return _VALUES.sub(VALUE, cleaned(message))


def same_template(one: str, other: str) -> bool:
    """Tell whether two templates may be the same, one mined from more lines than the other."""
    first, second = one.split(), other.split()
    return len(first) == len(second) and all(
        left == right or WILDCARD in (left, right)
        for left, right in zip(first, second, strict=True)
    )


class TemplateMiner:
    """Finds the template of each message of one service and level."""

    def __init__(self) -> None:
        from drain3.drain import Drain

        self._drain = Drain(sim_th=_SIMILARITY)

    def add(self, text: str) -> int:
        """Return the number of a masked message's template, from 1; 0 is `OTHER`."""
        if self._drain.clusters_counter >= MAX_TEMPLATES and not self._knows(text):
            return 0
        cluster, _ = self._drain.add_log_message(text)
        return int(cluster.cluster_id)

    def text(self, number: int) -> str:
        """Return a template as it is known by now."""
        return OTHER if number == 0 else str(self._drain.id_to_cluster[number].get_template())

    def _knows(self, text: str) -> bool:
        drain = self._drain
        words = drain.get_content_as_tokens(text)
        return drain.tree_search(drain.root_node, words, drain.sim_th, False) is not None
