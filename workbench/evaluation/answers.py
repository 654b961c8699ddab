"""The suite `answers`: a question set asked of an assistant, or over a corpus of one's own."""

import asyncio
import secrets
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbench.assistants import get_assistant
from workbench.assistants.registry import load_assistant
from workbench.assistants.scaffold import scaffold_assistant
from workbench.config import Settings
from workbench.engine.assistant import Assistant
from workbench.engine.embeddings import load_embedder
from workbench.engine.engine import Engine
from workbench.engine.ingestion import index_corpus
from workbench.errors import UsageError
from workbench.evaluation.comparison import differing
from workbench.evaluation.fingerprint import BINDING, fingerprint, sha256_of
from workbench.evaluation.questions import Question, load_questions
from workbench.evaluation.results import (
    Item,
    Results,
    already_there,
    append_item,
    create_results,
    drop_torn_line,
    read_results,
)
from workbench.evaluation.runner import Conversation, run_questions
from workbench.evaluation.summary import summarise
from workbench.services.endpoints import Endpoint, ensure_endpoint, resolve_model

SUITE = "answers"
OPERATOR = "evaluation"
"""Who owns the conversations of a run, so that they stay out of people's own lists."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersRun:
    """What is to be run.

    Attributes:
        dataset: The question set.
        file: The result file.
        resume: Whether the file is there and is continued.
        corpus: A corpus other than the assistant's own.
        assistant: Who is asked; the one that the set names, or the configured one, when `None`.
        prompt: One of the assistant's prompts; its default when `None`.
        limit: How many questions of the set, from its beginning; all when `None`.
        concurrency: How many questions are under way at once.
    """

    dataset: Path
    file: Path
    resume: bool = False
    corpus: Path | None = None
    assistant: str | None = None
    prompt: str | None = None
    limit: int | None = None
    concurrency: int = 1


async def run_answers(settings: Settings, run: AnswersRun, progress: Progress) -> dict[str, Any]:
    """Run the suite and return its figures; finished items are in the file at once.

    On resumption, items that were answered are not asked again; those that failed are.

    Raises:
        UsageError: The set, the file or a name is wrong, or the file is of another run.
        WorkbenchError: A service cannot be used.
    """
    questions = load_questions(run.dataset)[: run.limit]
    earlier = _earlier(run)
    assistant = choose_assistant(settings, run, questions)
    assistant.prompt(run.prompt)
    resolve_model(settings, None)
    engine = await Engine.open(settings, progress)

    async def open_conversation() -> Conversation:
        return await engine.session(assistant, prompt=run.prompt)

    try:
        endpoint = await asyncio.to_thread(_prepare, settings, engine, assistant, progress)
        results = _begin(run, earlier, _fingerprint(settings, run, assistant, endpoint))

        def keep(item: Item) -> None:
            append_item(run.file, item)
            results.items[item.id] = item

        done = {item.id for item in results.items.values() if item.answered}
        left = [question for question in questions if question.id not in done]
        await run_questions(left, open_conversation, keep, progress, run.concurrency)
    finally:
        await engine.close()
    return summarise(results, [question.id for question in questions])


def choose_assistant(
    settings: Settings, run: AnswersRun, questions: Sequence[Question]
) -> Assistant:
    """Return who is asked; a corpus that is not the assistant's own gets a generic one.

    Raises:
        UsageError: The set names several assistants, and none was chosen.
    """
    named = sorted({question.assistant for question in questions if question.assistant})
    if run.corpus is None:
        if len(named) > 1 and run.assistant is None:
            raise UsageError(
                f"{run.dataset} has questions to {', '.join(named)}", "choose: --assistant NAME"
            )
        name = run.assistant or (named[0] if named else settings.assistant)
        return get_assistant(name, settings.workspace)
    corpus = run.corpus.resolve()
    if not corpus.exists():
        raise UsageError(f"there is no corpus {run.corpus}", "name a folder or a JSONL file")
    if run.assistant is not None:
        own = get_assistant(run.assistant, settings.workspace)
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


def _earlier(run: AnswersRun) -> Results | None:
    """Return what there is of a run to continue; a new one must not overwrite a file."""
    if not run.resume and run.file.exists():
        raise already_there(run.file)
    return read_results(run.file) if run.resume else None


def _prepare(
    settings: Settings, engine: Engine, assistant: Assistant, progress: Progress
) -> Endpoint:
    """Bring the index up to date and the model server up, so that no question waits for them."""
    index_corpus(
        engine.database,
        load_embedder(settings),
        assistant.corpus,
        assistant.collection,
        progress,
        exact_below=settings.retrieval.exact_below,
    )
    return ensure_endpoint(settings, None, progress)


def _fingerprint(
    settings: Settings, run: AnswersRun, assistant: Assistant, endpoint: Endpoint
) -> dict[str, Any]:
    return fingerprint(
        settings,
        endpoint,
        run.concurrency,
        dataset=run.dataset.name,
        dataset_sha256=sha256_of(run.dataset),
        corpus=sha256_of(assistant.corpus),
        assistant=assistant.name,
        prompt=assistant.prompt(run.prompt).label,
    )


def _begin(run: AnswersRun, earlier: Results | None, current: dict[str, Any]) -> Results:
    """Begin the result file, or check that the one there is of the same run."""
    if earlier is None:
        results = Results(run_name(), SUITE, current)
        create_results(run.file, results)
        return results
    changed = differing(earlier.fingerprint, current)
    for key in BINDING:
        if key in changed:
            before, now = changed[key]
            raise UsageError(
                f"{run.file} was made with another {key} ({before} there, {now} now)",
                "use the same as then, or begin a new file: --output FILE",
            )
    drop_torn_line(run.file)
    return earlier


def run_name() -> str:
    """Return a new name for a run, which sorts by time."""
    return f"{SUITE}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
