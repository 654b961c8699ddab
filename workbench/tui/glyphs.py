"""The few signs that are drawn beside words, with plain ones for terminals that need them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Glyphs:
    """One set of signs; each stands beside a word that says the same."""

    ready: str
    busy: str
    answering: str
    failed: str
    stopped: str
    refused: str
    prompt: str
    separator: str
    path: str
    earlier: str
    later: str
    dash: str
    ellipsis: str
    bullets: tuple[str, ...]


UNICODE = Glyphs(
    ready="●",
    busy="◌",
    answering="▸",
    failed="✗",
    stopped="■",
    refused="○",
    prompt="›",
    separator=" · ",
    path=" › ",
    earlier="↑",
    later="↓",
    dash="–",
    ellipsis="…",
    bullets=("• ", "◦ ", "▪ "),
)
ASCII = Glyphs(
    ready="*",
    busy="~",
    answering=">",
    failed="x",
    stopped="#",
    refused="o",
    prompt=">",
    separator=" | ",
    path=" > ",
    earlier="^",
    later="v",
    dash="-",
    ellipsis="...",
    bullets=("* ", "- ", "+ "),
)


def plain_terminal(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal is to get ASCII signs and no motion.

    So it is with `WORKBENCH_ASCII=1`, and where `TERM` is `dumb` or the Linux console.
    """
    asked = environment.get("WORKBENCH_ASCII", "")
    if asked:
        return asked.lower() not in ("0", "false", "no")
    return environment.get("TERM", "") in ("dumb", "linux")


def glyphs() -> Glyphs:
    """Return the signs for this terminal."""
    return ASCII if plain_terminal() else UNICODE
