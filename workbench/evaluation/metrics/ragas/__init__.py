"""The sound metrics of ragas, each wrapped so that it ends with a status and never misleads.

Every one is an async function of the tools, the question and an item's record that returns a
`Score`. The steps, prompts and arithmetic are those of ragas 0.4.3 where they are sound; each
function says where they are not, and what is done instead.
"""

from workbench.evaluation.metrics.ragas.adapter import JudgeLimits, RagasTools
from workbench.evaluation.metrics.ragas.answers import (
    ragas_answer_accuracy,
    ragas_factual_correctness,
    ragas_faithfulness,
    ragas_response_relevancy,
    ragas_rouge,
    ragas_semantic_similarity,
)
from workbench.evaluation.metrics.ragas.failures import Judged
from workbench.evaluation.metrics.ragas.retrieval import (
    ragas_context_precision,
    ragas_context_recall,
    ragas_noise_sensitivity,
)

__all__ = ["RAGAS_METRICS", "JudgeLimits", "Judged", "RagasTools"]

RAGAS_METRICS: dict[str, Judged] = {
    "ragas_faithfulness": ragas_faithfulness,
    "ragas_response_relevancy": ragas_response_relevancy,
    "ragas_factual_correctness": ragas_factual_correctness,
    "ragas_answer_accuracy": ragas_answer_accuracy,
    "ragas_context_precision": ragas_context_precision,
    "ragas_context_recall": ragas_context_recall,
    "ragas_noise_sensitivity": ragas_noise_sensitivity,
    "ragas_semantic_similarity": ragas_semantic_similarity,
    "ragas_rouge": ragas_rouge,
}
"""The metrics by their names in suites and results."""
