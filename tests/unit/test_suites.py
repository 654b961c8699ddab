import pytest

from workbench.errors import UnknownNameError, UsageError
from workbench.evaluation.suites.kinds import KINDS
from workbench.evaluation.suites.loading import find_suite, list_suites, load_suite
from workbench.evaluation.suites.overrides import Overrides, chosen_suite

GOOD = """\
kind: answers
description: The hotel's answers.
dataset: datasets/hotel.jsonl
variants:
  - name: short
    settings: {answer.context_chars: 400}
  - name: long
gate:
  answer_accuracy: {margin: 5, floor: 80}
critical_tags: [safety]
"""


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "evals").mkdir()
    (tmp_path / "evals" / "hotel.yaml").write_text(GOOD)
    return tmp_path


def wrong(workspace, text):
    path = workspace / "evals" / "bad.yaml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        load_suite(path)
    return caught.value.one_line().replace(str(path), "bad.yaml")


def test_a_suite_is_named_after_its_file(workspace):
    suite = find_suite(workspace, "hotel")
    assert (suite.name, suite.kind) == ("hotel", "answers")
    assert suite.gate["answer_accuracy"].floor == 80
    assert [variant.name for variant in suite.variants] == ["short", "long"]
    assert suite.measured() == KINDS["answers"]


def test_the_generic_suites_need_no_file(workspace):
    assert {"answers", "retrieval", "routing", "latency", "cost", "hotel"} == set(
        list_suites(workspace)
    )
    assert find_suite(workspace, "cost").kind == "cost"


def test_an_unknown_suite_names_the_nearest(workspace):
    with pytest.raises(UnknownNameError) as caught:
        find_suite(workspace, "hotle")
    assert caught.value.one_line().startswith("there is no suite 'hotle': did you mean hotel")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("critical_tags", "critcal_tags"), "line 10: unknown key 'critcal_tags'"),
        (GOOD.replace("critical_tags", "critcal_tags"), "the nearest is 'critical_tags'"),
        (GOOD.replace("margin: 5", "margn: 5"), "line 9: unknown key 'gate.answer_accuracy.margn'"),
        (GOOD.replace("margin: 5", "margn: 5"), "the nearest is 'margin'"),
        (GOOD.replace("margin: 5", "margin: -5"), "key 'gate.answer_accuracy.margin'"),
        (GOOD.replace("  - name: long", "  - nam: long"), "line 7: unknown key 'variants.1.nam'"),
        (GOOD.replace("name: long", "name: short"), "each variant needs a name of its own"),
        (GOOD.replace("kind: answers", "kind: answer"), "line 1: key 'kind'"),
        (GOOD.replace("kind: answers", "kind: answer"), "the nearest is 'answers'"),
        (GOOD.replace("kind: answers\n", ""), "key 'kind' is missing"),
        (GOOD + "metrics: [answer_acuracy]\n", "there is no metric 'answer_acuracy'"),
        (GOOD + "metrics: [answer_acuracy]\n", "the nearest is 'answer_accuracy'"),
        (GOOD + "metrics: [answer_f1]\n", "the gate names 'answer_accuracy', which is not"),
        (GOOD + "repeats: 0\n", "line 11: key 'repeats'"),
        (GOOD + "kind: cost\n", "line 11: key 'kind' is there twice"),
        (GOOD.replace("margin: 5", "margin: 5, margin: 6"), "line 9: key 'margin' is there twice"),
        (GOOD.replace("floor: 80", "floor: .nan"), "key 'gate.answer_accuracy.floor'"),
        (GOOD.replace("floor: 80", "floor: 0.8"), "the floor 0.8 of 'answer_accuracy' is not in"),
        ("kind: retrieval\nmetrics: [answer_f1]\n", "cannot measure 'answer_f1'"),
        ("kind: answers\nmetrics: [oos_recall]\n", "cannot measure 'oos_recall'"),
        (GOOD + "concurrency: 999\n", "from 1 to 256"),
        ("- kind\n", "line 1: not a mapping"),
        ("kind: [answers\n", "not valid YAML"),
        ("", "line 1: not a mapping"),
    ],
)
def test_a_malformed_suite_names_file_line_and_key(workspace, text, message):
    line = wrong(workspace, text)
    assert message in line
    assert line.startswith("bad.yaml, line ")


def test_a_suite_that_cannot_be_read_is_one_line(workspace):
    with pytest.raises(UsageError, match="No such file"):
        load_suite(workspace / "none.yaml")
    (workspace / "evals" / "latin.yaml").write_bytes(b"kind: caf\xe9")
    with pytest.raises(UsageError, match="not UTF-8"):
        load_suite(workspace / "evals" / "latin.yaml")


def test_the_command_line_overrides_and_multiplies_variants(workspace, monkeypatch):
    monkeypatch.chdir(workspace)
    suite = chosen_suite(
        workspace,
        "answers",
        Overrides(
            dataset=workspace / "q.jsonl",
            models=["a", "b"],
            settings=["retrieval.top_k=3,5", "answer.max_tokens=50"],
        ),
    )
    assert [variant.name for variant in suite.variants] == [
        "a_top_k-3_max_tokens-50",
        "a_top_k-5_max_tokens-50",
        "b_top_k-3_max_tokens-50",
        "b_top_k-5_max_tokens-50",
    ]
    assert suite.variants[1].settings == {"retrieval.top_k": "5", "answer.max_tokens": "50"}
    assert suite.definition(workspace)["dataset"] == "q.jsonl"


def test_paths_of_a_file_are_the_workspaces_and_outside_paths_stay_private(workspace, tmp_path):
    suite = chosen_suite(workspace, "hotel", Overrides(corpus=tmp_path.parent / "mine"))
    assert suite.dataset == workspace / "datasets" / "hotel.jsonl"
    assert suite.definition(workspace)["dataset"] == "datasets/hotel.jsonl"
    assert suite.definition(workspace)["corpus"] == "mine"


def test_smoke_takes_the_smallest_model(workspace):
    suite = chosen_suite(workspace, "hotel", Overrides(smoke=True))
    assert {variant.model for variant in suite.variants} == {"smollm2-135m-instruct"}


@pytest.mark.parametrize("option", ["top_k", "=3", "retrieval.top_k=", "retrieval.top_k=,"])
def test_a_malformed_set_is_one_line(workspace, option):
    with pytest.raises(UsageError, match=r"--set .* cannot be read"):
        chosen_suite(workspace, "hotel", Overrides(settings=[option]))


def test_metrics_of_the_command_line_leave_the_gate_behind(workspace):
    suite = chosen_suite(workspace, "hotel", Overrides(metrics=["mrr"]))
    assert suite.measured() == ("mrr",)
    assert suite.gate == {}
    with pytest.raises(UsageError, match="no metric 'mr'"):
        chosen_suite(workspace, "hotel", Overrides(metrics=["mr"]))


def test_variants_of_the_command_line_have_names_that_a_file_may_have(workspace):
    models = ["Org/Model 7B", "org/model 7b", "m" * 90]
    suite = chosen_suite(workspace, "hotel", Overrides(models=models))
    again = type(suite).model_validate(suite.model_dump())
    assert [variant.model for variant in again.variants[:3]] == models
    assert again.variants[0].name == "short_org-model-7b_context_chars-400-1"


def test_suites_of_a_folder_are_called_after_it_and_other_files_there_are_no_suites(tmp_path):
    folder = tmp_path / "evals" / "hotel"
    folder.mkdir(parents=True)
    (folder / "release.yaml").write_text("kind: retrieval\ndataset: q.jsonl\n")
    (folder / "words.yaml").write_text("faults: [a]\n")
    (folder / "broken.yaml").write_bytes(b"kind: \xff")
    assert [name for name, path in list_suites(tmp_path).items() if path] == ["hotel-release"]
    assert find_suite(tmp_path, "hotel-release").name == "hotel-release"
    assert find_suite(tmp_path, str(folder / "release.yaml")).name == "hotel-release"


def test_a_suite_of_the_workspace_wins_over_the_generic_one_of_its_name(tmp_path):
    (tmp_path / "evals").mkdir()
    own = tmp_path / "evals" / "answers.yaml"
    own.write_text("kind: answers\ndescription: our own\n")
    assert find_suite(tmp_path, "answers").description == "our own"
