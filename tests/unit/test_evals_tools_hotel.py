"""An assistant's calls: compared as its tools receive them, and why they are wrong."""

import json
from datetime import time

import pytest

from evals.tools import hotel
from evals.tools.calling import Called, called_in
from evals.tools.made_calls import cause_of, right_calls, right_values, similar
from workbench.config import load_settings
from workbench.evaluation.metrics.tool_calls import Call
from workbench.evaluation.questions import Question


@pytest.fixture(scope="module")
def assistant():
    from workbench.assistants import get_assistant

    return get_assistant("hotel", load_settings().workspace)


POLICY = Call("get_checkout_policy", {"room_number": "807", "leaves_at": "14:30"})
REQUEST = Call(
    "create_service_request",
    {
        "room_number": "411",
        "category": "housekeeping",
        "description": "thêm hai gối",
        "priority": "medium",
    },
)
EMAIL = Call("send_email", {"booking_id": "BOOK744"})
STATUS = Call("get_room_status", {"room_number": "711"})


def given(call, **changed):
    return Call(call.name, {**call.arguments, **changed})


@pytest.mark.parametrize(
    ("expected", "made"),
    [
        ([POLICY], [given(POLICY, leaves_at=time(14, 30))]),
        ([POLICY], [given(POLICY, leaves_at="14:30:00", room_type=None)]),
        ([REQUEST], [given(REQUEST, description="Khach xin them hai goi")]),
        ([EMAIL], [given(EMAIL, subject="Late arrival", body="We hold the room for you.")]),
        ([STATUS, POLICY], [POLICY, STATUS]),
        ([], []),
    ],
)
def test_calls_are_right_when_the_tool_receives_the_same(assistant, expected, made):
    assert right_calls(expected, made, assistant.tools)
    assert cause_of(expected, made, (), assistant.tools) is None


def test_a_default_that_is_given_is_the_one_that_is_left_out(assistant):
    arguments = {key: each for key, each in REQUEST.arguments.items() if key != "priority"}
    assert right_calls([REQUEST], [Call(REQUEST.name, arguments)], assistant.tools)
    urgent = given(REQUEST, priority="high")
    assert not right_calls([urgent], [Call(REQUEST.name, arguments)], assistant.tools)


@pytest.mark.parametrize(
    ("expected", "made", "asked_back", "cause"),
    [
        ([STATUS], [POLICY], (), "wrong tool"),
        ([STATUS, POLICY], [STATUS], (), "missed tool"),
        ([STATUS, STATUS], [STATUS], (), "missed tool"),
        ([STATUS], [STATUS, POLICY], (), "needless tool"),
        ([], [STATUS], (), "needless tool"),
        ([POLICY], [], ("get_checkout_policy",), "asked back needlessly"),
        ([POLICY], [], ("*",), "asked back needlessly"),
        ([POLICY], [], ("send_email",), "missed tool"),
        ([POLICY], [given(POLICY, leaves_at="15:30")], (), "wrong argument"),
        ([REQUEST], [given(REQUEST, description="sửa máy lạnh")], (), "wrong free text"),
        ([EMAIL], [given(EMAIL, booking_id="BOOK745", subject="Late")], (), "wrong argument"),
    ],
)
def test_every_failure_has_a_cause(assistant, expected, made, asked_back, cause):
    assert cause_of(expected, made, asked_back, assistant.tools) == cause


def test_a_wrong_free_text_leaves_the_other_arguments_right(assistant):
    made = [given(REQUEST, description="sửa máy lạnh")]
    assert right_values([REQUEST], made, assistant.tools)


@pytest.mark.parametrize(
    ("wanted", "text", "same"),
    [
        ("flowers for tomorrow morning", "flowers tomorrow morning", True),
        ("hai tô phở bò", "hai to pho bo", True),
        ("đèn hỏng", "den hong", True),
        ("water dripping through the ceiling", "a leak", False),
    ],
)
def test_free_texts_need_half_of_the_words(wanted, text, same):
    assert similar(wanted, text) is same


def question(identifier="q1", calls=(STATUS,), lang="en", **more):
    return Question(
        id=identifier,
        lang=lang,
        user_input="What is the state of 711?",
        reference_tool_calls=[{"name": call.name, "args": dict(call.arguments)} for call in calls],
        **more,
    )


def test_an_exported_run_is_judged_as_one_made_here(assistant):
    call = {"name": "get_room_status", "arguments": {"room_number": "711"}, "ok": True}
    record = {"outcome": "answered", "tool_calls": [call]}
    assert hotel.judge(question(), called_in(record), assistant)["cause"] is None
    back = called_in({"outcome": "asked_back", "tool_calls": []})
    assert hotel.judge(question(), back, assistant)["cause"] == "asked back needlessly"
    broken = hotel.judge(question(), called_in({"outcome": "failed", "error": "gone"}), assistant)
    assert (broken["cause"], broken["tools"], broken["calls"]) == ("failed", False, False)


def test_requests_without_a_call_are_scored_too(assistant):
    judged = [
        hotel.judge(question("q1"), Called(calls=(STATUS,)), assistant),
        hotel.judge(question("q2", calls=(), lang="vi"), Called(calls=(STATUS,)), assistant),
        hotel.judge(question("q3", calls=(), lang="vi"), Called(), assistant),
    ]
    found = hotel.figures(judged)
    assert found["shares"]["all"]["calls"]["right"] == 2
    assert found["shares"]["none"]["tools"]["n"] == 2
    assert found["shares"]["vi"]["calls"]["right"] == 1
    assert found["causes"] == {"needless tool": 1}


def test_requests_of_one_cluster_count_for_less(assistant):
    def interval(clusters):
        judged = [
            replace_cluster(hotel.judge(question(), called, assistant), cluster)
            for called, cluster in zip(made, clusters, strict=True)
        ]
        share = hotel.figures(judged)["shares"]["all"]["calls"]
        return share["high"] - share["low"]

    made = [Called(calls=(STATUS,))] * 10 + [Called()] * 10
    assert interval(["a"] * 10 + ["b"] * 10) > interval(range(20))


def replace_cluster(judged, cluster):
    return {**judged, "cluster": str(cluster)}


def test_the_requests_of_a_test_part_are_not_shown(tmp_path):
    path = tmp_path / "calls_test.jsonl"
    path.write_text(question().model_dump_json() + "\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="requests of a test part are not shown"):
        hotel.main(["--dataset", str(path), "--failures"])


def test_scoring_a_test_part_is_noted_in_the_log(tmp_path):
    path = tmp_path / "datasets" / "calls_test.jsonl"
    path.parent.mkdir()
    path.write_text(question().model_dump_json() + "\n", encoding="utf-8")
    settings = load_settings().model_copy(update={"workspace": tmp_path})
    hotel.note_look(settings, path, "run-1", "m", 1)
    hotel.note_look(settings, path, "run-1", "m", 1)
    [line] = (tmp_path / "evals" / "looks.jsonl").read_text(encoding="utf-8").splitlines()
    look = json.loads(line)
    assert (look["dataset"], look["suite"], look["n"]) == ("datasets/calls_test.jsonl", "tools", 1)
