"""Drawing with matplotlib as SVG that is part of the page: real text, and the page's colours."""

import io
import re
from collections.abc import Callable
from typing import Any

INK, MUTED, RUN, BASELINE, LINE = "#010101", "#020202", "#030303", "#040404", "#050505"
"""Stand-ins for the page's colours, which differ between light and dark."""

_VARIABLES = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    RUN: "var(--run)",
    BASELINE: "var(--baseline)",
    LINE: "var(--line)",
}
_NOT_NEEDED = re.compile(
    r"<metadata>.*?</metadata>|<style\b.*?</style>|<!--.*?-->"
    r"|\s(?:xmlns(?::\w+)?|version)=\"[^\"]*\"|(?<=<g) id=\"[^\"]*\"",
    re.DOTALL,
)


def draw(name: str, size: tuple[float, float], paint: Callable[[Any], None]) -> str:
    """Return a drawing as an `<svg>` element without any reference to the outside.

    Args:
        name: Unique within the page: the ids inside the drawing are made from it.
        size: Width and height in inches.
        paint: Fills the matplotlib figure that it is given.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_style(name)):
        figure = Figure(figsize=size, layout="constrained")
        paint(figure)
        written = io.StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(written, format="svg", transparent=True, metadata=nothing)
    return _inline(written.getvalue())


def _style(name: str) -> dict[str, Any]:
    return {
        "svg.fonttype": "none",
        "svg.hashsalt": name,
        "text.parse_math": False,  # labels are data: a dollar sign is a dollar sign
        "font.family": "sans-serif",
        "font.size": 9.5,
        "axes.titlesize": 9.5,
        "axes.titlelocation": "left",
        "axes.labelsize": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.edgecolor": LINE,
        "axes.labelcolor": MUTED,
        "axes.titlecolor": INK,
        "grid.color": LINE,
        "grid.linewidth": 0.6,
        "text.color": INK,
        "xtick.color": LINE,
        "ytick.color": LINE,
        "xtick.labelcolor": MUTED,
        "ytick.labelcolor": INK,
        "legend.frameon": False,
        "legend.fontsize": 9,
    }


def _inline(svg: str) -> str:
    element = _NOT_NEEDED.sub("", svg[svg.index("<svg") :]).strip()
    for stand_in, variable in _VARIABLES.items():
        element = element.replace(stand_in, variable)
    return element
