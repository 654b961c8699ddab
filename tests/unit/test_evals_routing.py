"""The files of public routing sets: no text, and no translation of it, is in two of them."""

import json

import pytest

from evals.routing import public
from evals.routing.recipe import Remembered
from workbench.errors import ConfigError, UnknownNameError


@pytest.fixture
def data(tmp_path, monkeypatch):
    root = tmp_path / "public"
    (root / "xsid_id").mkdir(parents=True)
    for lang in ("id", "en"):
        records = [
            {"text": f"{lang} {n}", "intent": "a", "tokens": [], "tags": []} for n in range(200)
        ]
        lines = "\n".join(map(json.dumps, records))
        (root / "xsid_id" / f"{lang}.valid.jsonl").write_text(lines)
    (root / "banking77").mkdir()
    rows = [f'"Where is it, {n}?",card' for n in range(200)] + ['"WHERE  is it, 7?",card']
    (root / "banking77" / "train.csv").write_text("\n".join(["text,category", *rows]))
    monkeypatch.setenv("WORKBENCH_PUBLIC_DATA", str(root))
    return root


def read(folder):
    return {
        part: [json.loads(line) for line in (folder / f"{part}.jsonl").read_text().splitlines()]
        for part, _ in public.PARTS
    }


def test_a_text_that_occurs_twice_stays_in_one_file(data, tmp_path):
    counts = public.convert("banking77", tmp_path / "out")
    assert sum(counts.values()) == 201 and min(counts.values()) > 10
    holding = [
        part
        for part, examples in read(tmp_path / "out").items()
        for each in examples
        if each["text"].casefold().split() == ["where", "is", "it,", "7?"]
    ]
    assert len(holding) == 2 and len(set(holding)) == 1


@pytest.mark.parametrize(("name", "languages"), [("xsid_en", {"en"}), ("xsid_both", {"en", "id"})])
def test_no_tested_sentence_is_learned_in_either_language(data, tmp_path, name, languages):
    public.convert(name, tmp_path / name)
    files = {
        part: {each["id"].partition("/")[2] for each in examples}
        for part, examples in read(tmp_path / name).items()
    }
    assert not files["train"] & (files["validation"] | files["held"])
    assert not files["validation"] & files["held"]
    assert {each["lang"] for each in read(tmp_path / name)["train"]} == languages
    assert {each["lang"] for each in read(tmp_path / name)["held"]} == {"id"}


def test_both_ways_of_training_are_tested_on_the_same_sentences(data, tmp_path):
    for name in ("xsid_en", "xsid_both"):
        public.convert(name, tmp_path / name)
    assert read(tmp_path / "xsid_en")["held"] == read(tmp_path / "xsid_both")["held"]


def test_what_is_not_there_is_said(data, tmp_path):
    with pytest.raises(UnknownNameError, match="no set 'x'"):
        public.convert("x", tmp_path)
    with pytest.raises(ConfigError, match="the data of snips are missing"):
        public.convert("snips", tmp_path)


class Counting:
    name, dimension = "counting", 1

    def __init__(self):
        self.asked = 0

    def embed_passages(self, texts):
        self.asked += len(texts)
        return [[float(len(text))] for text in texts]


def test_every_text_is_encoded_once(tmp_path):
    encoder = Counting()
    assert Remembered(encoder, tmp_path).embed_passages(["a", "bb", "a"]) == [[1.0], [2.0], [1.0]]
    assert Remembered(encoder, tmp_path).embed_passages(["ccc", "bb"]) == [[3.0], [2.0]]
    assert encoder.asked == 3
