"""Plain LlamaIndex on a question set, scored as ours is: the baseline that a user would pick.

    python evals/plain_llamaindex.py --dataset Q.jsonl --corpus C.jsonl --output plain.jsonl
    python evals/plain_llamaindex.py ... --honest --output honest.jsonl

Everything is LlamaIndex's default (`VectorStoreIndex`, its splitter, its prompt, the first two
passages or `--top-k`) but what must be equal for a fair comparison: the model with its weights and
sampling, the longest answer, and the encoder. `--honest` adds one sentence to its prompt. The
result is a file like that of `workbench eval run --output`, which `workbench eval compare` reads.
"""

import argparse
import asyncio
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from llama_index.core import Document, PromptTemplate, Settings, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.response.schema import Response
from llama_index.core.constants import DEFAULT_SIMILARITY_TOP_K

from workbench.config import load_settings
from workbench.engine.embeddings import Embedder, load_embedder
from workbench.engine.ingestion.corpus import Document as Loaded
from workbench.engine.ingestion.corpus import load_corpus
from workbench.engine.ingestion.sections import Reading
from workbench.engine.llm import build_llm
from workbench.evaluation.fingerprint import code_version, hardware, sha256_of
from workbench.evaluation.metrics.scores import score_record
from workbench.evaluation.questions import Question, load_questions
from workbench.evaluation.results import Item, Results, make_item, write_results
from workbench.evaluation.running.runner import RETRIES
from workbench.evaluation.suites.kinds import KINDS
from workbench.evaluation.tasks.records import question_record
from workbench.services.endpoints import Endpoint, ensure_endpoint
from workbench.services.identity import serving_identity

SEED = 7
HONEST = "If the context does not contain the answer, say you do not know."


class OurEncoder(BaseEmbedding):
    """Our encoder behind LlamaIndex's interface, so that both systems compare the same vectors."""

    embedder: Any

    def _get_query_embedding(self, query: str) -> list[float]:
        return list(self.embedder.embed_query(query))

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_query_embedding, query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [list(vector) for vector in self.embedder.embed_passages(texts)]


def read_documents(corpus: Path) -> list[Document]:
    """Return a corpus as LlamaIndex documents, one each; files as our own readers see them.

    LlamaIndex's own reader of folders takes a PDF's bytes for text unless more is installed.
    """
    if corpus.is_dir():
        loaded = [one for one in load_corpus(corpus) if isinstance(one, Loaded)]
        return [
            Document(text=_as_text(one.read()), metadata={"document": one.version.original})
            for one in loaded
        ]
    records = [json.loads(line) for line in corpus.read_text("utf-8").splitlines() if line.strip()]
    return [
        Document(text=record["text"], metadata={"document": record["id"]}) for record in records
    ]


def _as_text(reading: Reading) -> str:
    parts = [" > ".join(section.heading) + "\n" + section.text for section in reading.sections]
    return "\n\n".join([reading.title, *parts]).strip()


def build_engine(corpus: Path, embedder: Embedder, llm: Any, honest: bool, top_k: int) -> Any:
    """Return a query engine with LlamaIndex's defaults."""
    Settings.embed_model = OurEncoder(embedder=embedder, embed_batch_size=64)
    Settings.llm = llm
    index = VectorStoreIndex.from_documents(read_documents(corpus))
    engine = index.as_query_engine(similarity_top_k=top_k)
    if honest:
        prompts = engine.get_prompts()
        name = "response_synthesizer:text_qa_template"
        text = prompts[name].default_template.template
        marked = text.replace("Query: {query_str}", f"{HONEST}\nQuery: {{query_str}}")
        assert marked != text, "LlamaIndex changed its prompt"
        engine.update_prompts({name: PromptTemplate(marked)})
    return engine


async def ask(engine: Any, question: Question) -> Item:
    """Ask one question and score the answer; a fault is tried again as often as by our runner."""
    record: dict[str, Any] = {**question_record(question), "sources": [], "reused": [], "error": ""}
    response: Response | None = None
    for _ in range(1 + RETRIES):
        started = time.perf_counter()
        try:
            response = await engine.aquery(question.user_input)
            break
        except Exception as error:  # any fault of the compared system is one item that failed
            record["error"] = repr(error)[:200]
    if response is None:
        record |= {"outcome": "failed", "answer": "", "retrieved": []}
        return make_item(record, score_record(question, record, KINDS["answers"]))
    record["error"] = ""
    found = [
        {
            "document": node.node.metadata["document"],
            "page": None,
            "text": node.node.get_content(),
        }
        for node in response.source_nodes
    ]
    record |= {
        "outcome": "answered",
        "answer": str(response).strip(),
        "retrieved": found,
        "timings": {"total": time.perf_counter() - started},
    }
    return make_item(record, score_record(question, record, KINDS["answers"]))


async def ask_all(engine: Any, questions: Sequence[Question], concurrency: int) -> list[Item]:
    """Ask all questions, so many at once, saying how far it is."""
    slots, items = asyncio.Semaphore(concurrency), []

    async def one(question: Question) -> None:
        async with slots:
            items.append(await ask(engine, question))
        right = sum(item.metrics["answer_accuracy"].value or 0 for item in items)
        print(f"{len(items)}/{len(questions)}  right {right:.0f}", flush=True)

    await asyncio.gather(*(one(question) for question in questions))
    return items


def fingerprint(args: argparse.Namespace, settings: Any, endpoint: Endpoint) -> dict[str, Any]:
    """Return what was measured, with the keys of our own runs where they mean the same."""
    serving = serving_identity(settings, endpoint)
    return {
        "system": "plain LlamaIndex, honest prompt" if args.honest else "plain LlamaIndex",
        "dataset": args.dataset.name,
        "dataset_sha256": sha256_of(args.dataset),
        "corpus": sha256_of(args.corpus),
        "model": serving["model"],
        "serving": serving,
        "embedder": settings.embedder,
        "answer": settings.answer.model_dump(mode="json"),
        "top_k": args.top_k,
        "concurrency": args.concurrency,
        **code_version(Path(__file__).parent),
        "hardware": hardware(),
    }


def main() -> None:
    """Run the set that the command line names."""
    parser = argparse.ArgumentParser(prog="python evals/plain_llamaindex.py")
    parser.add_argument("--dataset", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--honest", action="store_true")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--sample", type=int, metavar="N", help="N questions drawn with seed 7")
    parser.add_argument("--top-k", type=int, default=DEFAULT_SIMILARITY_TOP_K)
    parser.add_argument("--concurrency", type=int, default=16)
    args = parser.parse_args()
    settings = load_settings()
    questions = load_questions(args.dataset)[: args.limit]
    if args.sample:
        chance = random.Random(SEED)  # noqa: S311 - it draws a sample, no secret
        drawn = set(chance.sample(range(len(questions)), args.sample))
        questions = [one for place, one in enumerate(questions) if place in drawn]
    endpoint = ensure_endpoint(settings, None, print)
    llm = build_llm(endpoint, settings.answer)
    engine = build_engine(args.corpus, load_embedder(settings), llm, args.honest, args.top_k)
    items = asyncio.run(ask_all(engine, questions, args.concurrency))
    asked = tuple(question.id for question in questions)
    known = fingerprint(args, settings, endpoint)
    name = args.output.stem
    write_results(
        args.output, Results(name, "answers", known, {item.id: item for item in items}, asked)
    )


if __name__ == "__main__":
    main()
