"""The steps of a turn, with a scripted search and model."""

import asyncio
from dataclasses import dataclass, field

import pytest

from workbench.config import load_settings
from workbench.engine.answering import Answering
from workbench.engine.assistant import Assistant
from workbench.engine.context import excerpts
from workbench.engine.llm import Delta
from workbench.engine.prompts import Prompt
from workbench.engine.retrieval import Passage
from workbench.engine.session import MAX_QUESTION_CHARS, Session, checked_question
from workbench.engine.turn import Usage
from workbench.errors import DatabaseError, InvalidQuestionError, ModelServerError
from workbench.services.endpoints import Endpoint, Price
from workbench.store.messages import Exchange

FEES = "Late check-out until 15:00 costs 500,000 VND. The Shift Leader approves it."
ENDPOINT = Endpoint(
    name="scripted",
    base_url="http://127.0.0.1:1/v1",
    api_key="",
    model="scripted",
    weights="none",
    quantisation="",
    context_window=4096,
    price=Price(1.0, 2.0, "USD"),
    local=False,
)


@dataclass
class ScriptedEngine:
    """Plays pieces of text; an exception among them is raised, `None` waits for ever."""

    pieces: list
    passages: list = field(default_factory=list)
    queries: list = field(default_factory=list)
    questions: list = field(default_factory=list)
    histories: list = field(default_factory=list)
    closed: bool = False

    async def search(self, query):
        self.queries.append(query)
        return self.passages

    def choose(self, passages, question, beside=()):
        return excerpts(passages, 10_000)

    async def stream(self, question, lang, passages, history):
        self.questions.append(question)
        self.histories.append(list(history))
        try:
            for piece in self.pieces:
                if piece is None:
                    await asyncio.Event().wait()
                if isinstance(piece, Exception):
                    raise piece
                yield Delta(text=piece)
            yield Delta(usage=Usage(prompt=100, completion=10, cached=60))
        finally:
            self.closed = True


@dataclass
class MemoryRecorder:
    turns: list = field(default_factory=list)
    begun: list = field(default_factory=list)
    broken: bool = False

    async def begin(self, question, lang):
        self.begun.append((question, lang))
        return f"turn-{len(self.begun)}"

    async def finish(self, turn):
        if self.broken:
            raise DatabaseError("the database went away", "ask again")
        self.turns.append(turn)

    async def history(self, turns):
        answered = [turn for turn in self.turns if turn.outcome in ("answered", "refused")]
        return [
            Exchange(question=t.question, query=t.search_query, answer=t.answer)
            for t in answered[-turns:]
        ]


def passage(text=FEES, document="policies/late.md"):
    return Passage(
        chunk_id="c1", document=document, heading="Fees", text=text, score=0.03, score_kind="rrf"
    )


@pytest.fixture
def build(tmp_path):
    (tmp_path / "workbench.toml").touch()

    def make(pieces, passages=None, endpoint_error=None):
        engine = ScriptedEngine(pieces, [passage()] if passages is None else passages)
        prompt = Prompt(name="answer", version="1", system="s", user="u")
        assistant = Assistant(
            name="hotel",
            title="Hotel",
            languages=("en", "vi"),
            corpus=tmp_path,
            collection="hotel",
            prompts={"answer": prompt},
            default_prompt="answer",
            refusals={"en": "Not in the documents.", "vi": "Không có trong tài liệu."},
            contacts={"en": "Ask extension 9.", "vi": "Hỏi số nội bộ 9."},
        )

        async def endpoint_source(progress):
            progress("starting the model")
            await asyncio.sleep(0)
            if endpoint_error:
                raise endpoint_error
            return ENDPOINT

        answering = Answering(
            assistant,
            prompt,
            "scripted",
            load_settings(tmp_path),
            endpoint_source,
            lambda endpoint: engine,
        )
        recorder = MemoryRecorder()
        return Session("s1", answering, recorder), engine, recorder

    return make


async def collect(session, text):
    return [event async for event in session.ask(text)]


async def test_an_answer_streams_and_is_cited_and_stored(build):
    session, engine, recorder = build(["Late check-out until 15:00 ", "costs 500,000 VND."])
    events = await collect(session, "What does a late check-out until 3 PM cost?")
    kinds = [event.type for event in events]
    assert kinds[0] == "turn_started"
    assert kinds.index("retrieval_started") < kinds.index("retrieval_finished")
    assert kinds.index("retrieval_finished") < kinds.index("token")
    assert kinds[-1] == "answer_finished"
    turn = events[-1].turn
    assert turn.answer == "Late check-out until 15:00 costs 500,000 VND. [1]"
    assert "".join(e.text for e in events if e.type == "token").strip() == turn.answer
    assert turn.outcome == "answered"
    assert [s.document for s in turn.sources] == ["policies/late.md"]
    assert turn.sources[0].quote in FEES
    assert turn.usage == Usage(prompt=100, completion=10, cached=60)
    assert turn.cost.amount == pytest.approx((100 * 1 + 10 * 2) / 1e6)
    assert turn.timings.total >= turn.timings.first_token >= turn.timings.retrieval
    assert recorder.turns == [turn]
    assert engine.histories == [[]]


async def test_the_agreed_words_become_an_honest_refusal(build):
    session, _, _ = build(["NOT IN ", "THE DOCUMENTS"])
    turn = (await collect(session, "Is there a helipad on the roof?"))[-1].turn
    assert turn.outcome == "refused"
    assert turn.answer == "Not in the documents. Ask extension 9."
    assert turn.sources == ()


async def test_a_refusal_speaks_the_language_of_the_question(build):
    session, _, _ = build(["NOT IN THE DOCUMENTS"])
    turn = (await collect(session, "Khách sạn có bãi đáp trực thăng không?"))[-1].turn
    assert (turn.lang, turn.answer) == ("vi", "Không có trong tài liệu. Hỏi số nội bộ 9.")


async def test_a_paraphrased_refusal_names_whom_to_ask_and_has_no_sources(build):
    session, _, _ = build(["The passages do not mention a helipad."])
    turn = (await collect(session, "Is there a helipad on the roof?"))[-1].turn
    assert turn.outcome == "refused"
    assert turn.answer.endswith("Ask extension 9.")
    assert turn.sources == ()


async def test_nothing_found_is_refused_without_asking_the_model(build):
    session, engine, _ = build(["never"], passages=[])
    turn = (await collect(session, "Is there a helipad on the roof?"))[-1].turn
    assert turn.outcome == "refused"
    assert engine.histories == []


async def test_names_that_no_passage_holds_are_refused_without_asking_the_model(build):
    session, engine, _ = build(["never"])
    events = await collect(session, "What does Quanzar Airways pay for a late check-out?")
    assert events[-1].turn.outcome == "refused"
    assert engine.histories == []
    (guard,) = [event for event in events if event.type == "guard_applied"]
    assert guard.reason == "no passage mentions Quanzar, Airways"


async def test_names_are_not_looked_for_in_another_language(build):
    session, engine, _ = build(["Phí là 500,000 VND."])
    turn = (await collect(session, "Phí trả phòng trễ của Tiền Sảnh là bao nhiêu?"))[-1].turn
    assert (turn.lang, turn.outcome, len(engine.histories)) == ("vi", "answered", 1)


async def test_a_follow_up_is_searched_with_the_query_before_it(build):
    session, engine, _ = build(["Late check-out until 15:00 costs 500,000 VND."])
    first = "What does a late check-out until 3 PM cost?"
    await collect(session, first)
    events = await collect(session, "and who approves it?")
    assert engine.queries == [first, f"{first} and who approves it?"]
    assert [e.query for e in events if e.type == "query_rewritten"] == [engine.queries[1]]
    assert [e.question for e in engine.histories[1]] == [first]


async def test_a_follow_up_at_another_time_is_a_full_question(build):
    session, engine, _ = build(["Late check-out until 18:00 costs half the rate."])
    await collect(session, "What does a late check-out until 3 PM cost?")
    events = await collect(session, "and until 6 PM?")
    assert engine.questions[1] == "What does a late check-out until 6 PM cost?"
    assert [e.query for e in events if e.type == "query_rewritten"] == [engine.questions[1]]
    assert engine.histories[1] == []


async def test_a_question_that_stands_alone_gets_no_history(build):
    session, engine, _ = build(["Late check-out until 15:00 costs 500,000 VND."])
    await collect(session, "What does a late check-out until 3 PM cost?")
    await collect(session, "How long are passports kept in the lost property safe?")
    assert engine.histories[1] == []


async def test_cancel_keeps_the_partial_answer_and_closes_the_stream(build):
    session, engine, recorder = build(["Late check-out ", None])
    events = []
    async for event in session.ask("What does a late check-out until 3 PM cost?"):
        events.append(event)
        if event.type == "token":
            session.cancel()
    assert events[-1].type == "turn_cancelled"
    assert events[-1].turn.answer == "Late check-out"
    assert engine.closed
    assert [turn.outcome for turn in recorder.turns] == ["cancelled"]


async def test_leaving_the_stream_stops_the_turn(build):
    session, engine, recorder = build(["Late check-out ", None])
    events = session.ask("What does a late check-out until 3 PM cost?")
    async for event in events:
        if event.type == "token":
            break
    await events.aclose()
    assert engine.closed
    assert [turn.outcome for turn in recorder.turns] == ["cancelled"]


async def test_a_server_that_goes_away_fails_the_turn_and_the_next_one_works(build):
    gone = ModelServerError("the model server went away", "ask again", retryable=True)
    session, engine, recorder = build(["Late check-out ", gone])
    failed = (await collect(session, "What does a late check-out until 3 PM cost?"))[-1]
    assert (failed.type, failed.retryable) == ("turn_failed", True)
    assert failed.turn.answer == "Late check-out"
    assert "went away" in recorder.turns[0].error
    engine.pieces = ["Late check-out until 15:00 costs 500,000 VND."]
    again = (await collect(session, "What does a late check-out until 3 PM cost?"))[-1]
    assert again.turn.outcome == "answered"


async def test_a_model_that_does_not_start_fails_the_turn(build):
    fault = ModelServerError("the model did not start", "see its log")
    session, _, _ = build([], endpoint_error=fault)
    events = await collect(session, "What does a late check-out until 3 PM cost?")
    assert "starting the model" in [e.message for e in events if e.type == "waiting"]
    assert events[-1].type == "turn_failed"
    assert events[-1].hint == "see its log"


async def test_an_unforeseen_fault_is_a_failed_turn_too(build):
    session, _, _ = build([RuntimeError("boom")])
    event = (await collect(session, "What does a late check-out until 3 PM cost?"))[-1]
    assert event.type == "turn_failed"
    assert "boom" in event.turn.error


async def test_an_answer_that_cannot_be_stored_is_still_shown(build):
    session, _, recorder = build(["Late check-out until 15:00 costs 500,000 VND."])
    recorder.broken = True
    event = (await collect(session, "What does a late check-out until 3 PM cost?"))[-1]
    assert event.type == "answer_finished"
    assert "not stored" in event.turn.error


@pytest.mark.parametrize("text", ["", "  \n", "\x00", "x" * (MAX_QUESTION_CHARS + 1)])
def test_bad_questions_are_refused(text):
    with pytest.raises(InvalidQuestionError) as caught:
        checked_question(text)
    assert caught.value.hint


async def test_a_bad_question_stores_nothing(build):
    session, _, recorder = build(["never"])
    with pytest.raises(InvalidQuestionError):
        await collect(session, " ")
    assert recorder.begun == []


async def test_a_confirmation_that_nobody_waits_for_is_refused(build):
    session, _, _ = build([])
    with pytest.raises(InvalidQuestionError):
        session.confirm("none", True)
