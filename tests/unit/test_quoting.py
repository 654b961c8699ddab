"""Answers made of the passages' own sentences, and the model's yes or no to them."""

from types import SimpleNamespace

import pytest

from workbench.engine.context import Excerpt
from workbench.engine.draft import Draft
from workbench.engine.llm import stream_yes
from workbench.engine.prompts import Quoting, load_prompt
from workbench.engine.quoting import are_answer, quote, quoted
from workbench.engine.retrieval import Passage
from workbench.engine.turn import ModelInfo, Usage
from workbench.errors import ConfigError
from workbench.services.endpoints import Endpoint

ENDPOINT = Endpoint("m", "http://localhost:1/v1", "", "m", "", "", 4096, None, False)


def excerpt(text, document="policies/pool.md"):
    passage = Passage(
        chunk_id=document, document=document, text=f"Before. {text}", score=0.1, score_kind="rrf"
    )
    return Excerpt(passage, text)


def draft():
    return Draft(
        id="t", session="s", assistant="a", lang="en", question="Until when?",
        search_query="Until when is the pool open?", prompt="p", model=ModelInfo(name="m"),
    )  # fmt: skip


class Judging:
    """A model that holds everything for an answer with one probability."""

    def __init__(self, share):
        self.share, self.asked = share, []

    async def judge(self, question, lang, chosen):
        self.asked.append((question, lang, list(chosen)))
        return self.share, Usage(prompt=10, completion=1, cached=0)


async def test_quotes_below_the_threshold_are_no_answer_and_the_turn_keeps_how_sure_that_is():
    turn, found = draft(), [excerpt("The pool closes at 20:00.")]
    quoting = Quoting(words=450, refuse_below=0.5)
    assert not await are_answer(turn, Judging(0.49), quoting, found)
    assert turn.confidence.value == 0.49
    assert await are_answer(turn, Judging(0.5), quoting, found)
    assert turn.usage.prompt == 20


async def test_the_model_judges_the_question_that_stands_alone():
    judging, found = Judging(1.0), [excerpt("The pool closes at 20:00.")]
    await are_answer(draft(), judging, Quoting(words=450, refuse_below=0.5), found)
    assert judging.asked == [("Until when is the pool open?", "en", found)]


async def test_nothing_found_is_no_answer_and_nothing_is_asked_where_nothing_is_refused():
    judging = Judging(0.0)
    assert not await are_answer(draft(), judging, Quoting(words=1, refuse_below=0.5), [])
    assert await are_answer(draft(), judging, Quoting(words=1, refuse_below=0.0), [excerpt("Yes.")])
    assert judging.asked == []


def test_each_sentence_carries_the_number_of_its_source_which_quotes_it_word_for_word():
    turn = draft()
    text = quote(turn, [excerpt("One.\n- Price: 2 VND"), excerpt("Three.", "faqs/x.md")])
    assert text == "One. [1]\n- Price: 2 VND [1]\n\nThree. [2]"
    assert turn.answer == text
    assert turn.outcome == "answered"
    assert [(one.number, one.document, one.quote) for one in turn.sources] == [
        (1, "policies/pool.md", "One.\n- Price: 2 VND"),
        (2, "faqs/x.md", "Three."),
    ]


def test_what_looks_like_a_citation_in_a_document_is_not_taken_for_one():
    assert quoted([excerpt("See the annex [7].")]) == "See the annex. [1]"


def test_a_blank_line_of_a_passage_carries_no_number():
    assert quoted([excerpt("One.\n\nTwo.")]) == "One. [1]\nTwo. [1]"


class Telling:
    """A model whose first token has told probabilities."""

    def __init__(self, shares, said="yes"):
        told = [SimpleNamespace(token=token, logprob=value) for token, value in shares]
        content = [SimpleNamespace(top_logprobs=told)] if shares else None
        choice = SimpleNamespace(delta=None, logprobs=SimpleNamespace(content=content))
        self._reply = SimpleNamespace(
            delta=said, raw=SimpleNamespace(choices=[choice], usage=None), message=None
        )
        self.request = {}

    async def astream_chat(self, _, **request):
        self.request = request

        async def replies():
            yield self._reply

        return replies()


async def share_of_yes(model):
    return [float(one.text) async for one in stream_yes(model, [("user", "?")], ENDPOINT)]


async def test_the_probability_is_that_of_yes_among_yes_and_no_in_any_spelling():
    model = Telling([("Yes", -1.0986123), (" yes", -1.7917595), ("no", -1.3862944), ("so", -2.0)])
    assert await share_of_yes(model) == [pytest.approx(2 / 3, abs=1e-4)]
    assert model.request["max_tokens"] == 1
    assert model.request["temperature"] == 0.0


@pytest.mark.parametrize(("said", "share"), [("Yes", 1.0), ("No", 0.0), ("Perhaps", 0.0)])
async def test_a_server_that_tells_no_probabilities_counts_with_its_word(said, share):
    assert await share_of_yes(Telling([], said)) == [share]


PROMPT = "version: 1\nsystem: s\nuser: u\n"


def test_a_prompt_says_how_answers_are_quoted_and_its_label_changes_with_that(tmp_path):
    labels = set()
    for below in ("0.4", "0.5"):
        path = tmp_path / "quote.yaml"
        path.write_text(f"{PROMPT}quotes: {{words: 450, refuse_below: {below}}}\n")
        prompt = load_prompt(path)
        assert prompt.quoting == Quoting(words=450, refuse_below=float(below))
        labels.add(prompt.label)
    (tmp_path / "quote.yaml").write_text(PROMPT)
    written = load_prompt(tmp_path / "quote.yaml")
    assert written.quoting is None
    assert len(labels | {written.label}) == 3


@pytest.mark.parametrize(
    "quotes", ["5", "{words: 0, refuse_below: 0.1}", "{words: 9}",
               "{words: x, refuse_below: 0.1}", "{words: 9, refuse_below: 1.1}"],
)  # fmt: skip
def test_quotes_that_are_not_as_they_should_be_are_one_clear_line(tmp_path, quotes):
    path = tmp_path / "quote.yaml"
    path.write_text(f"{PROMPT}quotes: {quotes}\n")
    with pytest.raises(ConfigError) as refused:
        load_prompt(path)
    assert "refuse_below" in refused.value.hint
