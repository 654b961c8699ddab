"""Contestant: ragas' own loop, `@experiment`, around LlamaIndex's client for such servers.

It scores as Inspect does: whether the reference stands in the answer. `@experiment` starts all
rows at once; a number of rows at once is the user's own affair, so that a semaphore sets it.
"""

import argparse
import asyncio
import contextlib
import time
from importlib import metadata
from typing import Any

from evals.throughput.common import (
    TIMEOUT_S,
    Asked,
    Prompt,
    api_key,
    contestant_options,
    run_contestant,
    same_sampling,
)


def make_llm(options: argparse.Namespace, prompts: list[Prompt]) -> Any:
    """Return LlamaIndex's model."""
    from llama_index.llms.openai_like import OpenAILike

    max_tokens, temperature = same_sampling(prompts)
    return OpenAILike(
        model=options.model,
        api_base=options.base_url,
        api_key=api_key(options),
        is_chat_model=True,
        temperature=temperature,
        max_tokens=max_tokens,
        timeout=TIMEOUT_S,
        max_retries=0,
    )


def ask(options: argparse.Namespace, prompts: list[Prompt]) -> Asked:
    """Run the experiment over all prompts."""
    from llama_index.core.llms import ChatMessage
    from ragas import Dataset, experiment
    from ragas.backends.inmemory import InMemoryBackend
    from ragas.metrics.collections import StringPresence

    llm, metric = make_llm(options, prompts), StringPresence()
    slots = asyncio.Semaphore(options.concurrency) if options.concurrency else None

    @experiment()  # type: ignore[untyped-decorator, unused-ignore]
    async def answered(row: Prompt) -> dict[str, Any]:
        chat = [ChatMessage(**each) for each in row.messages]
        async with slots or contextlib.nullcontext():
            reply = await llm.achat(chat)
        text = reply.message.content or ""
        score = await metric.ascore(reference=row.reference, response=text)
        usage = reply.raw.usage
        return {
            "id": row.id,
            "answer": text,
            "score": score.value,
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
        }

    rows = Dataset(name="prompts", backend=InMemoryBackend(), data=list(prompts))
    started = time.perf_counter()
    results = list(asyncio.run(answered.arun(rows)))
    return Asked(
        asking_s=time.perf_counter() - started,
        items=len(results),
        failures=len(prompts) - len(results),
        prompt_tokens=sum(row["prompt_tokens"] for row in results),
        completion_tokens=sum(row["completion_tokens"] for row in results),
        version=f"ragas {metadata.version('ragas')}, "
        f"llama-index-llms-openai-like {metadata.version('llama-index-llms-openai-like')}",
        note="by default all rows at once",
    )


if __name__ == "__main__":
    run_contestant(contestant_options("ask_ragas"), ask)
