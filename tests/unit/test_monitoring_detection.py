"""What is unusual in a log: found where it is, and quiet windows left alone."""

import random
from datetime import timedelta

import pytest
from fixtures.log_lines import MORNING, SPIKE, line, quiet, scenario

from workbench.assistants.registry import SHIPPED
from workbench.engine.monitoring import LogLine, analyse, load_monitoring, log_of

HOTEL = load_monitoring(SHIPPED / "hotel", "hotel")


def judged(lines, baseline=(), monitoring=HOTEL, minutes=None):
    read = [[LogLine.model_validate(one) for one in part] for part in (lines, baseline)]
    return analyse(log_of(*read, monitoring), monitoring, minutes)


def steady(service, message, every, minutes, level="info", start=MORNING):
    count = int(minutes * 60 / every)
    return [
        line(service, level, message, start + timedelta(seconds=every * number))
        for number in range(count)
    ]


def test_the_documents_spike_is_found_and_told_by_its_rates():
    [issue] = judged(scenario()).issues
    assert (issue.kind, issue.service, issue.severity) == ("error_spike", "cv", "high")
    assert issue.description.startswith(
        "Error lines of cv rose from 2% (40 of 2,000 lines) to 15% (18 of 120 lines), 7.5 times"
    )
    assert (issue.started_at, issue.ended_at) == (SPIKE, SPIKE + timedelta(minutes=2))
    assert issue.components == ("face_recognition_engine", "cam_lobby_01", "cam_lobby_02")
    assert set(issue.causes) == {
        "Model loading issue",
        "Network timeout to camera feeds",
        "GPU memory exhaustion",
    }
    assert issue.causes[-1] == "GPU memory exhaustion", "no line speaks of memory"
    assert issue.affected == 15
    commands = [one.command for one in issue.actions]
    assert commands[0] == "nvidia-smi"
    assert commands[-1] == "kubectl rollout restart deployment/cv-service"


def test_the_same_spike_is_found_against_a_baseline_file():
    window = [one for one in scenario() if one["timestamp"] >= "2025-01-17T08:30"]
    analysis = judged(window, baseline=quiet(9))
    assert [one.service for one in analysis.issues] == ["cv"]
    assert (analysis.judged, analysis.notes) == (1, ())


def test_three_error_lines_without_totals_give_no_alarm_and_say_why():
    lines = [line("cv", "error", "Face recognition failed: timeout", SPIKE)] * 3
    analysis = judged(lines)
    assert analysis.issues == ()
    assert analysis.summary == "Nothing was judged."
    assert "counts of lines alone tell no rate" in analysis.notes[0]


def test_three_errors_of_twenty_lines_are_no_alarm_at_this_level():
    base = steady("cv", "ok", 3, 95) + steady("cv", "failed", 150, 95, "error")
    lines = steady("cv", "ok", 18, 5) + steady("cv", "failed", 60, 3, "error")
    assert judged(lines, base).issues == ()


@pytest.mark.parametrize("clump", [1, 6])
def test_quiet_windows_are_flagged_no_more_often_than_stated(clump):
    """At a level of 5%; errors that always come in sixes are as quiet as single ones."""
    level, flagged, windows = 0.05, 0, 0
    monitoring = HOTEL.model_copy(update={"false_alarms": level})
    for seed in range(14):
        base = list(clumped(quiet(seed, minutes=120), clump))
        lines = list(clumped(quiet(seed + 500, minutes=60), clump))
        analysis = judged(lines, base, monitoring)
        flagged += sum(one.windows for one in analysis.issues)
        windows += analysis.judged
    assert windows >= 14 * 12
    assert flagged <= level * windows


def clumped(lines, clump):
    chance = random.Random(len(lines))
    for one in lines:
        if one["level"] != "error":
            yield one
        elif chance.random() < 1 / clump:
            yield from [one] * clump


def test_without_a_baseline_quiet_windows_are_left_alone_too():
    analyses = [judged(quiet(seed, minutes=120)) for seed in range(6)]
    assert sum(one.windows for each in analyses for one in each.issues) == 0
    assert all(each.judged == 18 for each in analyses)


def test_a_fault_is_not_learned_as_usual():
    lines = steady("cv", "ok", 1, 100)
    for minute in range(60, 100):
        start = MORNING + timedelta(minutes=minute)
        lines += steady("cv", "failed", 3, 1, "error", start)
    [issue] = judged(lines).issues
    assert issue.windows == 8
    assert issue.worst.count0 == 0


def test_a_busy_service_that_falls_silent_is_found_from_then_on():
    lines = steady("cv", "ok", 2, 60) + steady("ml", "ok", 5, 120)
    [issue] = judged(lines).issues
    assert (issue.kind, issue.service, issue.severity) == ("silence", "cv", "high")
    assert issue.description.startswith("cv wrote no line ")
    assert issue.windows == 12
    assert issue.started_at >= MORNING + timedelta(minutes=59)


def test_a_camera_that_falls_silent_is_named_while_its_service_goes_on():
    lines = [one for one in quiet(1, minutes=120) if one["service"] == "cv"]
    gone = (MORNING + timedelta(minutes=107)).isoformat()
    kept = [
        one
        for one in lines
        if one["metadata"]["camera_id"] != "cam_lobby_02" or one["timestamp"] < gone
    ]
    [issue] = judged(kept).issues
    assert (issue.kind, issue.service, issue.severity) == ("silence", "cv", "medium")
    assert issue.components == ("cam_lobby_02",)
    assert issue.description.startswith("cv wrote no line about cam_lobby_02 for ")
    assert issue.started_at >= MORNING + timedelta(minutes=106), "its last line tells the begin"
    assert issue.causes == ("The camera or its network link is down",)
    assert [one.component for one in issue.actions] == ["cam_lobby_02"]


def test_a_service_that_rarely_writes_is_not_missed():
    lines = steady("cv", "ok", 2, 120) + steady("ml", "ok", 400, 60)
    assert judged(lines).issues == ()


def test_a_service_that_pauses_by_habit_is_not_missed():
    busy = [part * 20 for part in range(12)]
    base = [
        one
        for minute in busy
        for one in steady("cv", "ok", 2, 10, start=MORNING + timedelta(minutes=minute))
    ]
    lines = steady("ml", "ok", 2, 10, start=SPIKE + timedelta(days=1))
    assert judged(lines, [*base, *steady("ml", "ok", 2, 240)]).issues == ()


def test_a_burst_of_one_message_is_found_and_more_traffic_of_all_kinds_is_not():
    base = steady("prefect", "Flow run finished", 2, 120) + steady("prefect", "Retry", 60, 120)
    more = steady("prefect", "Flow run finished", 0.5, 5) + steady("prefect", "Retry", 15, 5)
    assert judged(more, base).issues == ()
    burst = steady("prefect", "Flow run finished", 2, 5) + steady("prefect", "Retry", 5, 5)
    [issue] = judged(burst, base).issues
    assert (issue.kind, issue.template) == ("template_burst", "Retry")
    assert '"Retry" came 12 times as often as usual' in issue.description


def test_a_share_that_rises_because_other_lines_stop_is_no_burst():
    base = steady("prefect", "Flow run finished", 2, 120) + steady("prefect", "Beat", 10, 120)
    lines = steady("prefect", "Flow run finished", 20, 5) + steady("prefect", "Beat", 10, 5)
    assert "template_burst" not in [one.kind for one in judged(lines, base).issues]


def test_a_message_never_seen_is_found_when_it_comes_often_enough():
    base = steady("ml", "Price computed", 2, 120)
    usual = steady("ml", "Price computed", 2, 5)
    news = steady("ml", "Feature store schema changed", 30, 5, "warning")
    assert judged(usual + news[:1], base).issues == ()
    [issue] = judged(usual + news, base).issues
    assert (issue.kind, issue.severity) == ("new_template", "low")
    assert "was never seen in 3,600 earlier lines" in issue.description


def test_a_single_new_critical_line_is_no_alarm_but_told_once():
    base = steady("ml", "Price computed", 2, 120)
    lines = steady("ml", "Price computed", 2, 10)
    lines += steady("ml", "Disk 7 is dying", 600, 10, "fatal")
    lines += steady("ml", "Disk is slow", 600, 10, "error")
    analysis = judged(lines, base)
    assert analysis.issues == ()
    assert analysis.notes == (
        'critical messages never seen before, too few to be judged: "Disk <NUM> is dying"',
    )


def test_many_templates_do_not_hide_a_spike():
    words = [
        "".join(chr(97 + number // 26**place % 26) for place in range(3)) * 2
        for number in range(300)
    ]
    chatter = [
        each
        for number, word in enumerate(words)
        for each in steady("cv", f"{word} {word[::-1]} x{word} {word}y", 1200, 90,
                           start=MORNING + timedelta(seconds=4 * number))
    ]  # fmt: skip
    assert [one.kind for one in judged(chatter + scenario()).issues] == ["error_spike"]


def test_a_service_without_a_baseline_is_told_and_not_judged():
    analysis = judged(steady("new", "failed", 1, 5, "error"), quiet(0))
    assert [one.service for one in analysis.issues if one.service == "new"] == []
    assert "services without lines in the baseline, not judged: new" in analysis.notes


def test_an_empty_log_is_told():
    for baseline in ([], quiet(0, minutes=5)):
        analysis = judged([], baseline)
        assert analysis.notes == ("the log holds no lines",)
        assert (analysis.judged, analysis.started_at) == (0, None)


def test_a_wrong_clock_raises_no_alarm_and_is_told():
    lines = quiet(3)
    lines.insert(50, line("cv", "info", "Face recognised in 3 ms", SPIKE + timedelta(days=900)))
    analysis = judged(lines)
    assert analysis.issues == ()
    assert "set aside, with a clock far off: 1 lines" in analysis.notes


def test_the_order_of_the_lines_does_not_matter():
    lines = scenario()
    shuffled = random.Random(1).sample(lines, len(lines))
    [one], [other] = judged(lines).issues, judged(shuffled).issues
    assert (one.description, one.started_at) == (other.description, other.started_at)


def test_another_length_of_window_is_used():
    analysis = judged(scenario(), minutes=15)
    assert analysis.minutes == 15
    assert analysis.judged == 1
