"""`workbench bench latency | startup`: how long things take."""

from pathlib import Path
from typing import Any

import typer

from workbench.cli.output import Progress, guarded, print_json, print_line


def add_commands(group: typer.Typer) -> None:
    """Add the commands to `workbench bench`."""
    group.command("latency")(guarded(latency))
    group.command("startup")(guarded(startup))


def latency(
    dataset: Path = typer.Option(..., "--dataset", help="A question set (JSONL)."),
    assistant: str | None = typer.Option(None, "--assistant", help="Who is asked."),
    model: str | None = typer.Option(None, "--model", help="The model that answers."),
    limit: int = typer.Option(30, "--limit", min=1, help="How many questions."),
    json: bool = typer.Option(False, "--json", help="Print the result as JSON."),
) -> None:
    """Measure first token, whole answer, retrieval and pace, one question at a time."""
    from workbench.cli.running import run_async

    result = run_async(_latency(dataset, assistant, model, limit))
    _show(result, json)


async def _latency(
    dataset: Path, assistant: str | None, model: str | None, limit: int
) -> dict[str, Any]:
    from workbench.assistants import get_assistant
    from workbench.config import load_settings
    from workbench.engine.engine import Engine
    from workbench.evaluation.fingerprint import hardware
    from workbench.evaluation.latency_bench import read_questions, run_latency
    from workbench.services.endpoints import resolve_model

    settings = load_settings(model=model)
    definition = get_assistant(assistant or settings.assistant, settings.workspace)
    questions = read_questions(dataset, limit)
    progress = Progress()
    engine = await Engine.open(settings, progress)
    try:
        result = await run_latency(engine, definition, questions, progress)
    finally:
        await engine.close()
        progress.done()
    return {"model": resolve_model(settings, None), "hardware": hardware(), **result}


def startup(
    repeats: int = typer.Option(10, "--repeats", min=2, help="How often each is run."),
    json: bool = typer.Option(False, "--json", help="Print the result as JSON."),
) -> None:
    """Measure `workbench --help` and the chat client's first paint, in processes of their own."""
    from workbench.evaluation.fingerprint import hardware
    from workbench.evaluation.startup_bench import run_startup

    progress = Progress()
    result = run_startup(repeats, progress)
    progress.done()
    _show({"hardware": hardware(), **result}, json)


def _show(result: dict[str, Any], json: bool) -> None:
    if json:
        print_json(result)
        return
    for name, value in result.items():
        if isinstance(value, dict):
            value = "  ".join(
                f"{key} {inner:.3f}" if isinstance(inner, float) else f"{key} {inner}"
                for key, inner in value.items()
                if inner is not None
            )
        print_line(f"{name:18} {value}")
