"""Before a run: who is asked, over which index, at which endpoint."""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from workbench.assistants import get_assistant
from workbench.assistants.registry import load_assistant
from workbench.assistants.scaffold import scaffold_assistant
from workbench.config import Settings
from workbench.engine.assistant import Assistant
from workbench.engine.embeddings import load_embedder
from workbench.engine.engine import Engine
from workbench.engine.ingestion import index_corpus
from workbench.errors import UsageError
from workbench.evaluation.fingerprint import sha256_of
from workbench.evaluation.questions import Question
from workbench.services.endpoints import Endpoint, ensure_endpoint, fetch_if_missing

Progress = Callable[[str], None]


def choose_assistant(
    settings: Settings, questions: Sequence[Question], name: str | None, corpus: Path | None
) -> Assistant:
    """Return who is asked; a corpus that is not the assistant's own gets a generic one.

    Args:
        settings: The workspace's settings.
        questions: What is asked; each may name an assistant.
        name: The assistant that was chosen; the one that the set names, or the configured one,
            when `None`.
        corpus: Documents other than the assistant's own.

    Raises:
        UsageError: The set names several assistants and none was chosen, or there is no corpus.
    """
    if corpus is None:
        named = sorted({question.assistant for question in questions if question.assistant})
        if len(named) > 1 and name is None:
            raise UsageError(f"the questions are to {', '.join(named)}", "choose: --assistant NAME")
        chosen = name or (named[0] if named else settings.assistant)
        return get_assistant(chosen, settings.workspace)
    corpus = corpus.resolve()
    if not corpus.exists():
        raise UsageError(f"there is no corpus {corpus}", "name a folder or a JSONL file")
    if name is not None:
        own = get_assistant(name, settings.workspace)
        if own.corpus.resolve() == corpus:
            return own
    return corpus_assistant(corpus, settings.workspace)


def corpus_assistant(corpus: Path, workspace: Path) -> Assistant:
    """Return an assistant with the generic prompt over a corpus.

    Its collection is named after the corpus's content, so that the same corpus is indexed once.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / f"eval-{sha256_of(corpus)[:12]}"
        scaffold_assistant(folder, "these documents", str(corpus))
        return load_assistant(folder, workspace)


async def prepare_index(
    settings: Settings, engine: Engine, assistant: Assistant, progress: Progress
) -> None:
    """Bring the index up to date, so that no question waits for it."""
    await asyncio.to_thread(
        index_corpus,
        engine.database,
        load_embedder(settings),
        assistant.corpus,
        assistant.collection,
        progress,
        exact_below=settings.retrieval.exact_below,
    )


async def prepare_endpoint(settings: Settings, model: str, progress: Progress) -> Endpoint:
    """Bring the model server up, fetching the weights where they are not here."""

    def ready() -> Endpoint:
        fetch_if_missing(settings, model, progress)
        return ensure_endpoint(settings, model, progress)

    return await asyncio.to_thread(ready)
