"""Silence is found whatever the hour and whoever falls silent; quiet traffic is left alone."""

import numpy as np
import pytest
from fixtures.quiet_traffic import START, Traffic, daily, growing, quiet_log

from workbench.assistants.registry import SHIPPED
from workbench.engine.monitoring import load_monitoring
from workbench.engine.monitoring.detection import Detector, Finding
from workbench.engine.monitoring.issues import IssueMaker
from workbench.engine.monitoring.silence import SilenceWatch
from workbench.engine.monitoring.units import MAX_PARTS, find_units
from workbench.engine.monitoring.windows import cut_windows

LEVEL = 0.05
"""Of the quiet windows, over all services, components and tests."""
STATED = 0.00025
"""What the hotel's level of 0.001 leaves to silences."""


def cameras(service, **how):
    return [Traffic(service, service * 3 + number, 40, **how) for number in range(3)]


def looked(log, minutes, level):
    """Return what is silent in each judged window, by its number, and how many were judged."""
    windows = cut_windows(log, minutes)
    watch = SilenceWatch(log, windows, level)
    found, judged = {}, 0
    for window in range(windows.count):
        watch.look(window, np.flatnonzero(windows.of_line == window))
        here = []
        if window >= (windows.baseline or 6):
            here = watch.found()
            judged += 1
        if here:
            found[window] = here
        if not windows.baseline or window < windows.baseline:
            watch.learn({(one.service, one.component) for one in here})
    return found, judged


KINDS = {
    "flat": [*cameras(0), *cameras(1)],
    "daily": [*cameras(0, rate=daily), *cameras(1, rate=daily)],
    "growing": [*cameras(0, rate=growing), *cameras(1, rate=growing)],
    "in clumps": [*cameras(0, clump=6), *cameras(1)],
    "in clumps by day": [*cameras(0, clump=4, rate=daily), *cameras(1, rate=daily)],
    "with hours of their own": [*cameras(0, spread=0.3, rate=daily), *cameras(1, spread=0.3)],
    "with restarts": [*cameras(0, pause=6), *cameras(1)],
    "few lines": [Traffic(0, 0, 6), Traffic(1, 1, 20)],
}


@pytest.mark.parametrize("kind", KINDS)
def test_quiet_windows_are_called_silent_no_more_often_than_stated(kind):
    """Short logs, a log over days, and logs with a baseline file."""
    chance = np.random.default_rng(1)
    flagged = judged = 0
    for hours, minutes, baseline, logs in ((2, 5, 0, 6), (50, 15, 0, 1), (6, 5, 3, 3)):
        for _ in range(logs):
            log = quiet_log(KINDS[kind], hours, chance, baseline_hours=baseline)
            found, count = looked(log, minutes, LEVEL)
            flagged, judged = flagged + len(found), judged + count
    assert judged >= 400
    assert flagged <= LEVEL * judged


def silent(begin, end, of=(0, -1), hours=35.0, minutes=15, baseline=0.0, traffic=None):
    """Return what is found where cv's part or all of it writes nothing for some hours."""
    usual = traffic or [*cameras(0, rate=daily), *cameras(1, rate=daily)]
    chance = np.random.default_rng(5)
    log = quiet_log(usual, hours, chance, [(*of, begin, end)], baseline)
    return looked(log, minutes, STATED)[0], cut_windows(log, minutes)


@pytest.mark.parametrize("baseline", [0.0, 30.0])
def test_a_service_that_stops_by_day_is_found_in_spite_of_quiet_nights(baseline):
    found, windows = silent(34.75, 35, baseline=baseline)
    assert list(found) == [windows.count - 1]
    [[one]] = found.values()
    assert (one.service, one.component) == (0, -1)
    assert 15 < one.expected < 40


def test_a_silence_that_begins_within_the_last_window_is_found_with_its_begin():
    found, windows = silent(34.6, 35, minutes=40)
    [[one]] = found.values()
    assert (one.service, one.component, one.count) == (0, -1, 0)
    assert START + 34.4 * 3600 < one.begin <= START + 34.6 * 3600
    assert one.begin > windows.bounds(windows.count - 1)[0] + 600


def test_a_silence_through_many_windows_that_hold_few_lines_is_found():
    """At three lines a window none of them is silent by itself."""
    slow = [Traffic(0, -1, 36), *cameras(1)]
    found, windows = silent(29, 30, hours=30, minutes=5, traffic=slow)
    assert found
    assert min(found) > windows.count - 11
    assert all(one.service == 0 for here in found.values() for one in here)
    assert max(found) == windows.count - 1


def test_one_component_is_named_while_the_service_goes_on():
    found, _ = silent(58, 60, of=(0, 2), hours=60, minutes=60)
    assert found
    assert {(one.service, one.component) for here in found.values() for one in here} == {(0, 2)}


def test_a_silent_service_is_told_once_without_its_components():
    found, _ = silent(33, 35, minutes=60)
    assert {(one.service, one.component) for here in found.values() for one in here} == {(0, -1)}


def test_the_silence_of_several_components_begins_with_the_first_of_them():
    log = quiet_log([*cameras(0), *cameras(1)], 4, np.random.default_rng(5))
    windows, declared = cut_windows(log, 60), load_monitoring(SHIPPED / "hotel", "hotel")
    maker = IssueMaker(log, windows, Detector(log, windows, declared), declared)

    def gone(component, window, begin=None):
        return Finding(
            kind="silence", service=0, series=-1, window=window, count=0, total=0, count0=9,
            total0=9, windows0=3, chance=0.0001, component=component, begin=begin,
        )  # fmt: skip

    early = windows.bounds(2)[0] + 600
    [issue] = maker.issues([gone(0, 2, early + 1200), gone(1, 3), gone(2, 2, early)])
    assert issue.started_at.timestamp() == pytest.approx(early, abs=0.001)
    assert issue.ended_at.timestamp() == pytest.approx(windows.bounds(3)[1], abs=0.001)


def test_a_service_that_comes_back_is_left_alone_again():
    found, windows = silent(34, 34.5)
    ends = [windows.bounds(window)[1] for window in found]
    assert ends
    assert max(ends) <= START + 34.75 * 3600


def test_a_service_that_closes_every_night_in_the_baseline_is_not_missed_at_night():
    def open_by_day(hours):
        return ((hours % 24 > 7) & (hours % 24 < 22)).astype(float)

    shop = [*cameras(0, rate=open_by_day), *cameras(1)]
    log = quiet_log(shop, 72, np.random.default_rng(2), baseline_hours=48)
    found, judged = looked(log, 15, STATED)
    assert judged == 96
    assert found == {}


def test_only_the_components_with_most_lines_are_watched():
    many = [Traffic(0, number, 1 + number % 7) for number in range(MAX_PARTS + 40)]
    log = quiet_log(many, 10, np.random.default_rng(0))
    units = find_units(log)
    assert (units.component >= 0).sum() == MAX_PARTS
    assert set(units.service) == {0}
    watched = units.of_line >= 0
    assert (units.component[units.of_line[watched]] == log.components[watched]).all()


def test_lines_without_components_have_none_to_watch():
    log = quiet_log([Traffic(0, -1, 50)], 5, np.random.default_rng(0))
    units = find_units(log)
    assert units.component.tolist() == [-1]
    assert (units.of_line == -1).all()
