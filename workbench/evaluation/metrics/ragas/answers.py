"""The metrics of ragas that judge an answer."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from workbench.evaluation.metrics.ragas.adapter import RagasTools, prepare_ragas
from workbench.evaluation.metrics.ragas.failures import (
    NothingToJudgeError,
    UnusableReplyError,
    never_raises,
)
from workbench.evaluation.metrics.ragas.inputs import answer_of, contexts_of, reference_of
from workbench.evaluation.metrics.ragas.together import together
from workbench.evaluation.metrics.ragas.verdicts import nli_verdicts
from workbench.evaluation.questions import Question

_Record = Mapping[str, Any]


@never_raises
async def ragas_faithfulness(tools: RagasTools, question: Question, record: _Record) -> float:
    """Score the share of the answer's statements that follow from the contexts.

    ragas' Faithfulness (Es et al., "RAGAS", 2023). An answer in which the judge finds no statement
    is not applicable; a list of verdicts that is not as long as that of the statements is unusable,
    where ragas takes the share of what it got.
    """
    answer, contexts = answer_of(record), contexts_of(record)
    prepare_ragas()
    from ragas.metrics.collections import Faithfulness

    metric = Faithfulness(llm=tools.llm)
    statements = await metric._create_statements(question.user_input, answer)
    if not statements:
        raise NothingToJudgeError("the judge finds no statement in the answer")
    reply = await metric._create_verdicts(statements, "\n".join(contexts))
    verdicts = nli_verdicts(reply, statements)
    return sum(verdicts) / len(verdicts)


@never_raises
async def ragas_response_relevancy(tools: RagasTools, question: Question, record: _Record) -> float:
    """Score how near the question is that the answer seems to reply to.

    ragas' AnswerRelevancy (Es et al., 2023): the cosine of the question and one that the judge
    writes for the answer; 0 for an answer that it finds noncommittal. ragas asks the judge three
    times the same; at temperature 0 once says as much. Cosines of E5 models lie mostly above 0.7:
    the score ranks answers, it is no share. A negative cosine counts as 0.
    """
    answer = answer_of(record)
    prepare_ragas()
    from ragas.metrics.collections.answer_relevancy.util import (
        AnswerRelevanceInput,
        AnswerRelevanceOutput,
        AnswerRelevancePrompt,
    )

    prompt = AnswerRelevancePrompt().to_string(AnswerRelevanceInput(response=answer))
    reply = await tools.llm.agenerate(prompt, AnswerRelevanceOutput)
    if not reply.question.strip():
        raise UnusableReplyError("the judge wrote no question")
    if reply.noncommittal:
        return 0.0
    asked, written = await tools.embeddings.aembed_texts([question.user_input, reply.question])
    return _cosine(asked, written)


@never_raises
async def ragas_factual_correctness(
    tools: RagasTools, question: Question, record: _Record
) -> float:
    """Score the F1 of the answer's and the reference's claims.

    ragas' FactualCorrectness with its prompts. Precision is the share of the answer's claims that
    follow from the reference, recall the share of the reference's claims that follow from the
    answer; ragas divides claims of the one by claims of the other in its recall, and rounds to two
    decimals. Where the judge finds no claim in one of the texts, ragas says 0; here it is not
    applicable.
    """
    reference, answer = reference_of(question), answer_of(record)
    prepare_ragas()
    from ragas.metrics.collections import FactualCorrectness

    metric = FactualCorrectness(llm=tools.llm)
    precision, recall = await together(
        _supported(metric, answer, reference), _supported(metric, reference, answer)
    )
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


async def _supported(metric: Any, text: str, other: str) -> float:
    """Return the share of a text's claims that follow from another one."""
    claims = await metric._decompose_claims(text)
    if not claims:
        raise NothingToJudgeError("the judge finds no claim in the answer or in the reference")
    verdicts = nli_verdicts(await metric._verify_claims(claims, other), claims)
    return sum(verdicts) / len(verdicts)


@never_raises
async def ragas_answer_accuracy(tools: RagasTools, question: Question, record: _Record) -> float:
    """Score how far answer and reference agree: the mean of two ratings of 0, 2 or 4 over 4.

    ragas' AnswerAccuracy, whose second judge sees answer and reference exchanged. Both must have
    replied: ragas tries each five times, takes one where the other failed, and tells no reason.
    """
    reference, answer = reference_of(question), answer_of(record)
    prepare_ragas()
    from ragas.metrics.collections.answer_accuracy.util import (
        AnswerAccuracyInput,
        AnswerAccuracyJudge1Prompt,
        AnswerAccuracyJudge2Prompt,
        AnswerAccuracyOutput,
    )

    async def rating(prompt: Any, given: str, right: str) -> int:
        asked = AnswerAccuracyInput(
            query=question.user_input, user_answer=given, reference_answer=right
        )
        reply = await tools.llm.agenerate(prompt.to_string(asked), AnswerAccuracyOutput)
        return int(reply.rating)

    first, second = await together(
        rating(AnswerAccuracyJudge1Prompt(), answer, reference),
        rating(AnswerAccuracyJudge2Prompt(), reference, answer),
    )
    return (first + second) / 8


@never_raises
async def ragas_semantic_similarity(
    tools: RagasTools, question: Question, record: _Record
) -> float:
    """Score the cosine of answer and reference, without a judge.

    ragas' SemanticSimilarity. As cosines of E5 models lie mostly above 0.7, it ranks answers and is
    no share; a negative one counts as 0.
    """
    reference, answer = reference_of(question), answer_of(record)
    return _cosine(*await tools.embeddings.aembed_texts([reference, answer]))


@never_raises
async def ragas_rouge(tools: RagasTools, question: Question, record: _Record) -> float:
    """Score the ROUGE-L F1 of answer and reference, without a judge.

    ragas' RougeScore (Lin, "ROUGE", 2004). Its words are runs of a to z and digits, so that letters
    with diacritics would cut a Vietnamese word into pieces: they are written without them first. A
    reference without any such letter is not applicable.
    """
    reference, answer = _plain(reference_of(question)), _plain(answer_of(record))
    if not re.search(r"[a-z0-9]", reference):
        raise NothingToJudgeError("the reference has no Latin letter or digit")
    prepare_ragas()
    from ragas.metrics.collections import RougeScore

    result = await RougeScore().ascore(reference=reference, response=answer)
    return float(result.value)


def _plain(text: str) -> str:
    """Return a text in lower case without diacritics."""
    letters = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _cosine(first: list[float], second: list[float]) -> float:
    """Return the cosine of two unit vectors, 0 where it is negative."""
    import numpy as np

    return float(np.clip(np.dot(first, second), 0.0, 1.0))
