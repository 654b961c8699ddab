"""Windows of a log: whole at its end, in spite of lines out of order and of wrong clocks."""

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from workbench.engine.monitoring.log import LogBuilder
from workbench.engine.monitoring.windows import cut_windows, stray_lines
from workbench.errors import UsageError

START = datetime(2025, 1, 17, 8, tzinfo=UTC)


def log_at(seconds, baseline=()):
    builder = LogBuilder((), ())
    for second in baseline:
        builder.add("cv", "info", "ok", START + timedelta(seconds=second), {})
    if baseline:
        builder.end_baseline()
    for second in seconds:
        builder.add("cv", "info", "ok", START + timedelta(seconds=second), {})
    return builder.build()


def test_windows_end_with_the_last_line():
    windows = cut_windows(log_at([0, 100, 101, 400, 401, 700]), 5)
    assert windows.of_line.tolist() == [0, 0, 1, 1, 2, 2]
    assert windows.count == 3
    assert windows.first_covered == pytest.approx(1 / 3)
    assert windows.bounds(2)[1] == START.timestamp() + 700


def test_windows_of_the_baseline_come_first_and_empty_ones_count():
    windows = cut_windows(log_at([0, 10], baseline=[-86_400, -86_400 + 900]), 5)
    assert (windows.baseline, windows.count) == (4, 5)
    assert windows.of_line.tolist() == [0, 3, 4, 4]


def test_lines_out_of_order_lie_in_the_window_of_their_time():
    seconds = list(range(0, 3000, 7))
    shuffled = random.Random(0).sample(seconds, len(seconds))
    ordered = dict(zip(seconds, cut_windows(log_at(seconds), 5).of_line, strict=True))
    found = cut_windows(log_at(shuffled), 5)
    assert found.of_line.tolist() == [ordered[one] for one in shuffled]
    assert found.set_aside == 0


@pytest.mark.parametrize("wrong", [1500, 86_400 * 365, -900, -86_400 * 365])
def test_a_line_with_a_wrong_clock_is_set_aside(wrong):
    seconds = list(range(0, 1000, 5))
    seconds.insert(100, wrong)
    windows = cut_windows(log_at(seconds), 5)
    assert np.flatnonzero(windows.of_line < 0).tolist() == [100]
    assert (windows.set_aside, windows.count) == (1, 4)


def test_a_last_line_after_a_long_silence_is_believed():
    seconds = [*range(0, 1000, 5), 5000]
    assert cut_windows(log_at(seconds), 5).set_aside == 0
    assert cut_windows(log_at([-5000, *range(0, 1000, 5)]), 5).set_aside == 0


def test_a_true_last_line_does_not_hide_a_wrong_clock_beyond_it():
    times = np.array([*range(0, 4000, 5), 90_000.0, 7000.0])
    assert np.flatnonzero(stray_lines(times, 300)).tolist() == [800]


def test_no_lines_make_no_windows():
    windows = cut_windows(log_at([]), 5)
    assert (windows.count, windows.set_aside) == (0, 0)


def test_a_log_over_many_years_is_refused_in_one_line():
    with pytest.raises(UsageError, match=r"spans 7,300 days"):
        cut_windows(log_at([0, 86_400 * 7300]), 5)
