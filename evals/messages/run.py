"""Writes a message for every request of a golden set, keeps the outputs, and scores them.

    python -m evals.messages.run datasets/hotel/messages_dev.jsonl --output outputs.jsonl [--plain]
        [--model M] [--limit N] [--json]

The messages are written by the engine's writer as `workbench generate` calls it, for the operator
whom WORKBENCH_OPERATOR names; `--plain` asks no model. An output is one JSON line with the
request's `id` and either `subject`, `body`, `html_body` and `metadata`, or the `error`. A scoring
of a test part is noted in `evals/looks.jsonl`.
"""

import argparse
import asyncio
import json
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.messages.asked import Request, load_requests
from evals.messages.score import score_all, show
from workbench.assistants import get_assistant
from workbench.assistants.message_files import load_messages
from workbench.config import Settings, load_settings
from workbench.engine.messages import Asked, MessageWriter
from workbench.engine.messages.opening import model_of, open_context
from workbench.errors import WorkbenchError
from workbench.evaluation.datasets.looks import LOG, ensure_look, is_known_test_part, look_at
from workbench.evaluation.fingerprint import code_version

ASSISTANT = "hotel"


def asked_of(request: Request) -> Asked:
    """Return a request as the engine's writer takes it."""
    return Asked(
        kind=request.kind,
        record=request.booking,
        given=dict(request.given),
        lang=request.lang,
        tone=request.tone,
    )


async def write_all(
    requests: Sequence[Request], settings: Settings, *, plain: bool
) -> list[dict[str, Any]]:
    """Return an output for each request, in their order."""
    assistant = get_assistant(ASSISTANT, settings.workspace)
    messages = load_messages(assistant, settings.workspace)
    context = await open_context(settings, assistant, narrate)
    writer = MessageWriter(messages, context, None if plain else model_of(settings, narrate))
    outputs = []
    for request in requests:
        try:
            message = await writer.write(asked_of(request))
            outputs.append({"id": request.id, **message.to_dict()})
        except WorkbenchError as error:
            outputs.append({"id": request.id, "error": error.one_line()})
    return outputs


def note_look(path: Path, settings: Settings, outputs: Sequence[dict[str, Any]]) -> None:
    """Write down that a test part is looked at."""
    if not is_known_test_part(path, settings.workspace):
        return
    written = [output["metadata"] for output in outputs if "metadata" in output]
    asked = [one for one in written if one["model"]]
    look = look_at(
        path,
        settings.workspace,
        run=f"messages-{uuid.uuid4().hex[:12]}",
        suite="messages",
        model=asked[0]["model"]["name"] if asked else "",
        prompt=asked[0]["prompt"] or "" if asked else "",
        commit=code_version(settings.workspace)["git_commit"],
        n=len(outputs),
    )
    ensure_look(settings.workspace / LOG, look)


def narrate(message: str) -> None:
    """Say on stderr what is going on."""
    print(message, file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write, keep and score."""
    parser = argparse.ArgumentParser(prog="python -m evals.messages.run")
    parser.add_argument("requests", type=Path)
    parser.add_argument("--output", type=Path, required=True, help="where the messages are kept")
    parser.add_argument("--plain", action="store_true", help="ask no model")
    parser.add_argument("--model", help="the configured one when not given")
    parser.add_argument("--limit", type=int, help="only so many requests")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    try:
        settings = load_settings(model=given.model)
        requests = load_requests(given.requests)[: given.limit]
        outputs = asyncio.run(write_all(requests, settings, plain=given.plain))
    except WorkbenchError as error:
        sys.exit(error.one_line())
    lines = [json.dumps(output, ensure_ascii=False, default=str) for output in outputs]
    given.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    note_look(given.requests, settings, outputs)
    scores = score_all(requests, {str(output["id"]): output for output in outputs})
    show(scores, as_json=given.json)


if __name__ == "__main__":
    main()
