"""Two calm themes, dark and light; Textual's own stay available in the command palette."""

import os
from collections.abc import Mapping

from textual.theme import Theme

MUTED = "$foreground 65%"
"""The style of secondary words inside a text; `$text-muted` has no colour there."""

DARK = Theme(
    name="workbench-dark",
    primary="#8fb4d8",
    secondary="#7a9e9f",
    accent="#d9b26f",
    foreground="#d7dae0",
    background="#16181d",
    surface="#1d2026",
    panel="#262a32",
    success="#8fbf8f",
    warning="#d9b26f",
    error="#e08a83",
    dark=True,
    variables={"footer-background": "#16181d", "footer-key-foreground": "#8fb4d8"},
)
LIGHT = Theme(
    name="workbench-light",
    primary="#2a5d8f",
    secondary="#3f6f70",
    accent="#8a5a00",
    foreground="#23272e",
    background="#fbfaf7",
    surface="#f2f0ea",
    panel="#e6e3da",
    success="#2f6b36",
    warning="#8a5a00",
    error="#a8322a",
    dark=False,
    variables={"footer-background": "#fbfaf7", "footer-key-foreground": "#2a5d8f"},
)

_LIGHT_BACKGROUNDS = ("7", "15")


def initial_theme(environment: Mapping[str, str] = os.environ) -> str:
    """Return the theme to start with.

    `TEXTUAL_THEME` decides; else the light one where the terminal says, in `COLORFGBG`, that its
    background is light.
    """
    if environment.get("TEXTUAL_THEME"):
        return environment["TEXTUAL_THEME"]
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT.name if background in _LIGHT_BACKGROUNDS else DARK.name
