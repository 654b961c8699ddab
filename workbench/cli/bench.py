"""`workbench bench`: measurements of the parts."""

from typing import Any

import typer

from workbench.cli.output import Progress, guarded, print_json, print_line
from workbench.cli.timing import add_commands
from workbench.errors import UsageError

SPLITS = ("all", "dev", "test")


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help="Measure the parts.", no_args_is_help=True)
    group.command("retrieval")(guarded(retrieval))
    add_commands(group)
    app.add_typer(group, name="bench")


def retrieval(
    name: str = typer.Option(..., "--set", help="The public set, such as xquad_vi_en."),
    split: str = typer.Option("test", "--split", help="test, dev (for tuning) or all."),
    json: bool = typer.Option(False, "--json", help="Print the result as JSON."),
) -> None:
    """Measure dense, full-text and fused search on questions with known documents."""
    if split not in SPLITS:
        raise UsageError(f"there is no split {split!r}", f"use one of: {', '.join(SPLITS)}")
    result = _run(name, split)
    if json:
        print_json(result)
    else:
        _show(result)


def _run(name: str, split: Any) -> dict[str, Any]:
    from workbench.cli.running import run_async
    from workbench.config import load_settings
    from workbench.engine.embeddings import load_embedder
    from workbench.evaluation.retrieval_bench import run_bench
    from workbench.evaluation.retrieval_sets import load_retrieval_set
    from workbench.store.database import open_database

    settings = load_settings()
    chosen = load_retrieval_set(name, settings.cache_dir / "bench")
    progress = Progress()
    database = open_database(settings, progress)
    embedder = load_embedder(settings)
    result = run_async(run_bench(database, embedder, settings, chosen, split, progress))
    progress.done()
    return result


def _show(result: dict[str, Any]) -> None:
    print_line(f"{result['set']}, {result['split']}: {result['n']} questions")
    print_line("         hit@1                 hit@5                 MRR    p50 ms  p95 ms")
    for mode, metrics in result["modes"].items():
        print_line(
            f"{mode:6}  {_interval(metrics['hit_at_1'])}  {_interval(metrics['hit_at_5'])}"
            f"  {metrics['mrr']:.3f}  {metrics['p50_ms']:6.0f}  {metrics['p95_ms']:6.0f}"
        )
    for mode, pair in result["fused_against"].items():
        print_line(
            f"fused against {mode}, hit@5: {pair['gained']} gained, {pair['lost']} lost,"
            f" p = {pair['p']:.3g}"
        )


def _interval(share: dict[str, float]) -> str:
    return f"{share['mean']:6.1%} [{share['low']:5.1%}, {share['high']:6.1%}]"
