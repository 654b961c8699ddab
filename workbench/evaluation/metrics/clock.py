"""Hours of the day as people name them."""

_MORNING = {"am", "sáng", "sang", "pagi"}
_AFTERNOON = {"pm", "chiều", "chieu", "tối", "toi", "sore"}
_MIDDAY = {"trưa", "trua", "siang"}
_NIGHT = {"đêm", "dem", "malam"}
PERIODS = (*_MORNING, *_AFTERNOON, *_MIDDAY, *_NIGHT, "a.m.", "p.m.", "a.m", "p.m")
"""Words after an hour that say which half of the day is meant."""


def on_the_clock(hour: int, minute: int, period: str = "") -> tuple[int, int] | None:
    """Return the hour and minute of the day, 24:00 as 0:00.

    Args:
        hour: The hour as written, of 12 or 24.
        minute: The minute.
        period: A word of `PERIODS` without dots, or nothing.

    Returns:
        `None` where there is no such time.
    """
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    if period and hour <= 12:
        hour = _of_24(hour, period)
    return hour % 24, minute


def _of_24(hour: int, period: str) -> int:
    if period in _MORNING:
        return hour % 12
    if period in _AFTERNOON:
        return hour % 12 + 12
    if period in _MIDDAY:
        return hour + 12 if hour <= 4 else hour
    return hour % 12 if hour == 12 or hour <= 5 else hour + 12
