"""Labels of people: the public sets as their page counts them, one's own files, and the samples."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from workbench.errors import ConfigError, UnknownNameError, UsageError
from workbench.evaluation.judges.labelled import SETS, Label, load_own, load_public
from workbench.evaluation.judges.labelled.evouna import forms
from workbench.evaluation.judges.sampling import draw, half
from workbench.evaluation.retrieval_sets import VARIABLE, public_data


@pytest.fixture
def public():
    try:
        return public_data()
    except ConfigError as error:
        pytest.skip(error.one_line())


def load(name, public):
    if not (public / {"ragchecker": "ragchecker_meta"}.get(name, name)).is_dir():
        pytest.skip(f"the data of {name} are not here")
    return load_public(name)


@pytest.mark.parametrize("name", SETS)
def test_every_label_of_a_public_set_can_be_judged(name, public):
    loaded = load(name, public)
    assert loaded.kind == SETS[name][0]
    ids = [label.id for label in loaded.labels]
    assert len(set(ids)) == len(ids)
    needed = {
        "correctness": ("question", "facts"),
        "faithfulness": ("contexts", "answer"),
        "preference": ("question",),
    }[loaded.kind]
    for label in loaded.labels:
        assert all(getattr(label, key) for key in (*needed, "cluster"))
        assert label.answer or not label.truth  # a system may have said nothing
        assert label.truth in (True, False)


def test_evouna_holds_five_verdicts_on_1800_questions(public):
    labels = load("evouna", public).labels
    assert len(labels) == 9000
    assert Counter(label.stratum for label in labels)["NQ/fid"] == 900
    right = Counter(label.stratum for label in labels if label.truth)
    assert right["NQ/fid"] == 621
    assert right["TQ/gpt4"] == 821


def test_mtrag_holds_the_answers_on_which_raters_agree(public):
    labels = load("mtrag", public).labels
    # 279 rated answers, less 6 turns without passages (18) and 3 ties
    assert len(labels) == 279 - 18 - 3
    assert set(Counter(label.stratum for label in labels)) == {
        "reference", "llama-3.1-405b-instruct", "gpt-4o",
    }  # fmt: skip


def test_qags_holds_482_sentences_of_232_articles(public):
    labels = load("qags", public).labels
    assert len(labels) == 482
    assert len({label.cluster for label in labels}) == 232
    assert sum(label.truth for label in labels) / len(labels) == pytest.approx(0.68, abs=0.005)


def test_ragchecker_holds_the_pairs_that_do_not_come_out_even(public):
    labels = load("ragchecker", public).labels
    # 137 pairs, less 22 that both find equal and 12 on which they are opposed
    assert len(labels) == 137 - 22 - 12
    assert all(label.reference for label in labels)


def test_llmbar_holds_its_199_pairs(public):
    labels = load("llmbar", public).labels
    assert Counter(label.stratum for label in labels) == {
        "Natural": 58, "Neighbor": 56, "GPTInst": 48, "GPTOut": 21, "Manual": 16,
    }  # fmt: skip


def test_the_forms_of_a_golden_answer_are_cut_at_slashes():
    assert forms('UK/"the UK"/🏄/ UK') == ("UK", "the UK")


def test_an_unknown_set_and_missing_data_are_told(tmp_path, monkeypatch):
    with pytest.raises(UnknownNameError, match="no set 'evuna'"):
        load_public("evuna")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(ConfigError, match="the data of qags are missing"):
        load_public("qags")
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(ConfigError, match=VARIABLE):
        load_public("qags")


RIGHT = {
    "id": "1", "kind": "correctness", "question": "q", "references": ["r"], "answer": "a",
    "label": True,
}  # fmt: skip
SUPPORTED = {"id": "1", "kind": "faithfulness", "contexts": ["c"], "answer": "a", "label": False}
BETTER = {
    "id": "1", "kind": "preference", "question": "q", "answer": "a", "other": "b",
    "label": "second",
}  # fmt: skip


def written(tmp_path, *lines):
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(f"{x if isinstance(x, str) else json.dumps(x)}\n" for x in lines))
    return path


def test_ones_own_labels_are_read(tmp_path):
    own = load_own(
        written(tmp_path, RIGHT, "", {**RIGHT, "id": "2", "cluster": "x", "tags": ["t"]})
    )
    assert (own.name, own.kind) == ("own-mine", "correctness")
    first, second = own.labels
    assert (first.truth, first.facts, first.cluster) == (True, (("r",),), "1")
    assert (second.cluster, second.stratum) == ("x", "t")
    assert load_own(written(tmp_path, SUPPORTED)).labels[0].contexts == ("c",)
    better = load_own(written(tmp_path, {**BETTER, "references": ["r"]})).labels[0]
    assert (better.truth, better.other, better.reference) == (False, "b", "r")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: not valid JSON"),
        ("[]", "line 2: not a JSON object"),
        ({**RIGHT, "id": ""}, "line 2: key 'id'"),
        ({**RIGHT, "kind": "correct"}, "line 2: key 'kind'"),
        ({**RIGHT, "anser": "x"}, "line 2: unknown key 'anser': the nearest is 'answer'"),
        ({**RIGHT, "label": "yes", "id": "2"}, "line 2: key 'label': true or false"),
        ({**RIGHT, "label": 1, "id": "2"}, "line 2: key 'label'"),
        ({**RIGHT, "references": [], "id": "2"}, "line 2: key 'references' is missing"),
        ({**RIGHT, "references": ["..."], "id": "2"}, "line 2: the reference '...' holds no word"),
        ({**SUPPORTED, "contexts": [], "id": "2"}, "line 2: key 'contexts' is missing"),
        ({**BETTER, "other": "", "id": "2"}, "line 2: key 'other' is missing"),
        ({**BETTER, "label": True, "id": "2"}, "line 2: key 'label': 'first' or 'second'"),
        ({key: value for key, value in RIGHT.items() if key != "label"}, "key 'label' is missing"),
        (RIGHT, "line 2: id '1' is there twice"),
        ({**SUPPORTED, "id": "2"}, "line 2: kind 'faithfulness' after 'correctness'"),
    ],
)
def test_a_bad_line_is_told_in_one_line_with_its_number(tmp_path, line, said):
    with pytest.raises(UsageError) as caught:
        load_own(written(tmp_path, RIGHT, line))
    assert said in caught.value.one_line()
    assert "\n" not in caught.value.one_line()


def test_a_file_without_labels_is_refused(tmp_path):
    with pytest.raises(UsageError, match="holds no label"):
        load_own(written(tmp_path))
    with pytest.raises(UsageError, match="cannot read"):
        load_own(tmp_path / "none.jsonl")
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="UTF-8"):
        load_own(tmp_path / "bytes.jsonl")


def many(n, share=0.8):
    return [
        Label(
            id=str(number),
            cluster=str(number // 2),
            stratum="ab"[number % 2],
            truth=number < n * share,
            answer="x",
        )
        for number in range(n)
    ]


def test_a_sample_is_fixed_and_keeps_the_strata():
    labels = many(1000)
    sample = draw(labels, 300)
    assert [label.id for label in sample] == [label.id for label in draw(labels[::-1], 300)]
    assert len({label.id for label in sample}) == 300
    strata = Counter((label.stratum, label.truth) for label in sample)
    assert strata == {("a", True): 120, ("b", True): 120, ("a", False): 30, ("b", False): 30}
    assert {label.id for label in sample} != {label.id for label in draw(labels, 300, seed=8)}


def test_a_sample_of_an_odd_size_has_that_size():
    assert len(draw(many(1000), 7)) == 7
    assert len(draw(many(10), 300)) == 10


def test_no_cluster_is_in_both_halves():
    labels = many(1000)
    tuning, card = half(labels, "tuning"), half(labels, "card")
    assert len(tuning) + len(card) == 1000
    assert not {label.cluster for label in tuning} & {label.cluster for label in card}
    assert 400 < len(tuning) < 600


def test_a_labels_half_stays_when_others_are_added():
    few, more = many(100), [replace(label, id=f"x{label.id}") for label in many(400)]
    assert half(few, "card") == [label for label in half([*more, *few], "card") if label in few]
