"""Answering with the passages' own sentences.

A small model misreads what it is given more often than the search misses it. Where a prompt says
so, the sentences nearest to the question are the answer, word for word, and the model only judges
whether they are one; so nothing can be invented, and one token is written instead of a paragraph.
"""

from collections.abc import Sequence
from typing import Protocol

from workbench.engine.citing import MODEL_MARK
from workbench.engine.context import Excerpt
from workbench.engine.draft import Draft, as_source
from workbench.engine.prompts import Quoting
from workbench.engine.turn import Confidence, Usage

JUDGED = "the model's probability that the quoted sentences answer the question"


class Judge(Protocol):
    """Asks the model whether excerpts answer a question."""

    async def judge(
        self, question: str, lang: str, chosen: Sequence[Excerpt]
    ) -> tuple[float, Usage | None]:
        """Return the probability of yes, and the tokens that it took."""
        ...


async def are_answer(
    draft: Draft, engine: Judge, quoting: Quoting, found: Sequence[Excerpt]
) -> bool:
    """Tell whether excerpts answer the question of a turn, and note how sure that is.

    Args:
        draft: The turn.
        engine: Asks the model; where nothing is refused it is not asked.
        quoting: From which probability on they do.
        found: The excerpts.

    Raises:
        ModelServerError: The model cannot be asked.
    """
    if not found:
        return False
    if quoting.refuse_below == 0:
        return True
    share, usage = await engine.judge(draft.search_query, draft.lang, found)
    draft.add_usage(usage)
    draft.confidence = Confidence(value=share, method=JUDGED)
    return share >= quoting.refuse_below


def quote(draft: Draft, excerpts: Sequence[Excerpt]) -> str:
    """Fill in a turn with excerpts as its answer, and return the text."""
    draft.sources = tuple(
        as_source(excerpt.passage, number, excerpt.text)
        for number, excerpt in enumerate(excerpts, start=1)
    )
    draft.outcome = "answered"
    draft.first_token = draft.first_token or draft.elapsed()
    draft.answer = quoted(excerpts)
    return draft.answer


def quoted(excerpts: Sequence[Excerpt]) -> str:
    """Return excerpts as an answer; each sentence and row carries the number of its source."""
    return "\n\n".join(
        "\n".join(
            f"{MODEL_MARK.sub('', line)} [{number}]"
            for line in excerpt.text.split("\n")
            if line.strip()
        )
        for number, excerpt in enumerate(excerpts, start=1)
    )
