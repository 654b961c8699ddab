"""The one place that loads ragas: the judge, the encoder and what they used.

What ragas 0.4.3 would do otherwise, and what is done here:

- it reports every judge call over the network, in the event loop, and keeps a file with a user's id
  for that: the variable RAGAS_DO_NOT_TRACK is set before it is imported, and its judge is asked
  without the part that makes those reports;
- its cache leaves the model and the sampling out of the key: none is given to it;
- it asks for JSON in words: here the server is given the schema (`JSON_SCHEMA`), without room for
  verdicts that are none (`strict`);
- unreadable replies are asked for four times, and what the calls used is thrown away: here each
  call is made once and counted; who runs the metrics decides about another try;
- it has no limit of time or of calls under way: both are set here.
"""

import asyncio
import hashlib
import logging
import os
import threading
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib import metadata
from typing import Any

from workbench.engine.embeddings import Embedder
from workbench.errors import WorkbenchError
from workbench.evaluation.judges.usage import JudgeUsage
from workbench.evaluation.metrics.catalogue import metric_named
from workbench.evaluation.metrics.ragas.strict import ALLOWED, strict
from workbench.services.endpoints import Endpoint

TRACKING = "RAGAS_DO_NOT_TRACK"


@dataclass(frozen=True, slots=True)
class JudgeLimits:
    """How a judge is asked.

    Attributes:
        max_tokens: The longest reply; a longer one ends as `judge_truncated`.
        timeout_s: Seconds for one reply, from when its call is made.
        concurrency: Calls under way at once, over all items that share the tools.
        temperature: Of the sampling.
        seed: Of the sampling.
    """

    max_tokens: int = 1024
    timeout_s: float = 300.0
    concurrency: int = 16
    temperature: float = 0.0
    seed: int = 7

    def sampling(self) -> dict[str, Any]:
        """Return the part that decides what is replied, as the request carries it."""
        return {
            "temperature": self.temperature,
            "top_p": 1.0,
            "max_tokens": self.max_tokens,
            "seed": self.seed,
        }


class RagasTools:
    """What the metrics of ragas are computed with; shared by all items of a run.

    Args:
        endpoint: Where the judge is served; `None` where no metric needs one.
        embedder: Our encoder; `None` where no metric needs one.
        limits: How the judge is asked.

    Attributes:
        usage: What judging took so far.
    """

    def __init__(
        self,
        endpoint: Endpoint | None,
        embedder: Embedder | None = None,
        limits: JudgeLimits | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._embedder = embedder
        self._limits = limits or JudgeLimits()
        self.usage = JudgeUsage()

    @cached_property
    def llm(self) -> Any:
        """The judge, as ragas wants it.

        Raises:
            WorkbenchError: No judge was given.
        """
        if self._endpoint is None:
            raise WorkbenchError("the metric needs a judge, and none was given", "name a judge")
        return _build_judge(self._endpoint, self._limits, self.usage)

    @cached_property
    def embeddings(self) -> Any:
        """The encoder, as ragas wants it.

        Raises:
            WorkbenchError: No encoder was given.
        """
        if self._embedder is None:
            raise WorkbenchError("the metric needs an encoder, and none was given", "name one")
        return _build_embeddings(self._embedder)

    def identity(self, metric: str) -> dict[str, Any]:
        """Return everything that decides a metric's score besides the item, as plain JSON types."""
        needs = metric_named(metric)
        return {
            "metric": metric,
            "metric_version": needs.version,
            "ragas": metadata.version("ragas"),
            "instructor": metadata.version("instructor"),
            "judge": self._judge_identity() if needs.judged else None,
            "embedder": self._embedder.name if needs.embedded and self._embedder else None,
        }

    def _judge_identity(self) -> dict[str, Any] | None:
        if self._endpoint is None:
            return None
        given = asdict(self._endpoint)
        kept = ("base_url", "model", "weights", "quantisation", "context_window")
        form = {"mode": "json_schema", "strict": _version_of_strict()}
        return {key: given[key] for key in kept} | form | self._limits.sampling()

    async def close(self) -> None:
        """Close the judge's connections."""
        if "llm" in self.__dict__:
            await self.llm.client.client.close()


def prepare_ragas() -> None:
    """Import ragas so that it reports nothing; takes seconds the first time.

    Raises:
        WorkbenchError: It is not installed as the lock file says.
    """
    os.environ[TRACKING] = "true"
    try:
        from ragas import _analytics
        from ragas.metrics import collections  # noqa: F401 - the long part of the import
    except ImportError as error:
        raise WorkbenchError(f"ragas cannot be loaded ({error})", "run: make setup") from error
    # a notebook may have imported ragas before; it reads the variable once
    _analytics.do_not_track.cache_clear()
    # instructor writes failed calls to stderr; they are in the scores
    logging.getLogger("instructor").setLevel(logging.CRITICAL)


def _build_judge(endpoint: Endpoint, limits: JudgeLimits, usage: JudgeUsage) -> Any:
    prepare_ragas()
    import instructor
    from openai import AsyncOpenAI
    from ragas.llms.base import InstructorLLM

    class Judge(InstructorLLM):  # type: ignore[misc]  # ragas is read as Any
        """Asks once, within the limits, for a reply in the strict form."""

        async def agenerate(self, prompt: str, response_model: Any) -> Any:
            async with places:
                usage.calls += 1
                async with asyncio.timeout(limits.timeout_s):
                    return await self.client.chat.completions.create(
                        model=self.model,
                        messages=[{"role": "user", "content": prompt}],
                        response_model=strict(response_model),
                        max_retries=0,
                        **self._map_provider_params(),
                    )

    places = asyncio.Semaphore(limits.concurrency)
    openai = AsyncOpenAI(
        base_url=endpoint.base_url,
        api_key=endpoint.api_key or "none",
        timeout=limits.timeout_s,
        max_retries=0,
    )
    client = instructor.from_openai(openai, mode=instructor.Mode.JSON_SCHEMA)
    client.on("completion:response", usage.add)
    return Judge(client=client, model=endpoint.model, provider="openai", **limits.sampling())


def _build_embeddings(embedder: Embedder) -> Any:
    prepare_ragas()
    from ragas.embeddings.base import BaseRagasEmbedding

    lock = threading.Lock()

    class Embeddings(BaseRagasEmbedding):  # type: ignore[misc]  # as above
        """Our encoder; texts that are compared with each other are both encoded as questions.

        So the authors of the E5 models advise for symmetric tasks.
        """

        def embed_text(self, text: str, **_: Any) -> list[float]:
            with lock:
                return embedder.embed_query(text)

        async def aembed_text(self, text: str, **_: Any) -> list[float]:
            return await asyncio.to_thread(self.embed_text, text)

    return Embeddings()


def _version_of_strict() -> str:
    """Return a hash of the allowed values, which are part of the schema that a judge gets."""
    return hashlib.sha256(repr(sorted(ALLOWED.items())).encode()).hexdigest()[:12]
