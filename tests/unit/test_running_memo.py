import pytest

from workbench.engine.llm import Delta
from workbench.engine.retrieval import Passage
from workbench.engine.retrieval.passage import Sentence
from workbench.engine.turn import Usage
from workbench.evaluation.running.keys import Identity
from workbench.evaluation.running.memo import RunMemo

ALL = ("retrieval", "generation")
PASSAGE = Passage(
    chunk_id="c", document="d.md", text="Text.", score=0.5, score_kind="rrf",
    sentences=(Sentence("Text.", 0.25),),
)  # fmt: skip
DELTAS = [Delta("Hel"), Delta("lo", "hm"), Delta("", "", Usage(prompt=9, completion=2, cached=1))]


class Kept(dict):
    """Calls in memory."""

    async def get(self, kind, key):
        return self.get_now((kind, key))

    def get_now(self, key):
        return dict.get(self, key)

    async def put(self, kind, key, value):
        self[kind, key] = value


def writing(log, deltas=DELTAS, fault=None):
    async def write():
        log.append("written")
        for delta in deltas:
            yield delta
        if fault:
            raise fault

    return write


async def read(memo, asked, write):
    return [delta async for delta in memo.reply(asked, write)]


async def test_a_reply_is_made_once_and_then_replayed_as_it_came():
    calls, log = Kept(), []
    first = RunMemo(calls, Identity(), 0, ALL)
    assert await read(first, {"q": 1}, writing(log)) == DELTAS
    second = RunMemo(calls, Identity(), 0, ALL)
    assert await read(second, {"q": 1}, writing(log)) == DELTAS
    assert log == ["written"]
    assert (first.reused, second.reused) == (set(), {"generation"})
    assert (first.made["generation"], second.made["generation"]) == (1, 0)


async def test_a_search_is_made_once():
    calls, log = Kept(), []

    async def find():
        log.append("found")
        return [PASSAGE]

    for _ in range(2):
        memo = RunMemo(calls, Identity(), 0, ALL)
        assert await memo.passages({"query": "q"}, find) == [PASSAGE]
    assert log == ["found"]
    assert memo.reused == {"retrieval"}


async def test_another_repeat_is_another_draw_over_the_same_passages():
    calls, log = Kept(), []
    for repeat in (0, 1):
        await read(RunMemo(calls, Identity(), repeat, ALL), {"q": 1}, writing(log))
    assert log == ["written", "written"]


async def test_a_fresh_run_reuses_no_reply_but_keeps_its_own():
    calls, log = Kept(), []
    for _ in range(2):
        memo = RunMemo(calls, Identity(), 0, ())
        await read(memo, {"q": 1}, writing(log))
        assert memo.reused == set()
    assert log == ["written", "written"]
    assert len(calls) == 1


async def test_a_broken_reply_is_not_kept():
    calls = Kept()
    with pytest.raises(ConnectionError):
        await read(RunMemo(calls, Identity(), 0, ALL), {}, writing([], fault=ConnectionError()))
    assert not calls


async def test_a_reply_that_was_not_read_to_its_end_is_not_kept():
    calls = Kept()
    stream = RunMemo(calls, Identity(), 0, ALL).reply({}, writing([]))
    async for _ in stream:
        break
    await stream.aclose()
    assert not calls
