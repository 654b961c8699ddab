"""`workbench search`: what a question finds, without an answer."""

import dataclasses
from typing import TYPE_CHECKING, Any

import typer

from workbench.cli.output import Progress, guarded, note, print_json, print_line
from workbench.errors import UsageError

if TYPE_CHECKING:
    from workbench.config import Settings
    from workbench.engine.retrieval import Passage, Retriever

MODES = ("fused", "dense", "text")
FILTERS = ("document", "lang", "section")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("search")(guarded(search))


def search(
    query: str = typer.Argument(..., help="What to search for."),
    assistant: str | None = typer.Option(None, "--assistant", help="Whose documents."),
    collection: str | None = typer.Option(None, "--collection", help="An index by its name."),
    top_k: int | None = typer.Option(None, "--top-k", min=1, max=500, help="How many passages."),
    mode: str = typer.Option("fused", "--mode", help="fused, dense or text."),
    only: list[str] = typer.Option(
        [], "--filter", help="document=PATH or FOLDER/, lang=vi, section=HEADING; repeatable."
    ),
    json: bool = typer.Option(False, "--json", help="Print the passages as JSON."),
) -> None:
    """Print the passages that a question finds, best first."""
    from workbench.cli.running import run_async

    if mode not in MODES:
        raise UsageError(f"there is no search mode {mode!r}", f"use one of: {', '.join(MODES)}")
    found = run_async(_search(query, assistant, collection, top_k, mode, _filters(only)))
    if json:
        passages = [_document(passage) for passage in found]
        print_json({"query": query, "mode": mode, "passages": passages})
        return
    for number, passage in enumerate(found, start=1):
        _print(number, passage)
    if not found:
        note("workbench: nothing was found: ask with other words, or with fewer filters")


def _filters(only: list[str]) -> dict[str, str]:
    """Read `key=value` pairs.

    Raises:
        UsageError: A pair has no value or an unknown key.
    """
    filters = {}
    for pair in only:
        key, _, value = pair.partition("=")
        if key not in FILTERS or not value:
            raise UsageError(f"{pair!r} is no filter", f"write one of {', '.join(FILTERS)}=VALUE")
        filters[key] = value
    return filters


async def _search(
    query: str,
    assistant: str | None,
    collection: str | None,
    top_k: int | None,
    mode: Any,
    filters: dict[str, str],
) -> "list[Passage]":
    import asyncio

    from workbench.config import load_settings

    settings = load_settings()
    from workbench.engine.glossary import NO_GLOSSARY

    glossary = NO_GLOSSARY
    if collection is None:
        from workbench.assistants import get_assistant
        from workbench.engine.own_settings import settings_for

        chosen = get_assistant(assistant or settings.assistant, settings.workspace)
        collection, glossary = chosen.collection, chosen.glossary
        settings = settings_for(settings, chosen)
    progress = Progress()
    from workbench.engine.retrieval import Filters

    # in a thread: a ctrl-c while the database starts would else have to wait for it
    retriever = await asyncio.to_thread(_open, settings, progress)
    progress.done()
    try:
        return await retriever.search(query, collection, top_k, mode, Filters(**filters), glossary)
    finally:
        await retriever.close()


def _open(settings: "Settings", progress: Progress) -> "Retriever":
    from workbench.engine.embeddings import load_embedder
    from workbench.engine.retrieval import Retriever
    from workbench.store.database import open_database

    return Retriever(open_database(settings, progress), load_embedder(settings), settings)


def _document(passage: "Passage") -> dict[str, Any]:
    """Return a passage as it is printed in JSON, without the sentences of its text."""
    fields = dataclasses.asdict(passage)
    del fields["sentences"]
    return fields


def _print(number: int, passage: "Passage") -> None:
    ranks = [
        f"{leg} {rank}"
        for leg, rank in (("dense", passage.dense_rank), ("text", passage.text_rank))
        if rank is not None
    ]
    place = f"p. {passage.page}" if passage.page is not None else passage.heading or ""
    print_line(f"{number}. {passage.document}  {place}")
    print_line(f"   {passage.score_kind} {passage.score:.4f} ({', '.join(ranks)})")
    print_line(f"   {' '.join(passage.text.split())}\n")
