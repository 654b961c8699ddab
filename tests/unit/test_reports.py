"""Reports agree with the summary and with one another; in each, what is data stays data."""

import re
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from fixtures.runs import make_run, make_suite
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from workbench.evaluation.comparison import compare
from workbench.evaluation.gate.rules import decide, gate_of
from workbench.evaluation.metrics.score import Score
from workbench.evaluation.reports.context import Context
from workbench.evaluation.reports.figures import interval, number, p_value, share, signed
from workbench.evaluation.reports.html.page import render
from workbench.evaluation.reports.junit import write_junit
from workbench.evaluation.reports.markdown import gate_markdown, run_markdown
from workbench.evaluation.reports.markup import code, table, words
from workbench.evaluation.reports.table import WIDTH, run_table
from workbench.evaluation.reports.text import clean, one_line
from workbench.evaluation.results import Item, Results
from workbench.evaluation.summary import summarise

HOSTILE = "a|b\n`c` ``d`` <script>alert(1)</script> @everyone [x](y) \\| **e** end\\"
CONTROL = "bell\x07 null\x00 back\u202ewards \ufffe \ud800 escape\x1b[2J"
METRICS = {
    "answer_accuracy": [1, 0, 1, 1, "system_error", 0, 1, 1, 1, 0],
    "answer_f1": [0.9, 0.25, 1 / 3, 0.5, "system_error", 0.1, 0.75, 1.0, 0.6, 0.2],
    "false_refusal": [0, 0, 1, 0, "system_error", 0, 0, 1, 0, 0],
    "latency_total_s": [1.25, 2.5, 3.0, 4.125, "system_error", 1.0, 9.5, 2.0, 2.25, 1.75],
    "prompt_tokens": [12_000, 13_500, 400, 1, "system_error", 2, 3, 4, 5, 6],
    "cost": [None] * 10,
}


@pytest.fixture
def run():
    return make_run(
        "run-b", METRICS, critical={0}, outcomes=["answered"] * 4 + ["failed"] + ["answered"] * 5
    )


@pytest.fixture
def baseline():
    before = {**METRICS, "answer_accuracy": [1, 1, 1, 0, "system_error", 1, 1, 1, 1, 1]}
    return make_run("run-a", before, fingerprint={"model": "m1", "prompt": "p1", "seed": 7})


def verdict_of(run, baseline, gate, **more):
    return decide(run, baseline, gate_of(run, make_suite(gate)), **more)


def cells_of(markdown):
    """Return the cells of all tables of a Markdown document, as its parser reads them."""
    html = MarkdownIt("commonmark").enable("table").render(markdown)
    rows = BeautifulSoup(html, "html.parser").find_all("tr")
    return [[cell.get_text() for cell in row.find_all(["td", "th"])] for row in rows]


def numbers_in(text):
    return [float(found.replace(",", "")) for found in re.findall(r"-?\d[\d,]*(?:\.\d+)?", text)]


def test_all_faces_show_the_numbers_of_the_summary(run):
    summary = summarise(run)
    lines = {line.split()[0]: line for line in run_table(summary) if line.split()}
    markdown = {row[0]: row for row in cells_of(run_markdown(summary))}
    page = BeautifulSoup(render(run), "html.parser").select("#figures tbody tr:not(.why)")
    html = {row.th.get_text(): [cell.get_text() for cell in row.find_all("td")] for row in page}
    shown = [name for name in METRICS if name != "cost"]
    assert [*html] == shown
    for name in shown:
        figures = summary["metrics"][name]
        assert markdown[name][1:5] == html[name]
        mean, ends, n, coverage = html[name]
        for part in (mean, ends, n, coverage):
            assert part in lines[name]
        expected = [figures["mean"], figures["low"], figures["high"]]
        assert numbers_in(mean) + numbers_in(ends) == pytest.approx(expected, rel=5e-4, abs=5e-4)
        assert (int(n), coverage) == (figures["n"], "90%")


def test_missing_scores_are_bounded_in_every_face(run):
    summary = summarise(run)
    figures = summary["metrics"]["answer_accuracy"]
    told = f"{figures['mean_scored']:.3f} without, {figures['worst_low']:.3f} if all 0"
    told += f", {figures['worst_high']:.3f} if all 1"
    assert figures["mean"] == figures["worst_low"] < figures["mean_scored"]
    for face in ("\n".join(run_table(summary)), run_markdown(summary), render(run)):
        assert told in face


def test_times_have_their_percentiles_in_every_face(run):
    figures = summarise(run)["metrics"]["latency_total_s"]
    ends = f" [{figures['p50_low']:.3f}, {figures['p50_high']:.3f}]"
    shown = {50: ends, 95: "", 99: ""}  # nine answers bound no high percentile
    told = ", ".join(f"p{p} {figures[f'p{p}']:.3f}{shown[p]}" for p in shown)
    for face in ("\n".join(run_table(summarise(run))), run_markdown(summarise(run)), render(run)):
        assert told in face


def test_the_table_fits_a_narrow_terminal():
    long = "ragas_" + "x" * 60
    huge = [12_345_678_900.0, 98_765_432_100.0, "system_error"]
    metrics = {long: [0.5, 0.25, 0.125], "ragas_factual_correctness": [1, "judge_parse", 1]}
    run = make_run("r" * 200, {**metrics, "cost": huge, "completion_tokens": huge})
    context = Context(looks=2, unfit={long: "no card " * 30}, cards=())
    lines = run_table(summarise(run), context)
    assert max(map(len, lines)) <= WIDTH
    assert sum(line.strip().startswith("[0, 604,589,0") for line in lines) == 2


@pytest.mark.parametrize(
    ("metric", "value", "written"),
    [
        ("answer_accuracy", 0.12345, "0.123"),
        ("answer_accuracy", -0.0, "0.000"),
        ("answer_accuracy", None, "–"),
        ("cost", 0.0000123456, "1.235e-05"),
        ("prompt_tokens", 1234.56, "1,235"),
        ("latency_total_s", 1234.5, "1234.500"),
    ],
)
def test_numbers_are_written_by_the_scale_of_the_metric(metric, value, written):
    assert number(metric, value) == written


def test_a_difference_shows_its_sign_and_no_negative_zero():
    assert [signed("mrr", value) for value in (0.0412, -0.0412, -0.0001, 0.0)] == [
        "+0.041",
        "-0.041",
        "±0.000",
        "±0.000",
    ]


def test_an_end_that_nothing_bounds_is_left_open():
    assert interval("cost", 1.0, None) == "[1, –]"
    assert interval("cost", None, None) == "–"


def test_only_the_whole_is_a_hundred_percent():
    assert [share(value) for value in (1.0, 0.9999, 0.95, 0.0, None)] == [
        "100%",
        "99.9%",
        "95%",
        "0%",
        "–",
    ]


def test_no_p_value_is_zero():
    assert [p_value(value) for value in (0.0, 0.0409, None)] == ["<0.001", "0.041", "–"]


@given(st.text())
def test_no_text_leaves_its_cell_as_code(text):
    lines = table(["head", "other"], [[code(text) or "-", "last"]])
    rows = cells_of("\n".join(lines))
    assert len(rows) == 2 and len(rows[1]) == 2 and rows[1][1] == "last"
    expected = one_line(text).replace("\\|", "\\ |") or "-"
    assert " ".join(rows[1][0].split()) == " ".join(expected.split())


@given(st.text(alphabet=st.sampled_from("`*_[]()<>#|~&!-+=1.@:/ \\\nabhtps")))
def test_words_are_never_markup(text):
    rendered = MarkdownIt("commonmark").enable("table").render(f"- {words(text)}")
    tags = {tag.name for tag in BeautifulSoup(rendered, "html.parser").find_all(True)}
    assert tags <= {"ul", "li"}


def test_what_is_not_shown_or_misleads_is_dropped():
    assert clean(CONTROL) == "bell null backwards   escape[2J"
    assert clean("a\r\nb\rc\n") == "a\nb\nc\n"


def test_a_gates_markdown_begins_with_the_verdict_and_agrees_with_it(run, baseline):
    gate = {"answer_accuracy": {"margin": 5.0, "floor": 20.0}, "false_refusal": {"margin": 5.0}}
    verdict = verdict_of(run, baseline, gate)
    markdown = gate_markdown(verdict, compare(baseline, run), run)
    assert markdown.startswith(f"## ❔ {verdict['verdict']}: release\n")
    rows = {row[0]: row for row in cells_of(markdown)}
    for found in verdict["metrics"]:
        row = rows[found["metric"]]
        told = (found["mean"], *found["interval"], found["floor"], found["difference"])
        told += (found["low"], found["high"], found["bound"], found["margin"])
        known = [value for value in told if value is not None]
        assert numbers_in(" ".join(row[2:9]).replace("+", "").replace("±", "")) == pytest.approx(
            known, abs=5e-4
        )
        assert found["verdict"].replace("_", " ") in row[1]


def test_the_faces_of_a_verdict_agree(run, baseline, tmp_path):
    verdict = verdict_of(run, baseline, {"answer_f1": {"margin": 5.0, "floor": 30.0}})
    markdown = {row[0]: row for row in cells_of(gate_markdown(verdict, None, run))}["answer_f1"]
    page = BeautifulSoup(render(run, baseline, verdict), "html.parser")
    html = [cell.get_text() for cell in page.select_one("#verdict tbody tr").find_all("td")]
    assert markdown[2:] == html[1:]
    write_junit(tmp_path / "j.xml", verdict, run)
    told = ElementTree.parse(tmp_path / "j.xml").findtext(".//system-out")
    for figure in markdown[2:]:
        assert figure in told


def test_flips_of_what_decides_come_first_and_losses_before_gains(run, baseline):
    verdict = verdict_of(run, baseline, {"answer_accuracy": {}})
    rows = cells_of(gate_markdown(verdict, compare(baseline, run), run))
    flips = [row for row in rows if row[2].endswith((" worse", " better"))]
    assert [(row[0], row[2]) for row in flips] == [
        ("1", "answer_accuracy worse"),
        ("5", "answer_accuracy worse"),
        ("9", "answer_accuracy worse"),
        ("3", "answer_accuracy better"),
    ]
    assert [row[3:] for row in flips[:1]] == [["1.000", "0.000"]]


def test_an_item_that_is_refused_falsely_is_lost():
    before = make_run("a", {"false_refusal": [0, 1, 0]})
    after = make_run("b", {"false_refusal": [1, 0, 0]})
    rows = cells_of(gate_markdown(verdict_of(after, before, {"false_refusal": {}}),
                                  compare(before, after), after))  # fmt: skip
    assert [row[2] for row in rows if row[0] in "01"] == [
        "false_refusal worse",
        "false_refusal better",
    ]


def test_the_markdown_says_what_differs_once(run, baseline):
    verdict = verdict_of(run, baseline, {"answer_accuracy": {}})
    markdown = gate_markdown(verdict, compare(baseline, run), run)
    assert markdown.count("more than one factor changed") == 1
    assert ["model", "m1", "null"] in cells_of(markdown)


def test_the_markdown_shows_costs_or_that_no_price_is_known(run, baseline):
    verdict = verdict_of(run, baseline, {"answer_accuracy": {}})
    rows = cells_of(gate_markdown(verdict, compare(baseline, run), run))
    assert ["cost", "no price", "no price", "–", "–"] in rows
    priced = [
        make_run(name, {"cost": [0.002, value]}) for name, value in (("a", 0.004), ("b", 0.006))
    ]
    rows = cells_of(gate_markdown(verdict, compare(*priced), priced[1]))
    assert next(row for row in rows if row[0] == "cost")[1:4] == ["0.003", "0.004", "+0.001"]


def test_hostile_text_stays_text_in_markdown():
    records = [{"question": HOSTILE, "answer": HOSTILE}, {"question": "plain"}]
    before = make_run(HOSTILE, {"answer_accuracy": [1, 1]}, records=records)
    after = make_run("b", {"answer_accuracy": [0, 1]}, records=records, suite="<b>s|</b>")
    verdict = verdict_of(after, before, {"answer_accuracy": {}})
    verdict["warnings"].append(HOSTILE)
    markdown = gate_markdown(verdict, compare(before, after), after)
    rendered = MarkdownIt("commonmark").enable("table").render(markdown)
    tags = {tag.name for tag in BeautifulSoup(rendered, "html.parser").find_all(True)}
    plain = {"h2", "h3", "p", "ul", "li", "code", "table", "thead", "tbody", "tr", "th", "td"}
    assert tags <= plain
    flip = next(row for row in cells_of(markdown) if row[0] == "0")
    assert flip[1] == one_line(HOSTILE).replace("\\|", "\\ |")
    soup = BeautifulSoup(rendered, "html.parser")
    for span in soup.find_all("code"):
        span.decompose()
    assert "everyone" in soup.get_text()
    assert "@everyone" not in soup.get_text()


def test_a_long_comparison_keeps_to_what_a_comment_may_hold():
    many = [{"question": HOSTILE * 500, "answer": "x" * 9000}] * 300
    before = make_run("a", {"answer_accuracy": [1] * 300}, records=many,
                      fingerprint={f"key{n}": "v" * 5000 for n in range(300)})  # fmt: skip
    after = make_run("b", {"answer_accuracy": [0] * 300}, records=many)
    verdict = verdict_of(after, before, {"answer_accuracy": {}})
    markdown = gate_markdown(verdict, compare(before, after), after)
    assert "and 290 more" in markdown
    assert len(markdown) < 65_536


def test_looks_and_unfit_judges_are_told_in_every_face(run):
    context = Context(looks=3, unfit={"answer_f1": "answer_f1 with m: no card"}, cards=())
    verdict = verdict_of(run, None, {"answer_accuracy": {"floor": 10.0}})
    faces = [
        "\n".join(run_table(summarise(run), context)),
        run_markdown(summarise(run), context),
        gate_markdown(verdict, None, run, context),
        render(run, context=context),
    ]
    for face in faces:
        assert "This test part was scored 3 times so far." in face
        assert "no card" in face
    assert "scored 3" not in run_markdown(summarise(run))


def test_an_empty_run_is_reported():
    summary = summarise(Results("r", "answers", {}))
    assert run_table(summary)[-1] == "nothing was measured"
    assert run_table(summary)[1] == "0 questions"
    assert "Nothing was measured." in run_markdown(summary)


def test_an_incomplete_run_says_so(run):
    assert "10 questions, incomplete: 9 answered, 1 failed" in run_table(summarise(run))


class TestJUnit:
    """The file is as the schemas in use want it, and says what the verdict says."""

    SUITE = ("name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname",
             "package", "id")  # fmt: skip

    @pytest.fixture
    def written(self, tmp_path):
        def write(verdict, results=None):
            path = tmp_path / "deep" / "junit.xml"
            write_junit(path, verdict, results)
            root = ElementTree.parse(path).getroot()
            self.check(root)
            return root.find("testsuite")

        return write

    def check(self, root):
        """Hold the file to what junit-10.xsd and Ant's schema both allow."""
        assert (root.tag, root.attrib, [child.tag for child in root]) == (
            "testsuites",
            {},
            ["testsuite"],
        )
        suite = root[0]
        assert sorted(suite.attrib) == sorted(self.SUITE)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp"))
        tags = [child.tag for child in suite]
        cases = suite.findall("testcase")
        assert tags == ["properties", *["testcase"] * len(cases), "system-out", "system-err"]
        for case in cases:
            assert sorted(case.attrib) == ["classname", "name", "time"]
            assert len(case) <= 1
            for child in case:
                assert (child.tag, sorted(child.attrib)) in (
                    ("failure", ["message", "type"]),
                    ("skipped", ["message"]),
                )
        for found in suite.find("properties"):
            assert (found.tag, sorted(found.attrib)) == ("property", ["name", "value"])
        assert int(suite.get("tests")) == len(cases) >= 1
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped"))

    @pytest.mark.parametrize(
        ("after", "tag"),
        [([1] * 300, None), ([0] * 60 + [1] * 240, "failure"), ([1] * 8, "skipped")],
    )
    def test_a_metric_is_a_case_that_ends_as_its_verdict(self, written, after, tag):
        before = make_run("a", {"answer_accuracy": [1] * (len(after) - 1) + [0]})
        run = make_run("b", {"answer_accuracy": after})
        verdict = verdict_of(run, before, {"answer_accuracy": {"margin": 5.0}})
        case = written(verdict, run).find("testcase[@name='answer_accuracy']")
        assert [child.tag for child in case] == ([tag] if tag else [])
        if tag:
            assert verdict["metrics"][0]["reasons"][0] in case[0].get("message")

    def test_a_critical_item_is_a_case_with_its_question(self, written):
        records = [{"question": "Where is the exit?"}] + [{}] * 299
        before = make_run("a", {"answer_accuracy": [1] * 300}, critical={0, 1})
        run = make_run("b", {"answer_accuracy": [0] + [1] * 299}, critical={0, 1}, records=records)
        broken = [make_run("c", {"answer_accuracy": [0]})] * 3
        verdict = verdict_of(run, before, {"answer_accuracy": {}}, rerun=lambda ids: broken)
        suite = written(verdict, run)
        failure = suite.find("testcase[@name='0']/failure")
        assert "Where is the exit?" in failure.text
        assert "failed, failed, failed" in failure.text
        assert len(suite.find("testcase[@name='1 others, none found broken']")) == 0

    def test_what_was_not_measured_is_skipped(self, written, run):
        verdict = verdict_of(run, None, {"judged_correctness": {"floor": 50.0}})
        assert verdict["verdict"] == "NOT_MEASURED"
        suite = written(verdict, run)
        assert suite.find("testcase/skipped").get("message").startswith("NOT_MEASURED: ")

    def test_a_verdict_that_no_case_accounts_for_is_a_case(self, written, run):
        verdict = verdict_of(run, None, {"answer_accuracy": {"floor": 10.0}})
        empty = {**verdict, "verdict": "NOT_MEASURED", "metrics": [], "critical": []}
        empty["critical_checked"] = 0
        assert len(written(empty).findall("testcase/skipped")) == 1

    def test_hostile_and_control_characters_do_not_break_the_file(self, written):
        text = HOSTILE + CONTROL + ']]> & "quoted"'
        item = Item(id=text, cluster="", outcome="answered", critical=True,
                    metrics={"answer_accuracy": Score("scored", 0.0)},
                    record={"question": text})  # fmt: skip
        run = Results(text, text, {}, {text: item})
        verdict = verdict_of(run, None, {"answer_accuracy": {"floor": 50.0}})
        suite = written(verdict, run)
        names = [case.get("name") for case in suite.findall("testcase")]
        assert one_line(text) in names
