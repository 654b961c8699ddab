"""`workbench route` on an encoder that counts words."""

import json

import pytest
import typer
from fixtures.schemas import read_document
from test_routing_trained import BOOK, ELSE, POOL, Words
from typer.testing import CliRunner

from workbench.cli import route

SET = [(text, ["book"]) for text in BOOK]
SET += [(text, ["pool"]) for text in POOL]
SET += [(text, []) for text in ELSE]


def write(path, rows):
    lines = [
        json.dumps({"id": str(number), "text": text, "labels": labels})
        for number, (text, labels) in enumerate(rows)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def workbench(tmp_path, monkeypatch):
    (tmp_path / "workbench.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORKBENCH_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("workbench.engine.embeddings.load_embedder", lambda _: Words())
    app = typer.Typer()
    route.register(app)
    app.command("other")(print)  # a group alone would be the whole program
    return lambda *words, **more: CliRunner().invoke(app, ["route", *map(str, words)], **more)


@pytest.fixture
def trained(workbench, tmp_path):
    run = workbench("train", write(tmp_path / "set.jsonl", SET), "--name", "mine")
    assert run.exit_code == 0, run.stderr
    return workbench


@pytest.mark.parametrize(
    "words",
    [
        ("book a room", "--router", "mine"),
        ("--router", "mine", "book a room"),
        ("text", "book a room", "--router", "mine"),
    ],
)
def test_a_text_is_routed_with_or_without_the_command_before_it(trained, words):
    run = trained(*words)
    assert run.exit_code == 0
    assert run.stdout.startswith("book  confidence ")


def test_a_text_that_is_a_command_follows_the_word_text(trained):
    assert "unsure" in trained("text", "list", "--router", "mine").stdout or (
        "out of scope" in trained("text", "list", "--router", "mine").stdout
    )
    assert trained("list").stdout.startswith("mine v1")


def test_a_route_is_one_document(trained):
    told = read_document("route text", trained("pool open", "--router", "mine", "--json").stdout)
    assert (told["router"], told["labels"], told["method"]) == ("mine", ["pool"], "trained")


@pytest.mark.parametrize("text", ["", "😀😀"])
def test_a_text_without_words_is_unsure(trained, text):
    run = trained("text", text, "--router", "mine", "--json")
    assert run.exit_code == 0
    told = read_document("route text", run.stdout)
    assert (told["outcome"], told["labels"], told["confidence"]) == ("unsure", [], 0.0)


def test_a_very_long_text_from_a_pipe_is_unsure(trained):
    run = trained("-", "--router", "mine", input="book a room " * 1_000)
    assert run.exit_code == 0
    assert run.stdout.startswith("unsure, perhaps")
    assert "was not read" in run.stderr


def test_training_prints_the_card_and_a_second_one_is_the_next_version(trained, tmp_path):
    run = trained("train", tmp_path / "set.jsonl", "--name", "mine", "--json")
    card = read_document("route train", run.stdout)
    assert (card["version"], card["data"]["labels"]) == (2, {"book": 7, "pool": 7})
    assert (card["data"]["out_of_scope"], card["validation"]["n"]) == (7, 21)
    assert read_document("route list", trained("list", "--json").stdout) == [card]
    assert (tmp_path / ".workbench" / "routers" / "mine" / "weights.safetensors").is_file()


def test_evaluating_counts_what_was_right(trained, tmp_path):
    rows = [(BOOK[0], ["book"]), (POOL[0], ["book"]), (ELSE[0], []), (BOOK[1], [])]
    told = read_document(
        "route eval", trained("eval", "mine", write(tmp_path / "t.jsonl", rows), "--json").stdout
    )
    assert told["accuracy"]["value"] == 0.5 and told["accuracy"]["n"] == 4
    assert told["in_scope_accuracy"]["value"] == 0.5
    assert (told["oos_recall"]["value"], told["oos_precision"]["value"]) == (0.5, 1.0)
    assert [row["label"] for row in told["labels"]] == ["book"]
    assert told["confusion"] == [
        {"expected": [], "given": ["book"], "count": 1},
        {"expected": ["book"], "given": ["pool"], "count": 1},
    ]


def test_evaluating_without_a_text_out_of_scope_leaves_those_figures_null(trained, tmp_path):
    path = write(tmp_path / "t.jsonl", [(BOOK[0], ["book"])])
    told = read_document("route eval", trained("eval", "mine", path, "--json").stdout)
    assert told["oos_recall"] == {"value": None, "low": None, "high": None, "n": 0}
    assert "oos_recall         - (n 0)" in trained("eval", "mine", path).stdout


def test_a_removed_router_is_gone(trained):
    assert trained("remove", "mine").exit_code == 0
    run = trained("list")
    assert (run.exit_code, run.stdout) == (0, "")
    assert "there is no router yet" in run.stderr
    assert trained("remove", "mine").exit_code == 2


def test_odd_examples_are_told_and_the_rest_is_learned(workbench, tmp_path):
    path = write(tmp_path / "odd.jsonl", [*SET, (BOOK[0], ["pool"]), ("park my car", ["parking"])])
    run = workbench("train", path, "--name", "odd")
    assert run.exit_code == 0
    assert "2 examples are left out, since the same text has other labels" in run.stderr
    assert "1 labels have one example" in run.stderr and "parking" in run.stderr


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("book", ["book"])], "two kinds"),
        ([("book", ["book"]), ("pool", ["pool"])], "too few"),
    ],
)
def test_what_cannot_be_learned_from_is_one_line(workbench, tmp_path, rows, said):
    run = workbench("train", write(tmp_path / "few.jsonl", rows), "--name", "few")
    assert run.exit_code == 2
    assert said in run.stderr.splitlines()[-1]
    assert not (tmp_path / ".workbench" / "routers" / "few").exists()


def one_line(run):
    assert run.exit_code == 2
    (line,) = [line for line in run.stderr.splitlines() if line.startswith("workbench: ")]
    return line


def test_a_label_that_the_router_does_not_know_is_named(trained, tmp_path):
    path = write(tmp_path / "t.jsonl", [("book a room", ["boook"])])
    line = one_line(trained("eval", "mine", path))
    assert "knows no label 'boook'" in line and "'book'" in line and "id '0'" in line


def test_a_broken_line_is_named_by_its_number(trained, tmp_path):
    path = tmp_path / "broken.jsonl"
    path.write_text('{"id": "1", "text": "x", "labels": []}\n{"id": \n')
    assert "line 2: not valid JSON" in one_line(trained("eval", "mine", path))
    assert "line 2: not valid JSON" in one_line(trained("train", path, "--name", "x"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("hello", "--router", "none"), "there is no router 'none'"),
        (("hello", "--router", "../mine"), "there is no router '../mine'"),
        (("hello", "--router", "mine", "--assistant", "hotel"), "two who could route"),
        (("hello", "--assistant", "nobody"), "nobody"),
        (("train", "set.jsonl", "--name", "a/b"), "no name for a router"),
        (("train", "missing.jsonl", "--name", "x"), "cannot read"),
    ],
)
def test_wrong_use_is_one_line(trained, words, said):
    assert said in one_line(trained(*words))
