"""The bare model on BFCL: `tools` of the chat completions API, read by vLLM's own parser.

    WORKBENCH_PUBLIC_DATA=... python -m evals.tools.bare --replies bare.jsonl

The server decides what a call is (`--enable-auto-tool-choice --tool-call-parser hermes`, which the
catalogue of models sets for those that make calls); `tool_choice` is "auto", the temperature 0.
"""

import argparse
import json
from collections.abc import Mapping
from typing import Any

from evals.tools.asking import MAX_TOKENS, Ask, options, run
from evals.tools.bfcl import Task
from evals.tools.lenient import read_arguments
from evals.tools.replies import Reply
from evals.tools.rule import Made
from evals.tools.schemas import call_name, server_tool
from workbench.config import Settings
from workbench.errors import ModelServerError
from workbench.services.endpoints import Endpoint

_TIMEOUT_S = 600.0
UNREADABLE = "(not an object)"
"""Stands for arguments that are no JSON object; no function has one of this name."""


def make_ask(given: argparse.Namespace, settings: Settings, endpoint: Endpoint) -> Ask:
    """Return what asks the server for the calls of a task."""
    import openai

    client = openai.AsyncOpenAI(
        base_url=endpoint.base_url,
        api_key=endpoint.api_key or "none",
        max_retries=0,
        timeout=_TIMEOUT_S,
    )

    async def ask(task: Task) -> Reply:
        try:
            whole = await client.chat.completions.create(**request(task, endpoint.model))
        except openai.OpenAIError as error:
            message = " ".join(str(error).split())[:200]
            raise ModelServerError(f"the model server did not reply: {message}") from error
        return reply_of(task, whole.model_dump())

    return ask


def request(task: Task, model: str) -> dict[str, Any]:
    """Return the fields of the request for a task; without functions there are no tools."""
    tools = [server_tool(function) for function in task.functions]
    chosen = {"tools": tools, "tool_choice": "auto"} if tools else {}
    return {
        "model": model,
        "messages": [dict(message) for message in task.messages],
        "temperature": 0.0,
        "max_tokens": MAX_TOKENS,
        **chosen,
    }


def reply_of(task: Task, whole: Mapping[str, Any]) -> Reply:
    """Return what a reply of the chat completions API says."""
    message = whole["choices"][0]["message"]
    usage = whole.get("usage") or {}
    names = {call_name(function["name"]): function["name"] for function in task.functions}
    made = [call["function"] for call in message.get("tool_calls") or ()]
    return Reply(
        id=task.id,
        part=task.part,
        calls=tuple(Made(names.get(one["name"], one["name"]), _arguments(one)) for one in made),
        text=message.get("content") or "",
        prompt=usage.get("prompt_tokens") or 0,
        completion=usage.get("completion_tokens") or 0,
    )


def _arguments(call: Mapping[str, Any]) -> dict[str, Any]:
    text = call.get("arguments") or "{}"
    found = read_arguments(text if isinstance(text, str) else json.dumps(text))
    return {UNREADABLE: text} if found is None else found


def main() -> None:
    """Ask the parts that the command line names."""
    given = options("bare", __doc__ or "").parse_args()
    run(given, make_ask, {"system": "bare"})


if __name__ == "__main__":
    main()
