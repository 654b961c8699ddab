"""The metrics of ragas that judge what was retrieved, all contexts of an item at once."""

from collections.abc import Mapping
from typing import Any

from workbench.evaluation.metrics.ragas.adapter import RagasTools, prepare_ragas
from workbench.evaluation.metrics.ragas.failures import (
    NothingToJudgeError,
    UnusableReplyError,
    never_raises,
)
from workbench.evaluation.metrics.ragas.inputs import (
    answer_of,
    check_finished,
    contexts_of,
    reference_of,
)
from workbench.evaluation.metrics.ragas.together import together
from workbench.evaluation.metrics.ragas.verdicts import nli_verdicts
from workbench.evaluation.questions import Question

_Record = Mapping[str, Any]


@never_raises
async def ragas_context_precision(tools: RagasTools, question: Question, record: _Record) -> float:
    """Score the average precision of the contexts that the judge finds useful for the reference.

    ragas' ContextPrecision (with reference). ragas judges the contexts one after another.
    """
    reference = reference_of(question)
    check_finished(record)
    contexts = contexts_of(record)
    prepare_ragas()
    from ragas.metrics.collections import ContextPrecision
    from ragas.metrics.collections.context_precision.util import (
        ContextPrecisionInput,
        ContextPrecisionOutput,
    )

    metric = ContextPrecision(llm=tools.llm)

    async def useful(context: str) -> int:
        asked = ContextPrecisionInput(
            question=question.user_input, context=context, answer=reference
        )
        reply = await tools.llm.agenerate(metric.prompt.to_string(asked), ContextPrecisionOutput)
        return int(reply.verdict)

    verdicts = await together(*(useful(context) for context in contexts))
    return float(metric._calculate_average_precision(list(verdicts)))


@never_raises
async def ragas_context_recall(tools: RagasTools, question: Question, record: _Record) -> float:
    """Score the share of the reference's statements that the contexts bear out.

    ragas' ContextRecall. A reply that judges no statement is unusable: the reference has some.
    """
    reference = reference_of(question)
    check_finished(record)
    contexts = contexts_of(record)
    prepare_ragas()
    from ragas.metrics.collections.context_recall.util import (
        ContextRecallInput,
        ContextRecallOutput,
        ContextRecallPrompt,
    )

    asked = ContextRecallInput(
        question=question.user_input, context="\n".join(contexts), answer=reference
    )
    reply = await tools.llm.agenerate(ContextRecallPrompt().to_string(asked), ContextRecallOutput)
    found = [int(each.attributed) for each in reply.classifications]
    if not found:
        raise UnusableReplyError("the judge classified no statement of the reference")
    return sum(found) / len(found)


@never_raises
async def ragas_noise_sensitivity(tools: RagasTools, question: Question, record: _Record) -> float:
    """Score the share of the answer's statements that are wrong and come from useful contexts.

    ragas' NoiseSensitivity (mode "relevant"); lower is better. Wrong is what does not follow from
    the reference; useful is a context that bears out a statement of the reference.
    """
    reference, answer, contexts = reference_of(question), answer_of(record), contexts_of(record)
    prepare_ragas()
    import numpy as np
    from ragas.metrics.collections import NoiseSensitivity

    metric = NoiseSensitivity(llm=tools.llm)
    wanted, said = await together(
        *(_statements(metric, text, question.user_input) for text in (reference, answer))
    )
    *in_contexts, right = await together(
        *(_follow(metric, wanted, context) for context in contexts),
        *(_follow(metric, said, context) for context in contexts),
        _follow(metric, said, reference),
    )
    matrices = {
        "retrieved2ground_truth": np.array(in_contexts[: len(contexts)], dtype=bool).T,
        "retrieved2answer": np.array(in_contexts[len(contexts) :], dtype=bool).T,
        "ground_truth2answer": np.array([right], dtype=bool),
    }
    return float(metric._compute_score(matrices))


async def _statements(metric: Any, text: str, question: str) -> list[str]:
    statements: list[str] = await metric._decompose_answer_into_statements(text, question)
    if not statements:
        raise NothingToJudgeError("the judge finds no statement in the answer or in the reference")
    return statements


async def _follow(metric: Any, statements: list[str], context: str) -> list[bool]:
    """Tell of each statement whether it follows from a context."""
    from ragas.metrics.collections.noise_sensitivity.util import (
        StatementFaithfulnessInput,
        StatementFaithfulnessOutput,
    )

    asked = StatementFaithfulnessInput(context=context, statements=statements)
    prompt = metric.faithfulness_prompt.to_string(asked)
    reply = await metric.llm.agenerate(prompt, StatementFaithfulnessOutput)
    return nli_verdicts(reply, statements)
