import pytest
import typer
from fixtures.question_sets import question, write_folder, write_set
from fixtures.schemas import read_document
from typer.testing import CliRunner

from workbench.cli import dataset
from workbench.evaluation.datasets.stats import describe_questions, precision_of
from workbench.evaluation.questions import Question


@pytest.fixture
def workbench():
    app = typer.Typer()
    dataset.register(app)
    runner = CliRunner()
    return lambda *words: runner.invoke(app, ["dataset", *map(str, words)])


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "hotel")


def test_check_ends_with_2_and_names_the_first_error_until_the_hashes_are_fixed(workbench, folder):
    run = workbench("check", folder)
    assert run.exit_code == 2
    assert run.stdout.count("error: key 'content_sha256'") == 2
    (line,) = run.stderr.splitlines()
    assert "hotel has 2 errors; the first: " in line
    fixed = workbench("check", folder, "--fix")
    assert (fixed.exit_code, fixed.stderr) == (0, "")
    assert "4 questions in 2 files, 0 of 4 facts looked up, errors: 0, warnings: 0" in fixed.stdout


def test_check_prints_one_document_whether_it_finds_something_or_not(workbench, folder):
    run = workbench("check", folder, "--json")
    assert run.exit_code == 2
    assert read_document("dataset check", run.stdout)["errors"] == 2
    workbench("check", folder, "--fix")
    assert read_document("dataset check", workbench("check", folder, "--json").stdout) == {
        "path": str(folder),
        "files": [str(folder / "hotel_dev.jsonl"), str(folder / "hotel_test.jsonl")],
        "questions": 4,
        "facts": 4,
        "looked_up": 0,
        "errors": 0,
        "warnings": 0,
        "findings": [],
    }


def test_warnings_alone_end_with_0(workbench, tmp_path):
    path = write_set(tmp_path / "a.jsonl", question(1, cluster=""))
    run = workbench("check", path)
    assert run.exit_code == 0
    assert "errors: 0, warnings: 1" in run.stdout


def test_facts_are_looked_up_in_the_corpus(workbench, tmp_path):
    corpus = write_set(tmp_path / "corpus.jsonl", {"id": "d", "text": "omega2"})
    named = {"reference_documents": [{"document": "d"}]}
    path = write_set(
        tmp_path / "a.jsonl",
        question(1, reference_facts=[["omega1"]], **named),
        question(2, **named),
    )
    run = workbench("check", path, "--corpus", corpus)
    assert run.exit_code == 2
    assert "a.jsonl, line 1: error: key 'reference_facts.0': stands neither" in run.stdout


def test_stats_count_by_kind(workbench, folder, tmp_path):
    records = [
        question(1, tags=["pdf"], critical=True, user_input="one two three"),
        question(2, lang="vi", cluster="c1", answerable=False, reference=""),
        question(3, lang="vi", tags=["pdf", "old"], history=["before"], cluster=""),
    ]
    path = write_set(tmp_path / "a.jsonl", *records)
    (figures,) = read_document("dataset stats", workbench("stats", path, "--json").stdout)["files"]
    assert (figures["n"], figures["answerable"], figures["critical"]) == (3, 2, 1)
    assert figures["langs"] == {"vi": 2, "en": 1}
    assert figures["tags"] == {"pdf": 2, "old": 1}
    assert figures["clusters"] == {"n": 2, "largest": 2}
    assert figures["words"]["user_input"] == {"min": 3, "median": 4, "max": 4}
    shown = workbench("stats", path).stdout
    assert "3 questions, 2 answerable, 1 critical, 1 with a history" in shown
    assert "vi 2, en 1" in shown


def test_stats_of_a_folder_have_one_entry_a_file(workbench, folder):
    run = workbench("stats", folder, "--json")
    names = [each["file"] for each in read_document("dataset stats", run.stdout)["files"]]
    assert names == [str(folder / "hotel_dev.jsonl"), str(folder / "hotel_test.jsonl")]


@pytest.mark.parametrize(("n", "half", "detectable"), [(100, 7.8, 8.9), (300, 4.5, 5.1)])
def test_precision_is_that_of_the_table(n, half, detectable):
    # eval_anchors, section 4: half-widths 7.8 and 4.5; 2.80 sqrt(disc / n) for the differences
    shown = precision_of(n)
    assert shown["half_width"] == pytest.approx(half, abs=0.05)
    assert shown["detectable"] == pytest.approx(detectable, abs=0.06)


def test_a_set_without_unanswerable_questions_claims_nothing_of_them():
    figures = describe_questions([Question(id="a", user_input="x", reference="y")])
    assert figures["precision"]["unanswerable"] == {"n": 0, "half_width": None, "detectable": None}
    assert figures["precision"]["all"]["detectable"] <= 100


def test_split_names_the_parts(workbench, tmp_path):
    path = write_set(tmp_path / "a.jsonl", *(question(number) for number in range(10)))
    run = workbench("split", path, "--output", tmp_path / "out", "--shares", "0,20,80")
    assert run.exit_code == 0
    assert run.stdout.splitlines() == [
        f"{tmp_path / 'out' / 'a_dev.jsonl'}: 2 questions (20%)",
        f"{tmp_path / 'out' / 'a_test.jsonl'}: 8 questions (80%)",
    ]


def test_dedupe_tells_and_writes_a_copy(workbench, tmp_path):
    again = question(2, user_input=question(1)["user_input"])
    path = write_set(tmp_path / "a.jsonl", question(1), again)
    clean = tmp_path / "clean.jsonl"
    run = workbench("dedupe", path, "--output", clean)
    assert run.exit_code == 0
    assert run.stdout == f"line 2: q2 is q1 of {path}, line 1 (exact, 1.00)\n"
    assert len(clean.read_text().splitlines()) == 1
    assert workbench("dedupe", path, "--output", clean).exit_code == 2


def test_dedupe_by_meaning_asks_the_encoder(workbench, tmp_path, monkeypatch):
    monkeypatch.setattr(dataset, "_encoder", lambda: lambda _: [1.0, 0.0])
    path = write_set(tmp_path / "a.jsonl", question(1), question(2))
    assert "(meaning, 1.00)" in workbench("dedupe", path, "--cosine").stdout
    assert workbench("dedupe", path).stdout == ""


@pytest.mark.parametrize("command", ["check", "stats", "dedupe", "split"])
@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["{oops"], "line 1"),
        ([question(1), question(1)], "line 2"),
        (None, "cannot read"),
    ],
)
def test_a_bad_set_is_one_line_and_nothing_is_written(workbench, tmp_path, command, lines, message):
    path = tmp_path / "a.jsonl"
    if lines:
        write_set(path, *lines)
    extra = ["--output", tmp_path / "out"] if command in ("split", "dedupe") else []
    run = workbench(command, path, *extra)
    assert run.exit_code == 2
    (line,) = run.stderr.splitlines()
    assert line.startswith("workbench: ")
    assert message in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["check", "stats"])
def test_a_folder_without_a_card_is_refused(workbench, tmp_path, command):
    write_set(tmp_path / "a.jsonl", question(1))
    run = workbench(command, tmp_path)
    assert (run.exit_code, run.stdout) == (2, "")
    assert "has no card" in run.stderr


def test_a_missing_reference_and_wrong_shares_are_refused(workbench, tmp_path):
    path = write_set(tmp_path / "a.jsonl", question(1, reference=""))
    run = workbench("check", path)
    assert run.exit_code == 2
    assert "line 1: key 'reference': is missing" in run.stderr
    run = workbench("split", path, "--output", tmp_path / "out", "--shares", "50,50")
    assert (run.exit_code, run.stderr.count("\n")) == (2, 1)
    assert "the shares 50,50 are not three" in run.stderr
