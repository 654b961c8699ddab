# mypy: disable-error-code="import-not-found"
"""Contestant: Inspect AI, as its manual says: a task, `generate()` and the scorer `includes()`.

It needs Inspect's environment alone:
`python -m pip install inspect-ai openai` in a throw-away one.
"""

import argparse
import os
import tempfile
from datetime import datetime
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

os.environ.setdefault("INSPECT_DISPLAY", "none")


def make_task(prompts: list[Prompt]) -> Any:
    """Return the prompts as an Inspect task."""
    from inspect_ai import Task
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import (
        ChatMessage,
        ChatMessageAssistant,
        ChatMessageSystem,
        ChatMessageUser,
    )
    from inspect_ai.scorer import includes
    from inspect_ai.solver import generate

    kinds = {
        "system": ChatMessageSystem,
        "user": ChatMessageUser,
        "assistant": ChatMessageAssistant,
    }

    def chat(prompt: Prompt) -> list[ChatMessage]:
        return [kinds[each["role"]](content=each["content"]) for each in prompt.messages]

    samples = [
        Sample(id=prompt.id, input=chat(prompt), target=prompt.reference) for prompt in prompts
    ]
    return Task(dataset=MemoryDataset(samples), solver=generate(), scorer=includes())


def ask(options: argparse.Namespace, prompts: list[Prompt]) -> Asked:
    """Evaluate the task; without a number, Inspect adapts its connections by itself."""
    from inspect_ai import eval as inspect_eval
    from inspect_ai.model import get_model

    max_tokens, temperature = same_sampling(prompts)
    width = {} if options.concurrency is None else {"max_connections": options.concurrency}
    with tempfile.TemporaryDirectory() as logs:
        log = inspect_eval(
            make_task(prompts),
            model=get_model(
                f"openai-api/vllm/{options.model}",
                base_url=options.base_url,
                api_key=api_key(options),
                client_timeout=TIMEOUT_S,
            ),
            log_dir=logs,
            display="none",
            fail_on_error=False,
            max_tokens=max_tokens,
            temperature=temperature,
            **width,
        )[0]
        samples = list(log.samples or [])  # read from the log's file
    answered = [sample for sample in samples if sample.error is None]
    used = list(log.stats.model_usage.values())
    return Asked(
        asking_s=asking_seconds(samples),
        items=len(answered),
        failures=len(prompts) - len(answered),
        prompt_tokens=sum(each.input_tokens for each in used),
        completion_tokens=sum(each.output_tokens for each in used),
        version=f"inspect-ai {metadata.version('inspect-ai')}",
        note="by default its connections adapt, from 20 up to 100",
    )


def asking_seconds(samples: list[Any]) -> float:
    """Return the seconds from the first sample's start to the last one's end, by Inspect's log."""
    started = min(datetime.fromisoformat(sample.started_at) for sample in samples)
    ended = max(datetime.fromisoformat(sample.completed_at) for sample in samples)
    return (ended - started).total_seconds()


if __name__ == "__main__":
    run_contestant(contestant_options("ask_inspect"), ask)
