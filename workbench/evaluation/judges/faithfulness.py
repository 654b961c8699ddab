"""Whether the contexts support an answer, sentence by sentence."""

import asyncio
from collections.abc import Sequence

from workbench.evaluation.judges.client import Judge
from workbench.evaluation.judges.sentences import statements
from workbench.evaluation.metrics.refusal import is_refusal
from workbench.evaluation.metrics.score import NOT_APPLICABLE, Score, scored


async def judge_faithfulness(judge: Judge, answer: str, contexts: Sequence[str]) -> Score:
    """Return 1 where each sentence of the answer is supported by at least one context, else 0.

    Every sentence is judged against every context, all at the same time; the calls about one
    context share their beginning. Where one of the calls fails, the whole answer is not scored.

    Args:
        judge: Who decides.
        answer: The answer's text; a refusal states nothing, so this does not apply to it.
        contexts: The passages that the answer was written from; without any, nothing is supported.
    """
    claims = [] if is_refusal(answer) else statements(answer)
    if not claims:
        return NOT_APPLICABLE
    if not contexts:
        return scored(0.0, "there is no context")
    calls = [
        judge.ask("faithfulness", {"context": context, "claim": claim})
        for context in contexts
        for claim in claims
    ]
    verdicts = await asyncio.gather(*calls)
    failed = next((verdict for verdict in verdicts if verdict.status != "scored"), None)
    if failed is not None:
        return failed
    missing = [
        claim
        for number, claim in enumerate(claims)
        if not any(verdict.value for verdict in verdicts[number :: len(claims)])
    ]
    return scored(float(not missing), f"{len(missing)} of {len(claims)} sentences unsupported")
