"""A calibration from end to end: labels, a scripted judge, the card, and who may trust it."""

import json
import random

import pytest
from fixtures.judge_server import JudgeServer, Reply, last_message, says

from workbench.errors import UsageError
from workbench.evaluation.judges import client
from workbench.evaluation.judges.calibration import Plan, calibrate
from workbench.evaluation.judges.cards import read_cards, write_card
from workbench.evaluation.judges.client import Judge
from workbench.evaluation.judges.correction import corrected_score
from workbench.evaluation.judges.fitness import why_unfit
from workbench.evaluation.judges.labelled import Label, LabelledSet
from workbench.evaluation.judges.subjects import AnswerMetricSubject, JudgeSubject

SERVED = {
    "server": "vllm 1", "model": "scripted", "weights": "w", "weights_sha256": "ab",
    "quantisation": "bf16",
}  # fmt: skip
SILENT = Plan()


def quiet(_):
    """Take no notice of progress."""


def correctness_set(n=400, prevalence=0.6):
    """Return labels whose references say nothing: no free rule can agree with people."""
    chance = random.Random(1)
    labels = [
        Label(
            id=str(number),
            cluster=str(number),
            stratum="s",
            truth=chance.random() < prevalence,
            question=f"question {number}?",
            facts=(("unheard",),),
            answer=f"answer {number}",
        )
        for number in range(n)
    ]
    return LabelledSet("mine", "correctness", tuple(labels))


def errs(labelled, sensitivity, specificity):
    """Return a scripted judge with known errors; padding an answer does not change its mind."""
    chance = random.Random(2)
    verdicts = {
        f"answer {label.id}": "right"
        if chance.random() < (sensitivity if label.truth else 1 - specificity)
        else "wrong"
        for label in labelled.labels
    }

    def answer(request):
        said = last_message(request).partition("Answer: ")[2].partition(" It is worth")[0]
        return says(verdicts[said])

    return answer


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(client, "_PAUSE_S", 0.0)
    with JudgeServer().running() as running:
        yield running


@pytest.fixture
async def judge(server):
    opened = Judge(server.endpoint, SERVED)
    yield opened
    await opened.close()


async def test_a_judge_with_known_errors_gets_the_card_it_deserves(server, judge, tmp_path):
    labelled = correctness_set()
    server.answer = errs(labelled, sensitivity=0.9, specificity=0.8)
    card = await calibrate(JudgeSubject("j", judge), labelled, SILENT, quiet)
    assert card["sensitivity"]["low"] < 0.9 < card["sensitivity"]["high"]
    assert card["specificity"]["low"] < 0.8 < card["specificity"]["high"]
    assert (card["judge"], card["set"], card["metric"]) == ("j", "mine", "judged_correctness")
    assert (card["fit"], card["why"]) == (True, "")
    assert card["n"] == card["scored"] == card["sample"]["labels"]
    assert card["verbosity_bias"]["value"] == 0.0
    assert card["verbosity_bias"]["n"] > 20
    good = round(1000 * (0.3 * 0.9 + 0.7 * 0.2))
    found = corrected_score(good, 1000, card)
    assert found.low < 0.3 < found.high
    write_card(tmp_path, card)
    assert why_unfit("judged_correctness", judge.identity, tmp_path) == ""


async def test_a_card_comes_from_the_half_that_tuned_nothing(server, judge):
    labelled = correctness_set(100)
    server.answer = errs(labelled, 0.9, 0.9)
    card = await calibrate(JudgeSubject("j", judge), labelled, SILENT, quiet)
    asked = {last_message(request) for request in server.asked}
    server.asked.clear()
    tuned = await calibrate(JudgeSubject("j", judge), labelled, Plan(half="tuning"), quiet)
    also = {last_message(request) for request in server.asked}
    assert not asked & also
    assert card["sample"]["labels"] + tuned["sample"]["labels"] == 100
    assert card["sample"]["sha256"] != tuned["sample"]["sha256"]


async def test_padding_that_turns_verdicts_is_told(server, judge):
    labelled = correctness_set(100)
    plain = errs(labelled, 1.0, 1.0)
    server.answer = lambda request: (
        says("right") if "It is worth pausing" in last_message(request) else plain(request)
    )
    card = await calibrate(JudgeSubject("j", judge), labelled, SILENT, quiet)
    assert card["verbosity_bias"]["value"] == 1.0
    assert card["kappa"]["value"] == 1.0


async def test_garbage_replies_lower_coverage_and_never_count_as_verdicts(server, judge):
    labelled = correctness_set(200)
    plain = errs(labelled, 1.0, 1.0)
    server.answer = lambda request: (
        Reply("garbage") if last_message(request).endswith(("1", "3")) else plain(request)
    )
    card = await calibrate(JudgeSubject("j", judge), labelled, SILENT, quiet)
    assert card["statuses"]["judge_parse"] == card["n"] - card["scored"] > 0
    assert card["kappa"]["value"] == 1.0
    assert not card["fit"]
    assert "of the labels were scored" in card["why"]


async def test_pairs_and_contexts_are_calibrated_too(server, judge):
    pairs = [
        Label(
            id=str(n), cluster=str(n), stratum="", truth=n % 3 > 0, question="q",
            answer="good" if n % 3 else "bad", other="bad" if n % 3 else "good",
        )
        for n in range(60)
    ]  # fmt: skip
    server.answer = lambda request: says(
        "A" if last_message(request).index("good") < last_message(request).index("bad") else "B"
    )
    card = await calibrate(
        JudgeSubject("j", judge), LabelledSet("p", "preference", tuple(pairs)), SILENT, quiet
    )
    assert (card["kappa"]["value"], card["position_bias"]["value"]) == (1.0, 0.0)
    assert sum(card["counts"].values()) == 2 * card["n"]
    claims = [
        Label(
            id=str(n), cluster=str(n), stratum="", truth=n % 2 > 0, contexts=("The text.",),
            answer=f"The claim {n} is {'true' if n % 2 else 'false'}.",
        )
        for n in range(60)
    ]  # fmt: skip
    server.answer = lambda request: says(
        "supported" if last_message(request).endswith("true.") else "unsupported"
    )
    card = await calibrate(
        JudgeSubject("j", judge), LabelledSet("c", "faithfulness", tuple(claims)), SILENT, quiet
    )
    assert (card["kappa"]["value"], card["metric"]) == (1.0, "judged_faithfulness")


async def test_the_judge_free_metric_gets_the_same_card_and_need_not_beat_a_rule():
    labels = [
        Label(
            id=str(n), cluster=str(n), stratum="", truth=n % 4 > 0, question="q",
            facts=(("Paris",),), answer="It is Paris." if n % 4 else "It is Rome.",
        )
        for n in range(80)
    ]  # fmt: skip
    labelled = LabelledSet("m", "correctness", tuple(labels))
    card = await calibrate(AnswerMetricSubject(), labelled, SILENT, quiet)
    assert (card["judge"], card["metric"], card["fit"]) == ("answer_accuracy",) * 2 + (True,)
    assert card["free_rule"]["name"] != "contains the reference"
    with pytest.raises(UsageError, match="says nothing of preference"):
        await calibrate(AnswerMetricSubject(), LabelledSet("m", "preference", ()), SILENT, quiet)


async def test_labels_of_one_verdict_calibrate_nothing(judge):
    labelled = correctness_set(50, prevalence=1.0)
    with pytest.raises(UsageError, match="not of both verdicts"):
        await calibrate(JudgeSubject("j", judge), labelled, SILENT, quiet)


async def test_a_card_holds_nothing_of_the_labels_text(server, judge):
    labelled = correctness_set(60)
    server.answer = errs(labelled, 0.9, 0.9)
    text = json.dumps(await calibrate(JudgeSubject("j", judge), labelled, SILENT, quiet))
    assert len(text) < 6000
    assert not any(part in text for part in ("question ", "answer 1", "unheard"))


def card_of(judge, **given):
    identity = JudgeSubject("j", judge).identity("correctness")
    kappa = {"value": 0.2, "low": 0.1, "high": 0.3}
    return {
        "judge": "j", "set": "mine", "metric": "judged_correctness", "fit": True, "why": "",
        "kappa": kappa, "identity": identity, **given,
    }  # fmt: skip


def test_a_judge_is_fit_by_its_own_cards_alone(server, tmp_path):
    judge = Judge(server.endpoint, SERVED)

    def why(**served):
        return why_unfit(
            "judged_correctness", Judge(server.endpoint, {**SERVED, **served}).identity, tmp_path
        )

    assert "no card; run: workbench judge calibrate scripted" in why()
    write_card(tmp_path, card_of(judge))
    assert why() == ""
    assert why(server="vllm 2") == ""
    assert "other weights or another prompt" in why(weights_sha256="cd")
    assert "no card" in why(model="another")
    assert "no card" in why_unfit("judged_faithfulness", judge.identity, tmp_path)
    write_card(tmp_path, card_of(judge, set="other", fit=False, why="kappa 0.20 is low"))
    assert why() == "judged_correctness with scripted: unfit (other: kappa 0.20 is low)"


def test_another_prompt_needs_a_card_of_its_own(server, tmp_path):
    from workbench.evaluation.judges.prompt import load_prompt

    judge = Judge(server.endpoint, SERVED)
    write_card(tmp_path, card_of(judge))
    plain = judge.with_prompt("correctness", load_prompt("correctness_plain"))
    assert "another prompt" in why_unfit("judged_correctness", plain.identity, tmp_path)
    elsewhere = judge.with_prompt("faithfulness", load_prompt("faithfulness_plain"))
    assert why_unfit("judged_correctness", elsewhere.identity, tmp_path) == ""


def test_a_server_with_unknown_weights_is_known_by_its_address(server, tmp_path):
    remote = {"server": "http://a/v1", "model": "scripted"}
    write_card(tmp_path, card_of(Judge(server.endpoint, remote)))
    for address, fit in (("http://a/v1", True), ("http://b/v1", False)):
        judge = Judge(server.endpoint, {**remote, "server": address})
        assert (why_unfit("judged_correctness", judge.identity, tmp_path) == "") is fit


def test_metrics_without_a_judge_need_no_card_and_ragas_has_none(tmp_path):
    assert why_unfit("answer_accuracy", {}, tmp_path) == ""
    assert "no labelled set" in why_unfit("ragas_faithfulness", {"model": "m"}, tmp_path)


WRONG_TYPE = json.dumps({"judge": 1, "set": "s", "metric": "m", "fit": True, "why": "", "kappa": {},
                         "identity": {}})  # fmt: skip


@pytest.mark.parametrize("content", ["{", "[]", "{}", "null", WRONG_TYPE])
def test_a_file_that_is_no_card_is_told(tmp_path, content):
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(UsageError, match=r"x\.json is no judge card"):
        read_cards(tmp_path)


def test_a_folder_that_is_not_there_holds_no_cards(tmp_path):
    assert read_cards(tmp_path / "none") == []
