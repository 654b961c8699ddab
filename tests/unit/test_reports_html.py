"""The HTML page: one file, safe with any text, whole for any run, and of a bounded size."""

import base64
import hashlib
import json
import re

import pytest
from bs4 import BeautifulSoup
from fixtures.runs import make_run, make_suite
from hypothesis import given
from hypothesis import strategies as st

from workbench.evaluation.gate.rules import decide, gate_of
from workbench.evaluation.metrics.score import Score
from workbench.evaluation.reports.context import Context
from workbench.evaluation.reports.html import data, write_html
from workbench.evaluation.reports.html.data import BUDGET, CAPS, text_cap
from workbench.evaluation.reports.html.drawing import draw
from workbench.evaluation.reports.html.page import TEMPLATES, render
from workbench.evaluation.results import Item, Results

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&<!-- \u2028 {{ 7*7 }}"
SOURCES = [
    {
        "number": 1,
        "document": "fees.md",
        "heading": "Late <b>",
        "quote": "It costs 5.",
        "text": "x",
    },
    {"number": 2, "document": "rules.pdf", "page": 3, "quote": "", "text": HOSTILE},
]


def records(answer, count=4):
    record = {"question": f"Why? {HOSTILE}", "answer": answer, "lang": "vi", "tags": ["t<i>"]}
    return [{**record, "reference": "Because.", "sources": SOURCES} for _ in range(count)]


@pytest.fixture(scope="module")
def run():
    metrics = {
        "answer_accuracy": [1, 0, 0, 1],
        "answer_f1": [0.5, 0.25, "judge_parse", 1],
        "first_token_s": [0.5, 1.5, 2.5, 1.0],
        "latency_total_s": [1, 2, 3, 4],
    }
    return make_run("b", metrics, records=records(f"New {HOSTILE}"), fingerprint={"model": HOSTILE})


@pytest.fixture(scope="module")
def baseline():
    metrics = {
        "answer_accuracy": [1, 1, 0, 0],
        "answer_f1": [0.5, 0.75, 0.1, 0.5],
        "first_token_s": [0.25, 1.0, 2.0, 1.0],
        "latency_total_s": [1, 2, 2, 5],
    }
    return make_run("a", metrics, records=records(f"Old {HOSTILE}"), fingerprint={"model": "m"})


@pytest.fixture(scope="module")
def html(run, baseline):
    return render(run, baseline)


@pytest.fixture
def page(html):
    return BeautifulSoup(html, "html.parser")


def page_of(*arguments, **named):
    return BeautifulSoup(render(*arguments, **named), "html.parser")


def data_in(page):
    return json.loads(page.find("script", id="data").string)


def assert_self_contained(html):
    """Hold a page to what it may refer to: its own sections and drawings."""
    page = BeautifulSoup(html, "html.parser")
    for tag in page.find_all(True):
        for name, value in tag.attrs.items():
            assert not name.startswith("on"), tag
            if name in {"src", "href", "xlink:href", "action", "data", "poster", "srcset"}:
                assert value.startswith("#"), tag
    assert {tag.name for tag in page.find_all(True)} & {
        "link", "img", "iframe", "object", "embed", "base", "form", "image", "foreignobject",
    } == set()  # fmt: skip
    styles = "".join(tag.get_text() for tag in page.find_all("style"))
    attributes = " ".join(tag.get("style", "") for tag in page.find_all(True))
    assert "@import" not in styles
    for address in re.findall(r"url\(([^)]*)\)", styles + attributes):
        assert address.startswith("#")


def test_the_page_needs_nothing_else(html):
    assert_self_contained(html)
    assert "http:" not in html and "https:" not in html and "//www" not in html


def test_only_the_pages_own_script_can_run(page):
    scripts = page.find_all("script")
    assert [script.get("type") for script in scripts] == ["application/json", None]
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    digest = base64.b64encode(hashlib.sha256(scripts[1].string.encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy


def test_answers_sources_and_settings_are_shown_as_text(page):
    answers = [tag.get_text() for tag in page.select("#flips .answer")]
    shown = HOSTILE.replace("\u2028", "")
    assert answers == [f"Old {shown}", f"New {shown}"] * 2
    assert page.select("#flips .excerpt")[1].get_text() == shown
    assert page.select("img, b, i") == []
    assert shown.split("{{")[0].strip() in page.select_one("#fingerprint").get_text()
    assert "{{ 7*7 }}" in answers[0]


def test_the_table_of_items_holds_every_item_and_score(page):
    found = data_in(page)
    assert [metric["name"] for metric in found["metrics"]] == [
        "answer_accuracy", "answer_f1", "first_token_s", "latency_total_s",
    ]  # fmt: skip
    items = {item["id"]: item for item in found["items"]}
    assert items["2"]["scores"] == [0, "judge_parse", 2.5, 3]
    assert items["2"]["before"]["scores"] == [0, 0.1, 2, 2]
    assert items["1"]["flips"] == ["worse on answer_accuracy"]
    assert items["3"]["flips"] == ["better on answer_accuracy"]
    assert "flips" not in items["0"]
    assert items["0"]["answer"].startswith("New </script><script>alert(1)")
    assert items["0"]["sources"][1]["place"] == "rules.pdf p. 3"


def test_the_script_only_makes_text_nodes():
    script = (TEMPLATES / "items.js").read_text("utf-8")
    for way in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function("):
        assert way not in script
    assert "fetch(" not in script and "import" not in script


def test_losses_stand_before_gains_with_both_answers_side_by_side(page):
    flips = page.select("#flips details")
    assert [flip.select_one(".id").get_text() for flip in flips] == ["1", "3"]
    assert flips[0].select_one(".mark").get_text() == "worse on answer_accuracy"
    assert [side.h3.get_text() for side in flips[0].select(".side")] == [
        "Baseline: answered",
        "This run: answered",
    ]
    assert "Expected: Because." in flips[0].get_text()


def test_a_run_without_a_baseline_has_no_word_of_one(run):
    page = page_of(run)
    assert page.select("#flips, #verdict, #judges") == []
    assert "aseline" not in page.main.get_text()
    assert "Compared with" not in page.header.get_text()
    assert data_in(page)["compared"] is False


def test_an_empty_run_is_a_whole_page():
    page = page_of(Results("r", "answers", {}))
    assert "Nothing was measured." in page.select_one("#figures").get_text()
    assert data_in(page)["items"] == []
    assert page.select("svg") == []


def test_a_failed_item_shows_why():
    scores = {"answer_accuracy": Score("system_error", None, "the server went away")}
    record = {"question": "Why?", "answer": "", "error": "connection refused"}
    item = Item(id="x", cluster="", outcome="failed", metrics=scores, record=record)
    found = data_in(page_of(Results("r", "answers", {}, {"x": item}, ("x",))))["items"][0]
    assert found["scores"] == ["system_error"]
    assert found["reasons"] == {"answer_accuracy": "the server went away"}
    assert found["instead"] == "connection refused"


def test_a_baseline_of_scores_alone_says_that_it_keeps_no_answers(run):
    bare = make_run("a", {"answer_accuracy": [0, 0, 0, 0]})
    sides = page_of(run, bare).select("#flips .side.before .answer")
    assert {side.get_text() for side in sides} == {"(a baseline file keeps no answers)"}


def test_the_verdict_and_the_judges_are_marked(run, baseline):
    gate = gate_of(run, make_suite({"answer_accuracy": {"margin": 5.0}}))
    kappa = {"value": 0.31, "low": 0.2, "high": 0.42}
    nothing = {"value": None, "low": None, "high": None}
    card = {"judge": "m", "set": "s", "metric": "answer_f1", "why": "low", "n": 300,
            "kappa": kappa, "sensitivity": kappa, "specificity": nothing}  # fmt: skip
    cards = [{**card, "fit": False}, {**card, "fit": True, "why": ""}]
    context = Context(unfit={"answer_f1": "low"}, cards=cards)
    page = page_of(run, baseline, decide(run, baseline, gate), context)
    assert page.select_one("#verdict .verdict .mark").get_text() == "inconclusive"
    rows = [row.get_text(" ") for row in page.select("#judges tbody tr:not(.why)")]
    assert ["unfit" in row for row in rows] == [True, False]
    assert "0.31 [0.20, 0.42]" in rows[0] and "–" in rows[0]
    marked = [row.th.get_text() for row in page.select("#figures tbody tr:not(.why)")]
    assert [name for name in marked if "unfit judge" in name] == ["answer_f1 unfit judge"]


def test_the_fingerprints_difference_is_told_with_a_warning():
    before = make_run("a", {"mrr": [1]}, fingerprint={"model": "x", "retrieval": {"k": 5, "f": 1}})
    after = make_run("b", {"mrr": [1]}, fingerprint={"model": "y", "retrieval": {"k": 8, "f": 1}})
    page = page_of(after, before).select_one("#fingerprint")
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in page.select("tr")]
    assert rows[1:3] == [["model", "x", "y"], ["retrieval.k", "5", "8"]]
    assert "more than one factor changed" in page.select_one(".warning").get_text()
    same = page_of(after, after).select_one("#fingerprint").get_text()
    assert "Nothing differs" in same and "more than one" not in same


def test_there_are_charts_of_scores_times_differences_and_cost(page):
    titles = [figure.h3.get_text() for figure in page.select("figure")]
    assert titles == ["Means", "Differences from the baseline", "Scores of the items",
                      "Changes of the items", "Times", "Cost against quality"]  # fmt: skip
    for figure in page.select("figure"):
        drawing = figure.select_one("[role=img]")
        assert figure.h3.get_text() in drawing["aria-label"]
        assert drawing.svg is not None
    means = page.select_one("figure").get_text()
    assert "answer_accuracy" in means, "text must be text, not outlines"


def test_unpriced_runs_are_drawn_against_time_and_say_so(run):
    page = page_of(run)
    assert "No price is known" in page.select("figcaption")[-1].get_text()
    priced = make_run("b", {"answer_accuracy": [1, 0], "cost": [0.01, 0.02]})
    captions = [caption.get_text() for caption in page_of(priced).select("figcaption")]
    assert any("up and left" in caption for caption in captions)
    assert not any("No price" in caption for caption in captions)


def test_scores_that_nothing_bounds_are_drawn():
    metrics = {"own": [-3.0, 7.5], "latency_total_s": [1.0, 2.0], "cost": [1.0, 2.0]}
    before = make_run("a", metrics)
    one = make_run("b", {name: values[:1] for name, values in metrics.items()})
    assert len(page_of(one, before).select("figure svg")) >= 4


def test_drawings_share_no_id_and_take_their_colours_from_the_page(page):
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    style = "".join(tag.get("style", "") for tag in page.select("svg *"))
    assert "var(--run)" in style and "var(--baseline)" in style
    assert "#010101" not in style
    css = page.style.get_text()
    assert "prefers-color-scheme: dark" in css
    for name in ("ink", "muted", "run", "baseline", "line"):
        assert css.count(f"--{name}:") == 2


def test_labels_are_data_and_no_formulas():
    drawing = draw("x", (2, 2), lambda figure: figure.text(0, 0, "$\\frac{ <b>&"))
    assert "$\\frac{ &lt;b&gt;&amp;" in drawing
    assert "http" not in drawing


def test_the_same_run_gives_the_same_page(run, baseline, html):
    assert render(run, baseline) == html


def test_ten_thousand_items_make_a_page_of_bounded_size(tmp_path):
    texts = [{"question": "q" * 200, "answer": "a" * 4000, "sources": SOURCES[:1] * 5}] * 10_000
    run = make_run("b", {"answer_accuracy": [0, 1] * 5000, "mrr": [0.5] * 10_000}, records=texts)
    path = tmp_path / "new" / "page.html"
    write_html(path, run)
    html = path.read_text("utf-8")
    assert len(html) < 2 * BUDGET
    assert [file.name for file in path.parent.iterdir()] == ["page.html"]
    page = BeautifulSoup(html[: html.index('<script type="application/json"')], "html.parser")
    assert len(page.find_all(True)) < 3_000, "rows are made when they are looked at"
    assert "Texts are cut to 500 characters" in page.get_text()
    assert html.count('"id":') == 10_000


@given(st.lists(st.integers(0, 30_000), max_size=2_000), st.integers(1, 400))
def test_texts_are_cut_no_more_than_the_budget_asks(lengths, times):
    lengths *= times
    cap = text_cap(lengths)
    larger = [other for other in CAPS if other > cap]
    assert cap == CAPS[-1] or sum(min(length, cap) for length in lengths) <= BUDGET
    assert all(sum(min(length, other) for length in lengths) > BUDGET for other in larger)


def test_a_short_text_is_never_cut(run):
    assert data_in(page_of(run))["cut_at"] == CAPS[0] == max(CAPS)
    assert data.MOST_SOURCES >= 5
