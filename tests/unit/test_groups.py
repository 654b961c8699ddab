"""A run's figures by language, by tag and by what its turns did."""

import json
from dataclasses import replace

import pytest
import typer
from bs4 import BeautifulSoup
from fixtures.runs import make_run
from fixtures.schemas import read_document
from typer.testing import CliRunner

from workbench.cli import evaluate
from workbench.engine.agent.choosing import DOCUMENTS, NOT_IN_TABLES
from workbench.errors import UsageError
from workbench.evaluation.gate.baselines import read_baseline, write_baseline
from workbench.evaluation.group_figures import figures_by
from workbench.evaluation.grouping import UNKNOWN, UNTAGGED, grouped, item_kind, route_kind
from workbench.evaluation.reports.groups import MOST_GROUPS, group_lines
from workbench.evaluation.reports.html.page import render
from workbench.evaluation.reports.table import WIDTH
from workbench.evaluation.results import Results, make_item, write_results
from workbench.evaluation.statistics.intervals import share_interval, wilson
from workbench.evaluation.summary import metric_figures
from workbench.evaluation.time_parts import item_times, median_parts

TOOL, BOTH = "get_booking", f"get_booking + {DOCUMENTS}"
HOSTILE = "<b>x</b>\x1b[2J|" + "y" * 100


def turn(route=None, outcome="answered", **more):
    return {"answer": "It is.", "outcome": outcome, "route": route, "tool_calls": [], **more}


def times(queue=None, retrieval=None, first_token=None, total=None, **more):
    return {"queue": queue, "retrieval": retrieval, "first_token": first_token,
            "total": total, **more}  # fmt: skip


def group(found, name):
    return next(each for each in found["groups"] if each["group"] == name)


@pytest.fixture
def run():
    """A run of 12 questions: 8 from documents, 3 from a tool, one refused."""
    routes = [*[DOCUMENTS] * 8, *[TOOL] * 3, DOCUMENTS]
    records = [
        turn(route, "refused" if n == 11 else "answered", lang="vi" if n % 2 else "en",
             timings=times(0.25, 0.5, 1.0 + n, 2.0 + n, tools=0.125 if route == TOOL else None))
        for n, route in enumerate(routes)
    ]  # fmt: skip
    metrics = {
        "answer_accuracy": [1, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0],
        "first_token_s": [1.0 + n for n in range(12)],
    }
    return make_run("r-1", metrics, records=records, tagged={0: ["fee", "vi"], 1: ["fee"]},
                    clusters=["a", "a", "b", "b", *"cdefghij"],
                    outcomes=["answered"] * 11 + ["refused"])  # fmt: skip


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (turn(DOCUMENTS), "document"),
        (turn(TOOL), "tool"),
        (turn(f"get_rate + {TOOL}"), "tool"),
        (turn(BOTH), "both"),
        (turn(NOT_IN_TABLES, "refused"), "refused"),
        (turn(BOTH, "refused"), "refused"),
        (turn(TOOL, "asked_back"), "tool"),
        (turn(TOOL, "blocked"), "tool"),
        (turn(TOOL, "failed"), "tool"),
        (turn(None, "failed"), "unfinished"),
        ({"answer": "", "outcome": "failed"}, "unfinished"),
        (turn(None, retrieved=[{"document": "a"}]), "document"),
        (turn(None, tool_calls=[{"name": TOOL}]), "tool"),
        (turn(None), ""),
        ({"outcome": "answered", "retrieved": [{"document": "a"}]}, ""),
        (turn({"labels": ["a"], "confidence": 1.0}), ""),
    ],
)
def test_the_kind_is_what_the_turn_did(record, kind):
    assert route_kind(record) == kind


@pytest.mark.parametrize(
    ("routes", "kind"), [((TOOL, TOOL), "tool"), ((TOOL, BOTH), "mixed"), ((TOOL, None), "mixed")]
)
def test_repeats_of_several_kinds_are_mixed(routes, kind):
    [item] = make_run("r", {"mrr": [1]}).items.values()
    record = turn(routes[0], repeats=[turn(route) for route in routes])
    assert item_kind(replace(item, record=record)) == kind


def test_every_item_is_in_a_group_and_one_with_two_tags_in_both(run):
    items = list(run.items.values())
    sizes = {by: {name: len(inside) for name, inside in grouped(items, by).items()}
             for by in ("lang", "tag", "route")}  # fmt: skip
    assert sizes["lang"] == {"en": 6, "vi": 6}
    assert sizes["tag"] == {"fee": 2, "vi": 1, UNTAGGED: 10}
    assert list(sizes["route"].items()) == [("document", 8), ("tool", 3), ("refused", 1)]


def test_what_is_unknown_comes_last_and_is_no_grouping_alone(run):
    items = list(run.items.values())
    bare = list(make_run("r", {"mrr": [1]}).items.values())
    assert list(grouped(items + bare, "lang")) == ["en", "vi", UNKNOWN]
    assert list(grouped(items + bare, "route"))[-1] == UNKNOWN
    assert [grouped(bare, by) for by in ("lang", "tag", "route")] == [{}, {}, {}]


def test_a_group_has_the_statistics_of_a_whole_run(run):
    found = figures_by(run, "route")
    documents = [run.items[str(n)] for n in range(8)]
    for metric in ("answer_accuracy", "first_token_s"):
        figures = group(found, "document")["metrics"][metric]
        assert figures == metric_figures(metric, documents)
    accuracy = group(found, "document")["metrics"]["answer_accuracy"]
    values, clusters = [1, 1, 1, 0, 1, 0, 1, 1], ["a", "a", "b", "b", *"cdef"]
    assert (accuracy["low"], accuracy["high"]) == share_interval(values, clusters)
    assert share_interval(values, clusters) != wilson(6, 8)
    tool = group(found, "tool")["metrics"]["answer_accuracy"]
    assert (tool["n"], tool["mean"]) == (3, pytest.approx(2 / 3))
    assert (tool["low"], tool["high"]) == wilson(2, 3)


def test_times_of_a_kind_have_percentiles_with_exact_intervals():
    count = 100
    records = [turn(DOCUMENTS)] * count + [turn(TOOL)] * 10
    run = make_run("r", {"first_token_s": [*range(1, count + 1), *[0.5] * 10]}, records=records)
    found = figures_by(run, "route")
    slow = group(found, "document")["metrics"]["first_token_s"]
    assert (slow["p50"], slow["p95"]) == (50.5, pytest.approx(95.05))
    assert 40 <= slow["p50_low"] < 50.5 < slow["p50_high"] <= 61
    assert slow["p95_low"] < slow["p95"] < slow["p95_high"] <= count
    assert group(found, "tool")["metrics"]["first_token_s"]["p50"] == 0.5


def test_a_missing_score_counts_against_its_group(run):
    failed = make_run("f", {"answer_accuracy": ["system_error", 1]},
                      records=[turn(TOOL, "failed"), turn(TOOL)])  # fmt: skip
    figures = group(figures_by(failed, "route"), "tool")["metrics"]["answer_accuracy"]
    assert (figures["mean"], figures["coverage"], figures["mean_scored"]) == (0.5, 0.5, 1.0)


def test_small_groups_are_shown_and_marked(run):
    found = figures_by(run, "route")
    assert [(each["group"], each["few"]) for each in found["groups"]] == [
        ("document", False),
        ("tool", True),
        ("refused", True),
    ]
    lines = group_lines(found)
    marked = {line.split()[0] for line in lines if line.endswith("under 5")}
    assert marked == {"tool", "refused"}
    four = {"answer_f1": [0.5] * 4 + [None] * 2, "answer_accuracy": [1] * 6}
    one_group = make_run("f", four, records=[turn(TOOL)] * 6)
    lines = group_lines(figures_by(one_group, "route"))
    assert [line.endswith("under 5") for line in lines if line.startswith("  tool")] == [
        False,
        True,
    ]


def test_the_parts_of_the_time_are_medians_of_the_turns_own(run):
    found = figures_by(run, "route")
    documents, tool = group(found, "document")["times"], group(found, "tool")["times"]
    assert documents["reading"] == {"median": 3.5 + 1.0 - 0.75, "n": 8}
    assert (documents["queue"]["median"], documents["retrieval"]["median"]) == (0.25, 0.5)
    assert documents["tools"] == {"median": None, "n": 0}
    assert (tool["tools"], tool["writing"]) == ({"median": 0.125, "n": 3}, {"median": 1.0, "n": 3})


def test_failed_and_cached_turns_tell_no_time():
    given = times(1.0, 1.0, 3.0, 4.0)
    records = [
        turn(DOCUMENTS, timings=given),
        turn(DOCUMENTS, "failed", timings=given),
        turn(DOCUMENTS, timings=given, reused=["generation"]),
        turn(DOCUMENTS, timings=given, reused=["judging"]),
        turn(DOCUMENTS, timings={"total": True, "queue": "1"}),
    ]
    items = list(make_run("r", {"mrr": [1] * 5}, records=records).items.values())
    assert [bool(item_times(item)) for item in items] == [True, False, False, True, False]
    assert median_parts(items)["reading"] == {"median": 1.0, "n": 2}


def test_the_times_of_repeats_are_averaged_first():
    records = [turn(DOCUMENTS, timings=times(total=total)) for total in (1.0, 3.0)]
    [item] = make_run("r", {"mrr": [1]}, records=[turn(repeats=records)]).items.values()
    assert item_times(item) == {"total": 2.0}


def test_a_tool_that_never_waits_for_the_model_has_no_reading():
    record = turn(TOOL, timings=times(first_token=0.5, total=0.5, tools=0.25))
    parts = median_parts(make_run("r", {"mrr": [1]}, records=[record]).items.values())
    assert {name: part["median"] for name, part in parts.items()} == {
        "queue": None,
        "tools": 0.25,
        "retrieval": None,
        "reading": None,
        "writing": 0.0,
    }


@pytest.mark.parametrize("by", ["lang", "tag", "route"])
def test_the_lines_fit_a_narrow_terminal(run, by):
    items = {name: replace(item, tags=(HOSTILE,), record={**item.record, "lang": HOSTILE})
             for name, item in run.items.items()}  # fmt: skip
    huge = replace(run.items["0"].metrics["first_token_s"], value=98_765_432_100.0)
    items["1"] = replace(items["1"], metrics={**items["1"].metrics, "cost": huge})
    items["2"] = replace(items["2"], metrics={**items["2"].metrics, "cost": replace(huge, value=1)})
    lines = group_lines(figures_by(Results(HOSTILE, "s", {}, items), by))
    assert max(map(len, lines)) <= WIDTH
    assert not any("\x1b" in line for line in lines)


def test_an_unfinished_run_says_how_many_are_not_run(run):
    short = replace(run, asked=(*run.asked, "later"))
    assert "12 questions, 1 not run" in group_lines(figures_by(short, "lang"))[1]


@pytest.mark.parametrize(
    ("by", "told"),
    [
        ("model", "--by 'model' is unknown: use lang, tag or route"),
        ("lang", "no item of r says its language"),
        ("tag", "no item of r has a tag"),
        ("route", "no item of r says what its turn did"),
    ],
)
def test_a_grouping_that_says_nothing_is_refused(by, told):
    with pytest.raises(UsageError) as raised:
        figures_by(make_run("r", {"mrr": [1]}), by)
    assert told in raised.value.one_line()


class TestPage:
    """The HTML report."""

    def test_it_shows_the_figures_of_the_groups(self, run):
        page = BeautifulSoup(render(run), "html.parser")
        titles = [tag.get_text() for tag in page.select("#groups summary")]
        assert titles == ["By language", "By tag", "By what the turn did"]
        table = page.select("#groups table.narrow:not(.times)")[2]
        rows = [[cell.get_text() for cell in row.find_all(["th", "td"])]
                for row in table.select("tbody tr:not(.why)")]  # fmt: skip
        figures = group(figures_by(run, "route"), "document")["metrics"]["answer_accuracy"]
        ends = f"[{figures['low']:.3f}, {figures['high']:.3f}]"
        assert rows[0] == ["answer_accuracy", "document", "0.750", ends, "8", "100%"]
        assert rows[1][:3] == ["answer_accuracy", "tool under 5", "0.667"]
        why = table.select_one("tr.why").get_text()
        assert "p50 4.500" in why and "p95" in why
        times_row = page.select("#groups table.times")[2].select_one("tbody tr")
        assert [cell.get_text() for cell in times_row.find_all("td")] == [
            "0.250", "–", "0.500", "3.750", "1.000",
        ]  # fmt: skip
        assert page.find("a", href="#groups")

    def test_a_run_without_groups_has_no_such_section(self):
        page = BeautifulSoup(render(make_run("r", {"mrr": [1]})), "html.parser")
        assert page.select("#groups") == [] and page.find("a", href="#groups") is None

    def test_names_of_groups_stay_text(self, run):
        items = {name: replace(item, tags=("<img src=x>",)) for name, item in run.items.items()}
        page = BeautifulSoup(render(Results("r", "s", {}, items)), "html.parser")
        assert page.find("img") is None
        assert "<img src=x>" in page.select_one("#groups").get_text()

    def test_of_very_many_tags_the_largest_are_shown(self):
        count = MOST_GROUPS + 3
        tagged = {n: [f"t{n}", *(["often"] if n < 9 else [])] for n in range(count)}
        page = BeautifulSoup(render(make_run("r", {"mrr": [1] * count}, tagged=tagged)),
                             "html.parser").select_one("#groups")  # fmt: skip
        rows = [row.td.get_text() for row in page.select("tbody tr")]
        assert len(rows) == MOST_GROUPS
        assert any(row.startswith("often") for row in rows)
        assert "The 4 smallest groups are left out here." in page.get_text()


class TestBaseline:
    """The small file in the repository keeps the groups, and what they follow from."""

    def test_it_gives_the_same_groups_as_the_run(self, run, tmp_path):
        write_baseline(tmp_path / "b.json", run)
        read = read_baseline(tmp_path / "b.json")
        for by in ("lang", "tag", "route"):
            assert figures_by(read, by) == figures_by(run, by)
        first = (tmp_path / "b.json").read_bytes()
        write_baseline(tmp_path / "b.json", read)
        assert (tmp_path / "b.json").read_bytes() == first

    def test_its_figures_can_be_read_without_a_program(self, run, tmp_path):
        write_baseline(tmp_path / "b.json", run)
        content = json.loads((tmp_path / "b.json").read_text("utf-8"))
        figures = group(figures_by(run, "lang"), "en")["metrics"]["answer_accuracy"]
        mean, low, high, n = content["groups"]["lang"]["en"]["answer_accuracy"]
        assert [mean, low, high] == pytest.approx(
            [figures["mean"], figures["low"], figures["high"]], rel=1e-4
        )
        assert n == 6
        assert list(content["groups"]) == ["lang", "tag", "route"]
        assert content["items"]["8"]["kind"] == "tool"
        assert "It is." not in (tmp_path / "b.json").read_text("utf-8")

    @pytest.mark.parametrize("key", ["lang", "kind", "timings"])
    def test_a_wrong_entry_is_told_with_its_item(self, run, tmp_path, key):
        path = tmp_path / "b.json"
        write_baseline(path, run)
        content = json.loads(path.read_text("utf-8"))
        content["items"]["3"][key] = 7
        path.write_text(json.dumps(content))
        with pytest.raises(UsageError, match=f"item '3': '{key}' is 7"):
            read_baseline(path)

    def test_the_figures_of_a_run_alone_are_no_baseline(self, tmp_path):
        path = tmp_path / "run.json"
        path.write_text('{"run": "r", "suite": "s", "fingerprint": {}, "metrics": {}}')
        with pytest.raises(UsageError, match="a run's figures without its items: export the run"):
            read_baseline(path)


class TestCommands:
    """The commands, on exported files alone: outside a workspace and without a store."""

    @pytest.fixture
    def workbench(self, tmp_path, monkeypatch):
        monkeypatch.delenv("WORKBENCH_WORKSPACE", raising=False)
        monkeypatch.chdir(tmp_path)
        app = typer.Typer()
        evaluate.register(app)
        return lambda *words: CliRunner().invoke(app, ["eval", *map(str, words)])

    @pytest.fixture
    def file(self, run, tmp_path):
        """The run as an exported file."""
        whole = Results(run.run, run.suite, run.fingerprint)
        for name, item in run.items.items():
            record = {**item.record, "id": name, "cluster": item.cluster, "tags": list(item.tags)}
            whole.items[name] = make_item(record, item.metrics)
        path = tmp_path / "run.jsonl"
        write_results(path, whole)
        return path

    @pytest.mark.parametrize("by", ["lang", "tag", "route"])
    def test_groups_are_one_json_document(self, workbench, run, file, by):
        done = workbench("report", file, "--by", by, "--json")
        assert done.exit_code == 0, done.stderr
        assert read_document("eval report", done.stdout) == figures_by(run, by)

    def test_groups_are_lines_for_people(self, workbench, run, file):
        done = workbench("report", file, "--by", "route")
        assert done.stdout.splitlines() == group_lines(figures_by(run, "route"))

    def test_a_page_may_be_written_in_the_same_call(self, workbench, file, tmp_path):
        done = workbench("report", file, "--by", "lang", "--json", "--html", "out/r.html")
        assert read_document("eval report", done.stdout)["by"] == "lang"
        assert (tmp_path / "out" / "r.html").is_file()

    def test_whoever_has_only_the_file_can_do_all_with_it(self, workbench, file, tmp_path):
        other = tmp_path / "copy.txt"
        other.write_bytes(file.read_bytes())
        for words in (
            ("report", file, "--html", "a.html", "--markdown", "a.md", "--baseline", file),
            ("report", other, "--by", "lang"),
            ("compare", file, file),
            ("export", file, "--baseline", "--output", "b.json"),
            ("report", "b.json", "--by", "route"),
            ("history", file, "b.json"),
        ):
            done = workbench(*words)
            assert done.exit_code == 0, (words, done.stderr)

    def test_history_lists_exported_files(self, workbench, file):
        done = workbench("history", file, file, "--limit", "1", "--json")
        [row] = read_document("eval history", done.stdout)["runs"]
        assert (row["run"], row["n"]) == ("r-1", 12)
        assert workbench("history", file, "--suite", "other").stdout == ""

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("report", "run.jsonl"), "add --html FILE, --markdown FILE or --by lang|tag|route"),
            (("report", "run.jsonl", "--html", "a.html", "--json"), "add --by lang, tag or route"),
            (("report", "run.jsonl", "--by", "model"), "use lang, tag or route"),
            (("report", "run.jsonl", "--by", "model", "--html", "a.html"), "use lang, tag or"),
            (("report", "none.jsonl", "--by", "lang"), "cannot read none.jsonl"),
            (("history", "none.jsonl"), "cannot read none.jsonl"),
        ],
    )
    def test_wrong_use_is_one_line_and_writes_nothing(self, workbench, file, words, told, tmp_path):
        done = workbench(*words)
        assert (done.exit_code, done.stdout) == (2, "")
        assert told in done.stderr and done.stderr.count("\n") == 1
        assert not (tmp_path / "a.html").exists()
