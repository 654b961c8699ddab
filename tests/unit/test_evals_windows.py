"""The golden windows of monitoring: what is rendered, and how an analysis is scored."""

import json
import math
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from scipy.stats import poisson

from evals.monitoring.window_rendering import render
from evals.monitoring.window_scoring import falls_in_window, figures, score
from evals.monitoring.window_specs import Scenario, load_scenarios
from evals.monitoring.windows import judge, show
from workbench.errors import UsageError
from workbench.evaluation.questions import Question

FOLDER = Path(__file__).parents[2] / "datasets" / "hotel"
PARTS = {"windows_dev.jsonl": (12, 8), "windows_test.jsonl": (36, 24)}
CAMERAS = ["cam_lobby_01", "cam_lobby_02"]
FRAME = {
    "name": "frame",
    "service": "cv",
    "level": "info",
    "message": "Frame of {@camera_id}, {0-6} faces",
    "per_hour": 240,
    "metadata": {"camera_id": CAMERAS},
}
TIMEOUT = {"level": "error", "message": "Recognition failed: timeout"}


def fault(**given):
    base = {"service": "cv", "component": "cam_lobby_01", "kinds": ["error_rate"]}
    return {**base, "size": "glaring", "usual": 0, "now": 20, **given}


def scenario(*changes, faults=(), **baseline):
    quiet = {"start": "2025-04-16T00:00:00+07:00", "hours": 10, "templates": [FRAME], **baseline}
    return Scenario.model_validate(
        {
            "seed": 7,
            "services": sorted({each["service"] for each in quiet["templates"]}),
            "window_minutes": 30,
            "baseline": quiet,
            "window": {"changes": list(changes)},
            "anomalous": bool(faults),
            "kinds": sorted({kind for each in faults for kind in each["kinds"]}),
            "component": faults[0]["component"] if faults else None,
            "faults": list(faults),
        }
    )


def in_window(given):
    return [line for line in render(given) if line.at >= given.window_start]


def question(name="w1", *tags):
    return Question(id=name, assistant="hotel", user_input="It breaks.", tags=list(tags))


def issue(kind="error_spike", service="cv", after=5, until=20, components=("cam_lobby_01",)):
    start = scenario().window_start
    return {
        "type": kind,
        "service": service,
        "started_at": (start + timedelta(minutes=after)).isoformat(),
        "ended_at": (start + timedelta(minutes=until)).isoformat(),
        "affected_components": list(components),
        "statistics": {"windows": 1},
    }


def said(*issues, judged=20):
    return {"issues": list(issues), "windows_judged": judged}


class TestRendering:
    def test_the_same_scenario_makes_the_same_lines_and_another_seed_others(self):
        given = scenario()
        other = given.model_copy(update={"seed": 8})
        assert render(given) == render(given) != render(other)

    def test_lines_are_in_order_and_end_with_the_window(self):
        lines = render(scenario(growth=2, shape=[1.0, 2.0] * 12))
        times = [line.at for line in lines]
        assert times == sorted(times)
        assert scenario().baseline.start <= times[0] and times[-1] < scenario().window_end

    def test_the_rate_follows_template_hour_and_growth(self):
        night = [0.0] * 5 + [2.0] * 19
        lines = render(scenario(shape=night))
        assert min(line.at.hour for line in lines) == 5
        assert abs(len(lines) - 2 * 240 * 5.5) < 4 * math.sqrt(2 * 240 * 5.5)
        grown = render(scenario(growth=3))
        half = scenario().baseline.start + timedelta(hours=5.25)
        later = sum(line.at >= half for line in grown)
        assert 1.4 < later / (len(grown) - later) < 2  # (2 + 3) / (1 + 2)

    def test_a_clump_concerns_one_component_and_keeps_the_rate(self):
        clumped = {**FRAME, "clump": [3, 5]}
        lines = render(scenario(templates=[clumped]))
        assert abs(len(lines) - 240 * 10.5) < 0.2 * 240 * 10.5
        same = sum(one.metadata == two.metadata for one, two in pairwise(lines))
        assert same > 0.6 * len(lines)

    def test_placeholders_are_filled_with_numbers_words_and_metadata(self):
        text = "{@camera_id}: {007-009} {old|new}"
        line = in_window(scenario(templates=[{**FRAME, "message": text}]))[0]
        camera, number, word = line.message.split()
        assert camera == line.metadata["camera_id"] + ":"
        assert number in {"007", "008", "009"} and word in {"old", "new"}

    def test_a_clock_ticks_without_regard_to_shape(self):
        beat = {**FRAME, "per_hour": 0, "every_minutes": 5}
        assert len(render(scenario(templates=[beat], shape=[0.0] * 24))) == 126

    def test_a_line_is_written_in_the_form_that_the_command_reads(self):
        record = render(scenario())[0].record()
        assert list(record) == ["service", "level", "message", "timestamp", "metadata"]
        assert (
            record["timestamp"].startswith("2025-04-15T17:00:") and record["timestamp"][-1] == "Z"
        )
        assert json.loads(json.dumps(record)) == record


class TestChanges:
    def test_the_baseline_stays_as_it_is(self):
        change = {"change": "stop", "service": "cv"}
        quiet, changed = scenario(), scenario(change)
        before = [line for line in render(quiet) if line.at < quiet.window_start]
        assert render(changed) == before

    def test_failures_take_the_place_of_the_component_s_lines(self):
        change = {"change": "fail", "service": "cv", "only": {"camera_id": "cam_lobby_01"}}
        quiet, failing = scenario(), scenario({**change, "share": 1, "line": TIMEOUT})
        lines = in_window(failing)
        failed = [line for line in lines if line.level == "error"]
        assert len(lines) == len(in_window(quiet)) and failed
        assert {line.metadata["camera_id"] for line in failed} == {"cam_lobby_01"}
        assert {line.metadata["camera_id"] for line in lines if line.level == "info"} == {
            "cam_lobby_02"
        }

    def test_added_lines_are_as_many_as_told_and_within_their_minutes(self):
        change = {"change": "add", "service": "cv", "count": 9, "line": TIMEOUT}
        given = scenario({**change, "from_minute": 10, "minutes": 5})
        added = [line for line in in_window(given) if line.level == "error"]
        first = given.window_start + timedelta(minutes=10)
        assert len(added) == 9
        assert all(first <= line.at < first + timedelta(minutes=5) for line in added)

    @pytest.mark.parametrize("times", [0.25, 4])
    def test_a_rate_is_multiplied(self, times):
        usual = len(in_window(scenario()))
        now = len(in_window(scenario({"change": "times", "service": "cv", "times": times})))
        assert 0.6 * times < now / usual < 1.5 * times

    def test_an_event_happens_in_baseline_and_window(self):
        starting = {"level": "info", "message": "Starting"}
        event = {"name": "restart", "service": "cv", "at_hours": [2, 6], "lines": [starting] * 3}
        change = {"change": "event", "service": "cv", "names": ["restart"], "from_minute": 4}
        lines = [
            line for line in render(scenario(change, events=[event])) if line.name == "restart"
        ]
        assert len(lines) == 9
        assert sum(line.at >= scenario().window_start for line in lines) == 3


class TestScoring:
    def test_a_fault_is_found_with_its_kind_and_component(self):
        given = scenario(faults=[fault()])
        [found] = score(question(), given, said(issue())).faults
        assert found.found and found.kind_right and found.main_kind
        assert found.component_right and found.component_alone

    def test_an_issue_of_another_service_finds_nothing_and_is_stray(self):
        scored = score(question(), scenario(faults=[fault()]), said(issue(service="llm")))
        assert scored.flagged and scored.stray and not scored.found and not scored.right

    def test_another_kind_or_component_is_told_from_the_right_one(self):
        given = scenario(faults=[fault(kinds=["error_rate", "burst"])])
        burst = issue("template_burst", components=("cam_lobby_01", "cam_lobby_02"))
        [found] = score(question(), given, said(burst)).faults
        assert (found.kind_right, found.main_kind) == (True, False)
        assert (found.component_right, found.component_alone) == (True, False)
        [found] = score(question(), given, said(issue("silence", until=30, components=()))).faults
        assert (found.found, found.kind_right, found.component_right) == (True, False, False)

    def test_an_issue_of_the_baseline_is_no_false_alarm_of_the_window(self):
        before = issue(after=-90, until=-60)
        scored = score(question(), scenario(), said(before))
        assert scored.right and not scored.flagged and scored.before == 1

    def test_an_issue_that_reaches_into_the_window_counts_there(self):
        assert falls_in_window(issue(after=-90, until=3), scenario())
        assert not falls_in_window(issue(after=-90, until=-1), scenario())

    def test_a_silence_counts_where_it_fills_half_of_the_window(self):
        assert falls_in_window(issue("silence", after=-1, until=29), scenario())
        assert not falls_in_window(issue("silence", after=-30, until=1), scenario())

    def test_the_figures_count_misses_and_false_alarms_of_all_windows(self):
        faulty, quiet = scenario(faults=[fault()]), scenario()
        scored = [
            score(question("a1"), faulty, said(issue())),
            score(question("a2"), faulty, said()),
            score(question("q1", "busy"), quiet, said(issue("template_burst"))),
            *(score(question(f"q{n}"), quiet, said()) for n in (2, 3, 4)),
        ]
        found = figures(scored)
        assert (found["recall"]["count"], found["recall"]["n"]) == (1, 2)
        assert (found["false_alarms"]["count"], found["false_alarms"]["n"]) == (1, 4)
        assert found["missed"] == ["a2"] and found["false"] == ["q1"]
        assert found["by_size"]["glaring"]["n"] == 2 and not found["by_size"]["strong"]["n"]
        assert found["by_tag"]["busy"]["false_alarms"]["share"] == 1
        assert found["baseline"] == {"windows_judged": 6 * 19, "flagged_at_most": 0}
        lines = "\n".join(show(found, scored))
        assert "missed: a2: nothing" in lines and "false alarm: q1: cv:burst" in lines

    def test_the_interval_is_wilson_s(self):
        quiet = [score(question(f"q{n}"), scenario(), said()) for n in range(10)]
        share = figures(quiet)["false_alarms"]
        assert (share["count"], share["n"]) == (0, 10)
        assert share["high"] == pytest.approx(0.2775, abs=1e-4)  # z2 / (n + z2), z2 = 3.8415

    def test_a_window_that_was_not_judged_is_a_miss_and_is_named(self):
        scored = score(question(), scenario(faults=[fault()]), said(judged=0))
        assert figures([scored])["not_judged"] == ["w1"] == figures([scored])["missed"]


@pytest.mark.parametrize("apart", [False, True])
def test_the_analysis_gets_all_lines_and_never_a_label(apart):
    given = scenario({"change": "stop", "service": "cv"}, faults=[fault(kinds=["silence"])])
    seen = []

    def analyse(assistant, log, baseline, minutes):
        texts = [path.read_text(encoding="utf-8") for path in (baseline, log) if path]
        seen.append((assistant, minutes, [len(text.splitlines()) for text in texts]))
        assert "silence" not in "".join(texts)
        return said()

    judge(question(), given, analyse, apart=apart)
    lines = len(render(given))
    assert seen == [("hotel", 30, [lines, 0] if apart else [lines])]


class TestGoldenSets:
    @pytest.mark.parametrize("name", PARTS)
    def test_it_holds_what_the_card_promises(self, name):
        given = [each for _, each in load_scenarios(FOLDER / name)]
        anomalous = sum(each.anomalous for each in given)
        assert (anomalous, len(given) - anomalous) == PARTS[name]
        assert {kind for each in given for kind in each.kinds} == {
            "error_rate",
            "burst",
            "new_template",
            "silence",
        }

    @pytest.mark.parametrize("name", PARTS)
    def test_sizes_follow_the_rule_of_the_card(self, name):
        for asked, given in load_scenarios(FOLDER / name):
            for each in given.faults:
                assert each.size == size_of(each.kinds[0], each.usual, each.now), asked.id

    def test_no_seed_is_used_twice(self):
        seeds = [each.seed for name in PARTS for _, each in load_scenarios(FOLDER / name)]
        assert len(set(seeds)) == len(seeds)


def size_of(kind, usual, now):
    """The rule of the card, from the definition alone."""
    if kind == "new_template":
        return "glaring" if now >= 15 else "strong" if now >= 6 else "moderate"
    chance = poisson.logcdf(now, usual) if kind == "silence" else poisson.logsf(now - 1, usual)
    decades = -chance / math.log(10)
    return "glaring" if decades >= 20 else "strong" if decades >= 10 else "moderate"


class TestReading:
    def write(self, tmp_path, **changed):
        args = scenario(faults=[fault()]).model_dump(mode="json") | changed
        call = {"name": "monitor", "args": args}
        line = {"id": "w1", "user_input": "It breaks.", "reference_tool_calls": [call]}
        path = tmp_path / "windows.jsonl"
        path.write_text(json.dumps(line) + "\n", encoding="utf-8")
        return path

    def test_a_scenario_is_read_back(self, tmp_path):
        [(_, read)] = load_scenarios(self.write(tmp_path))
        assert read == scenario(faults=[fault()])

    @pytest.mark.parametrize(
        "changed", [{"anomalous": False}, {"kinds": ["burst"]}, {"services": ["ml"]}, {"seeds": 1}]
    )
    def test_labels_that_contradict_the_faults_are_refused_by_id(self, tmp_path, changed):
        with pytest.raises(UsageError, match="w1"):
            load_scenarios(self.write(tmp_path, **changed))

    def test_a_question_without_a_scenario_is_refused(self, tmp_path):
        path = tmp_path / "questions.jsonl"
        path.write_text('{"id": "q1", "user_input": "Is it open?"}\n', encoding="utf-8")
        with pytest.raises(UsageError, match="q1 holds no scenario"):
            load_scenarios(path)
