"""Conversations and messages as they are stored."""

import uuid
from typing import Any

import pytest

from workbench.engine.turn import ModelInfo, Source, Timings, Turn, Usage
from workbench.errors import UnknownNameError
from workbench.store.conversations import Conversations
from workbench.store.database import Database
from workbench.store.messages import Messages

pytestmark = pytest.mark.database

SOURCE = Source(
    number=1,
    document="policies/late_checkout.md",
    title="Late check-out",
    heading="Fees",
    chunk_id="c1",
    score=0.03,
    score_kind="rrf",
    quote="500,000 VND",
    text="Until 3 PM: 500,000 VND.",
)


def turn_of(turn_id: str, session: str, **values: Any) -> dict[str, Any]:
    given = {"answer": "500,000 VND [1].", "outcome": "answered", "sources": (SOURCE,), **values}
    turn = Turn(
        id=turn_id,
        session=session,
        assistant="hotel",
        lang="en",
        question=given.pop("question", "How much?"),
        model=ModelInfo(name="m"),
        prompt="v1",
        usage=Usage(prompt=300, completion=20, cached=200),
        timings=Timings(first_token=0.4, total=2.0),
        **given,
    )
    return turn.to_dict()


@pytest.fixture
def owner() -> str:
    return f"owner-{uuid.uuid4()}"


async def begun(database: Database, owner: str) -> tuple[str, Messages]:
    conversation = await Conversations(database, owner).create("hotel")
    return conversation, Messages(database, owner, conversation)


async def test_a_question_is_stored_before_its_answer(database: Database, owner: str) -> None:
    conversation, messages = await begun(database, owner)
    turn_id = await messages.begin("How much is a late check-out?", "en")
    await messages.save_partial(turn_id, "500,")
    question, answer = await messages.list()
    assert (question.role, question.status) == ("user", "finished")
    assert question.content == "How much is a late check-out?"
    assert (answer.id, answer.role, answer.status) == (turn_id, "assistant", "running")
    assert (answer.content, answer.outcome, answer.turn) == ("500,", None, None)
    stored = await Conversations(database, owner).get(conversation)
    assert (stored.title, stored.questions) == ("How much is a late check-out?", 1)


async def test_a_finished_turn_comes_back_whole(database: Database, owner: str) -> None:
    conversation, messages = await begun(database, owner)
    turn_id = await messages.begin("How much?", "en")
    record = turn_of(turn_id, conversation)
    await messages.finish(record)
    await messages.finish(record)
    await messages.save_partial(turn_id, "too late")
    (answer,) = await messages.list(last=1)
    assert (answer.status, answer.outcome) == ("finished", "answered")
    assert answer.content == "500,000 VND [1]."
    assert answer.turn is not None
    assert answer.turn["usage"] == {"prompt": 300, "completion": 20, "cached": 200}
    (source,) = await messages.sources(turn_id)
    assert source["document"] == SOURCE.document
    assert (source["quote"], source["page"], source["score"]) == (SOURCE.quote, None, SOURCE.score)
    with database.transaction() as connection:
        row = connection.execute(
            "SELECT prompt_tokens, completion_tokens, cached_tokens, queue_s, first_token_s,"
            " total_s, cost_amount, model, prompt FROM workbench.messages WHERE id = %s",
            (turn_id,),
        ).fetchone()
    assert row == (300, 20, 200, None, 0.4, 2.0, None, "m", "v1")


async def test_history_holds_what_came_to_an_end_oldest_first(
    database: Database, owner: str
) -> None:
    conversation, messages = await begun(database, owner)
    for number, outcome in enumerate(["answered", "failed", "refused", "cancelled", "answered"]):
        turn_id = await messages.begin(f"q{number}")
        record = turn_of(turn_id, conversation, question=f"q{number}", outcome=outcome)
        await messages.finish(record)
    await messages.begin("q5")
    assert [e.question for e in await messages.exchanges(2)] == ["q2", "q4"]
    assert [e.question for e in await messages.exchanges(9)] == ["q0", "q2", "q4"]
    assert len(await messages.list()) == 12


async def test_text_that_postgres_cannot_hold_is_cleaned(database: Database, owner: str) -> None:
    conversation, messages = await begun(database, owner)
    turn_id = await messages.begin("nul \x00 and \ud800 half")
    await messages.finish(turn_of(turn_id, conversation, answer="phí\x00", question="\\u0000 \x00"))
    question, answer = await messages.list()
    assert question.content == "nul  and ? half"
    assert answer.content == "phí"
    assert answer.turn is not None
    assert answer.turn["question"] == "\\u0000 "


async def test_listing_renaming_archiving(database: Database, owner: str) -> None:
    mine = Conversations(database, owner)
    first, second = await mine.create("hotel"), await mine.create("factory", "Conveyor")
    assert [c.id for c in await mine.list()] == [second, first]
    await Messages(database, owner, first).begin("newest")
    assert [c.id for c in await mine.list()] == [first, second]
    assert [c.id for c in await mine.list("factory")] == [second]
    assert [c.id for c in await mine.list(limit=1)] == [first]
    await mine.rename(second, "Belt")
    await mine.archive(second)
    assert [c.id for c in await mine.list()] == [first]
    (put_away,) = await mine.list(archived=True)
    assert (put_away.title, put_away.archived_at is None) == ("Belt", False)
    await mine.archive(second, archived=False)
    assert len(await mine.list()) == 2


async def test_another_owner_reaches_nothing(database: Database, owner: str) -> None:
    conversation, messages = await begun(database, owner)
    turn_id = await messages.begin("private")
    await messages.finish(turn_of(turn_id, conversation))
    stranger = Conversations(database, "stranger")
    theirs = Messages(database, "stranger", conversation)
    assert conversation not in [c.id for c in await stranger.list()]
    for attempt in (
        stranger.get(conversation),
        stranger.rename(conversation, "x"),
        stranger.archive(conversation),
        theirs.begin("x"),
        theirs.finish(turn_of(turn_id, conversation, answer="x")),
    ):
        with pytest.raises(UnknownNameError):
            await attempt
    await theirs.save_partial(turn_id, "x")
    assert list(await theirs.list()) == list(await theirs.exchanges(5)) == []
    assert list(await theirs.sources(turn_id)) == []
    assert (await messages.list(1))[0].content == "500,000 VND [1]."


@pytest.mark.parametrize("identifier", ["x", "", str(uuid.UUID(int=7)), "'; DROP TABLE x"])
async def test_an_unknown_id(database: Database, owner: str, identifier: str) -> None:
    with pytest.raises(UnknownNameError, match="no conversation"):
        await Conversations(database, owner).get(identifier)


async def test_the_list_is_read_by_its_index(database: Database, owner: str) -> None:
    with database.transaction() as connection:
        connection.execute("SET LOCAL enable_seqscan = off")
        connection.execute("SET LOCAL enable_bitmapscan = off")
        rows = connection.execute(
            "EXPLAIN SELECT id FROM workbench.conversations WHERE owner = %s"
            " ORDER BY updated_at DESC LIMIT 50",
            (owner,),
        ).fetchall()
    plan = "\n".join(row[0] for row in rows)
    assert "conversations_by_owner" in plan
    assert "Sort" not in plan
