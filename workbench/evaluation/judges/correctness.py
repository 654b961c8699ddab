"""Whether an answer is right, by a judge that sees the question and the reference."""

from workbench.evaluation.judges.client import Judge
from workbench.evaluation.metrics.canonical import without_citations
from workbench.evaluation.metrics.refusal import is_refusal
from workbench.evaluation.metrics.score import NOT_APPLICABLE, Score, scored
from workbench.evaluation.questions import Question

FORMS = 8
"""Forms of one fact that the judge is shown; more of them only make the prompt longer."""


async def judge_correctness(judge: Judge, question: Question, answer: str) -> Score:
    """Return 1 where the judge calls the answer right, else 0.

    A refusal is wrong and an empty answer too, by rule and without a call, so that identical
    refusals always get identical verdicts.

    Args:
        judge: Who decides.
        question: With its reference; without one, or when it has no answer, this does not apply.
        answer: The answer's text.
    """
    if not question.answerable or not question.facts:
        return NOT_APPLICABLE
    text = without_citations(answer).strip()
    if not text:
        return scored(0.0, "no answer")
    if is_refusal(text):
        return scored(0.0, "a refusal")
    values = {
        "question": question.user_input,
        "references": _references(question.facts),
        "answer": text,
    }
    return await judge.ask("correctness", values)


def _references(facts: list[list[str]]) -> str:
    """Return the forms of each fact on a line; forms that differ in case alone count once."""
    lines = []
    for forms in facts:
        distinct: dict[str, str] = {}
        for form in forms:
            distinct.setdefault(form.casefold(), form)
        lines.append(" / ".join(list(distinct.values())[:FORMS]))
    return "\n  and ".join(lines)
