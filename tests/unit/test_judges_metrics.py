"""What a judge is asked of an answer, and how its verdicts become a metric."""

import threading

import pytest
from fixtures.judge_server import JudgeServer, Reply, last_message, says

from workbench.evaluation.judges import client
from workbench.evaluation.judges.client import Judge
from workbench.evaluation.judges.correctness import judge_correctness
from workbench.evaluation.judges.faithfulness import judge_faithfulness
from workbench.evaluation.judges.pairwise import judge_preference
from workbench.evaluation.judges.sentences import statements
from workbench.evaluation.questions import Question

REFUSALS = (
    "I do not know.",
    "The documents do not mention it.",
    "Tôi không biết.",
    "Saya tidak tahu.",
)
QUESTION = Question(
    id="1", user_input="When does it open?", reference_facts=[["7 am", "07:00", "7 AM"], ["daily"]]
)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(client, "_PAUSE_S", 0.0)
    with JudgeServer().running() as running:
        yield running


@pytest.fixture
async def judge(server):
    opened = Judge(server.endpoint, {})
    yield opened
    await opened.close()


async def test_the_judge_sees_question_reference_and_answer_in_this_order(server, judge):
    server.answer = lambda _: says("right")
    score = await judge_correctness(judge, QUESTION, "At seven [1].")
    assert score.value == 1.0
    text = last_message(server.asked[0])
    places = [text.index(part) for part in ("When does", "7 am / 07:00", "and daily", "At seven.")]
    assert places == sorted(places)
    assert "7 AM" not in text


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_identical_refusals_get_identical_verdicts_without_a_call(server, judge, refusal):
    others = [
        Question(id=str(n), user_input=f"What is {n}?", reference=f"It is {n}.") for n in range(20)
    ]
    scores = [await judge_correctness(judge, question, refusal) for question in others]
    assert {(score.status, score.value) for score in scores} == {("scored", 0.0)}
    assert (await judge_faithfulness(judge, refusal, ["a text"])).status == "not_applicable"
    assert not server.asked


async def test_no_answer_is_wrong(judge):
    assert (await judge_correctness(judge, QUESTION, " [1] ")).value == 0.0


@pytest.mark.parametrize(
    "question",
    [
        Question(id="1", user_input="?", answerable=False, reference="x"),
        Question(id="1", user_input="?"),
    ],
)
async def test_a_question_without_a_right_answer_is_not_applicable(judge, question):
    assert (await judge_correctness(judge, question, "Yes.")).status == "not_applicable"


async def test_all_contexts_and_sentences_are_judged_at_the_same_time(server, judge):
    together = threading.Barrier(6, timeout=10)

    def answer(_):
        together.wait()
        return says("supported")

    server.answer = answer
    score = await judge_faithfulness(judge, "One. Two.", ["a", "b", "c"])
    assert (score.status, score.value) == ("scored", 1.0)


async def test_calls_about_one_context_share_all_but_their_ends(server, judge):
    server.answer = lambda _: says("supported")
    await judge_faithfulness(judge, "It opens. It closes.", ["The long context."])
    texts = [last_message(request) for request in server.asked]
    assert len({request["messages"][0]["content"] for request in server.asked}) == 1
    assert {text.partition("It ")[0] for text in texts} == {texts[0].partition("It ")[0]}
    assert "The long context." in texts[0].partition("It ")[0]


@pytest.mark.parametrize(
    ("supports", "value"),
    [
        ({("a", "One."), ("b", "Two.")}, 1.0),
        ({("a", "One."), ("b", "One.")}, 0.0),
        (set(), 0.0),
    ],
)
async def test_each_sentence_needs_one_context_that_supports_it(server, judge, supports, value):
    def answer(request):
        text = last_message(request)
        found = any(f"\n{c}\n" in text and text.endswith(s) for c, s in supports)
        return says("supported" if found else "unsupported")

    server.answer = answer
    assert (await judge_faithfulness(judge, "One. Two.", ["a", "b"])).value == value


async def test_one_failed_call_leaves_the_answer_without_a_score(server, judge):
    server.answer = lambda request: (
        Reply("garbage") if last_message(request).endswith("Two.") else says("unsupported")
    )
    score = await judge_faithfulness(judge, "One. Two.", ["a"])
    assert (score.status, score.value) == ("judge_parse", None)


async def test_nothing_is_supported_without_a_context(server, judge):
    assert (await judge_faithfulness(judge, "One.", [])).value == 0.0
    assert not server.asked


@pytest.mark.parametrize("text", ["", "Really?", "***", "The steps are:"])
async def test_an_answer_that_states_nothing_is_not_applicable(judge, text):
    assert (await judge_faithfulness(judge, text, ["a"])).status == "not_applicable"


@pytest.mark.parametrize(
    ("answer", "cut"),
    [
        ("It opens at 7.30. It closes at 9.", ["It opens at 7.30.", "It closes at 9."]),
        ("Dr. J. Smith wrote it. Ask Mr. Tan.", ["Dr. J. Smith wrote it.", "Ask Mr. Tan."]),
        ("Steps:\n- Open it [1]\n2. Close **it**", ["Open it", "Close it"]),
        ("Giá là 500.000 đồng. Mở cửa lúc 7 giờ!", ["Giá là 500.000 đồng.", "Mở cửa lúc 7 giờ!"]),
        ('He said "yes." Then he left.', ['He said "yes."', "Then he left."]),
        ("no capital. still two", ["no capital.", "still two"]),
    ],
)
def test_an_answer_is_cut_into_sentences(answer, cut):
    assert statements(answer) == cut


def prefers(answer):
    """Return a judge's reply that favours an answer wherever it stands."""

    def reply(request):
        text = last_message(request)
        return says("A" if text.index(answer) < text.index("Answer B:") else "B")

    return reply


@pytest.mark.parametrize(("favourite", "better"), [("uno", "first"), ("due", "second")])
async def test_a_preference_is_asked_in_both_orders(server, judge, favourite, better):
    server.answer = prefers(favourite)
    preference = await judge_preference(judge, "which?", "uno", "due", "the reference")
    assert preference.better == better
    assert len(server.asked) == 2
    assert all("the reference" in last_message(request) for request in server.asked)


async def test_a_judge_that_goes_by_the_order_prefers_neither(server, judge):
    server.answer = lambda _: says("A")
    preference = await judge_preference(judge, "which?", "uno", "due")
    assert preference.better == "neither"
    assert (preference.shown_first.value, preference.shown_second.value) == (1.0, 0.0)
    assert "Reference" not in last_message(server.asked[0])


async def test_a_preference_with_a_failed_call_says_nothing(server, judge):
    replies = iter([says("A"), Reply("garbage")])
    server.answer = lambda _: next(replies)
    preference = await judge_preference(judge, "which?", "uno", "due")
    assert preference.better is None
    assert preference.failed is not None
    assert preference.failed.status == "judge_parse"
