"""The Markdown of answers: it may format, but neither link, embed nor redefine anything."""

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

SOURCE_SCHEME = "source:"
"""The link scheme of a citation; what follows is its number."""

_CITATION = re.compile(r"\[(\d{1,2})\]")
_DISABLED = ["reference", "link", "image", "autolink", "html_block", "html_inline"]


@cache
def answer_parser() -> MarkdownIt:
    """Return the Markdown parser of answers: formatting and citations, no links and no HTML.

    Tags are shown as typed. `[1]` becomes a link to `source:1`; no link definition can take it
    over, since there are none.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.disable(_DISABLED)
    parser.inline.ruler.before("link", "citation", _citation)
    return parser


def _citation(state: StateInline, silent: bool) -> bool:
    match = _CITATION.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        opening = state.push("link_open", "a", 1)
        opening.attrSet("href", f"{SOURCE_SCHEME}{int(match[1])}")
        state.push("text", "", 0).content = match[0]
        state.push("link_close", "a", -1)
    state.pos = match.end()
    return True
