"""Rates and findings in words: a change is told by both rates, their counts, and how many times."""

from workbench.engine.monitoring.definition import IssueKind

TITLES: dict[IssueKind, str] = {
    "error_spike": "Error spike",
    "template_burst": "Burst of one message",
    "new_template": "New message",
    "silence": "Silence",
}


def percent(part: int, whole: int) -> str:
    """Return a share: 15%, 2.3%, 0.04%."""
    share = 100.0 * part / whole
    if share >= 10 or share == 0:
        return f"{share:.0f}%"
    return f"{share:.1f}%".replace(".0%", "%") if share >= 1 else f"{share:.2g}%"


def times(rate: float, rate0: float) -> str:
    """Return how many times a rate is another one above 0: "7.5 times"."""
    factor = rate / rate0
    return f"{factor:,.0f} times" if factor >= 20 else f"{factor:.1f} times".replace(".0 ", " ")


def describe_spike(service: str, counts: tuple[int, int], before: tuple[int, int]) -> str:
    """Tell a rise of the share of error lines.

    Args:
        service: The service.
        counts: Error lines and all lines in the window.
        before: The same of the baseline.
    """
    (count, total), (count0, total0) = counts, before
    grown = f", {times(count / total, count0 / total0)}" if count0 else ""
    return (
        f"Error lines of {service} rose from {percent(count0, total0)} ({count0:,} of {total0:,} "
        f"lines) to {percent(count, total)} ({count:,} of {total:,} lines){grown}"
    )


def describe_burst(
    service: str, template: str, counts: tuple[int, int], before: tuple[int, int], windows0: int
) -> str:
    """Tell a burst of a message, or one that the baseline never had.

    Args:
        service: The service.
        template: The message, without its values.
        counts: Its lines and all lines of the service in the window.
        before: The same of the baseline.
        windows0: The windows of the baseline.
    """
    (count, total), (count0, total0) = counts, before
    lines = f"{count:,} of {total:,} lines of {service} in one window"
    if not count0:
        return f'"{template}" was never seen in {total0:,} earlier lines; now {lines}'
    grown = times(count, count0 / windows0)
    return f'"{template}" came {grown} as often as usual: {lines}, {count0:,} of {total0:,} before'


def describe_silence(
    service: str, component: str, count: int, expected: float, minutes: float
) -> str:
    """Tell that a service, or a component of it, writes nearly nothing.

    Args:
        service: The service.
        component: What its lines no longer concern; empty for the service as a whole.
        count: The lines that were written.
        expected: The lines that are usual in that time.
        minutes: How long that time is; 0 for one window.
    """
    wrote = "no line" if not count else f"{count:,} line{'s' * (count > 1)}"
    about = f" about {component}" if component else ""
    usual = f"{expected:,.0f}" if expected >= 1.5 else f"{expected:.1f}"
    time = f"for {minutes:,.1f} minutes" if minutes else "in a window"
    return f"{service} wrote {wrote}{about} {time} in which it usually writes {usual}"
