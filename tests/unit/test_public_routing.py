import json

import pytest

from workbench.engine.routing.examples import load_examples
from workbench.errors import ConfigError, UnknownNameError
from workbench.evaluation.public_routing import convert, main
from workbench.evaluation.retrieval_sets import VARIABLE, public_data


@pytest.fixture
def data(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    for name in ("clinc150", "xsid_id", "nlupp"):
        (folder / name).mkdir(parents=True)
    monkeypatch.setenv(VARIABLE, str(folder))
    return folder


def write(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def test_texts_out_of_scope_have_no_label(data, tmp_path):
    whole = {
        "train": [["hello", "greet"], ["bye", "leave"]],
        "val": [["hi", "greet"]],
        "oos_train": [["what is pi", "oos"]],
        "oos_val": [["who is he", "oos"]],
    }
    write(data / "clinc150" / "data_full_train_val.json", whole)
    assert convert("clinc150", tmp_path / "out") == {"train": 3, "val": 2}
    train = load_examples(tmp_path / "out" / "train.jsonl")
    assert [(e.text, e.labels) for e in train] == [
        ("hello", ["greet"]),
        ("bye", ["leave"]),
        ("what is pi", []),
    ]


def test_slots_become_fields_and_languages_share_ids(data, tmp_path):
    tags = ["O", "B-datetime", "I-datetime", "I-place", "B-datetime", "B-place"]
    tokens = ["rain", "this", "week", "x", "now", "Hue"]
    record = {"text": "rain this week x now Hue", "intent": "find", "tags": tags, "tokens": tokens}
    for lang in ("id", "en"):
        write(data / "xsid_id" / f"{lang}.valid.jsonl", record)
    assert convert("xsid_id", tmp_path / "out") == {"id": 1, "en": 1}
    [indonesian], [english] = (
        load_examples(tmp_path / "out" / f"{lang}.jsonl") for lang in ("id", "en")
    )
    assert indonesian.id == english.id
    assert (indonesian.lang, english.lang) == ("id", "en")
    assert english.fields == {"datetime": "this week", "place": "Hue"}


def test_folds_become_parts_and_messages_without_purpose_are_left_out(data, tmp_path):
    for fold in range(10):
        records = [
            {"text": "cancel my room", "intents": ["cancel", "room"]},
            {"text": "tomorrow", "slots": {"date": {"text": "tomorrow"}}},
        ]
        path = data / "nlupp" / f"hotels_fold{fold}.json"
        path.write_text(json.dumps(records), encoding="utf-8")
    assert convert("nlupp_hotels", tmp_path / "out") == {"train": 8, "val": 2}
    val = load_examples(tmp_path / "out" / "val.jsonl")
    assert {tuple(example.labels) for example in val} == {("cancel", "room")}


def test_missing_data_and_unknown_names_are_said(data, tmp_path, monkeypatch):
    with pytest.raises(UnknownNameError, match="no set 'x'"):
        convert("x", tmp_path)
    with pytest.raises(ConfigError, match="the data of clinc150 are missing"):
        convert("clinc150", tmp_path)
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(SystemExit, match=VARIABLE):
        main(["clinc150", str(tmp_path)])


def real_data():
    try:
        return public_data()
    except ConfigError:
        return None


@pytest.mark.skipif(real_data() is None, reason=f"{VARIABLE} names no folder of public data")
@pytest.mark.parametrize(
    ("name", "counts", "labels"),
    [
        ("clinc150", {"train": 15_100, "val": 3_100}, 150),
        ("xsid_id", {"id": 300, "en": 300}, 16),
        ("nlupp_hotels", {"train": 289, "val": 79}, 40),
    ],
)
def test_the_real_sets_convert_whole(name, counts, labels, tmp_path):
    assert convert(name, tmp_path) == counts
    examples = [e for part in counts for e in load_examples(tmp_path / f"{part}.jsonl")]
    assert len({label for example in examples for label in example.labels}) <= labels
    if name == "clinc150":
        assert sum(not example.labels for example in examples) == 200


@pytest.mark.skipif(real_data() is None, reason=f"{VARIABLE} names no folder of public data")
def test_one_seed_takes_the_same_texts_in_both_languages(tmp_path):
    assert convert("xsid_id", tmp_path, limit=20, seed=3) == {"id": 20, "en": 20}
    first, second = (load_examples(tmp_path / f"{lang}.jsonl") for lang in ("id", "en"))
    assert [e.id for e in first] == [e.id for e in second]
