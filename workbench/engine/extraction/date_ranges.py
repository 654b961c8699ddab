"""Which of the named days is the day of the matter, and which the end of a range."""

from dataclasses import dataclass
from datetime import date, timedelta

from workbench.engine.extraction.correcting import is_change, is_correction, is_refused
from workbench.engine.extraction.dates import Day, next_weekday
from workbench.engine.extraction.found import Found
from workbench.engine.extraction.message import Message, Pattern

_FILL = (
    r"(?:\s|,|¤|the|on|early|late|end\s+of|ngày|hết|hôm|mùng|mồng|hari|tanggal|tgl|morning|"
    r"afternoon|evening|"
    r"night|sáng|trưa|chiều|tối|pagi|siang|sore|malam)*"
)
_JOIN = Pattern(
    rf"^{_FILL}(?:-|->|to|till|til|until|through|thru|đến|tới|cho\s+(?:đến|tới)|sampai|hingga|sd|"
    rf"s/d|ke){_FILL}$"
)
_UNTIL = Pattern(
    r"(?<!\w)(?:until|till|til|untill|through|thru|up\s+to|sampai|hingga|sd|s/d|cho\s+(?:đến|tới)|"
    rf"đến\s+hết|tới\s+hết|hết){_FILL}$"
)
_STAY_TO = Pattern(
    r"(?<!\w)(?:extend\w*|stay\w*|keep\w*|prolong\w*|gia\s+hạn|ở(?:\s+(?:thêm|lại))?|kéo\s+dài|"
    r"lưu\s+trú|thuê|giữ|thêm|từ|perpanjang\w*|tinggal|menginap)(?!\w)"
    rf"[^.!?]{{0,40}}(?<!\w)(?:to|đến|tới|ke){_FILL}$"
)
_LEAVE = Pattern(
    r"(?<!\w)(?:leav(?:e|es|ing)|check(?:s|ing)?[\s-]?outs?|checkout|c/o|depart(?:s|ing|ure)?|"
    r"fly(?:ing)?\s+(?:home|out|back)|go(?:ing)?\s+home|trả\s+phòng|rời(?:\s+đi)?|về|check\s+out|"
    r"keluar|pulang|berangkat|out)(?!\w)(?:\s|,|:|¤|the|on|is|at|in|again|vào|ngày|hôm|lúc|vé|hari|"
    r"tanggal|tgl|sáng|trưa|chiều|tối|date)*$"
)
_NEAR = 60


@dataclass(frozen=True, slots=True)
class Days:
    """The day of a message's matter and the end of a range; `None` where it names none."""

    start: Day | None
    end: Day | None


def settle_days(message: Message, named: list[Day], today: date) -> Days:
    """Return the day of the matter and the end of the range.

    Of several days that are no range the first that is not past counts, after a correction or a
    change of booking the new one.

    Args:
        message: The message, with the words of days still to be seen.
        named: The days that it names, in their order.
        today: The reference day.
    """
    kept = [one for one in named if not is_refused(message, one.begin)]
    kept = _after_correction(message, kept)
    for at in range(len(kept) - 1):
        first, last = kept[at], kept[at + 1]
        if _JOIN.search(message, first.end, last.begin):
            if is_change(message, first.begin, last.begin):
                return Days(last, None)
            return Days(first, _later(message, first, last))
    ends = [one for one in kept if _is_end(message, one, kept)]
    starts = [one for one in kept if one not in ends]
    start = next((one for one in starts if one.value >= today), None)
    start = start or (None if ends else next(iter(starts), None))
    if len(starts) > 1 and is_change(message, starts[0].begin, starts[-1].begin):
        start = starts[-1]
    return Days(start, _later(message, start, ends[-1]) if ends else None)


def _after_correction(message: Message, kept: list[Day]) -> list[Day]:
    """Return the days that a correction leaves; the end of a range may be all that it corrects."""
    for at in range(len(kept) - 1, 0, -1):
        if not is_correction(message, kept[at - 1].end, kept[at].begin):
            continue
        if (
            at > 1
            and len(kept) == at + 1
            and _JOIN.search(message, kept[at - 2].end, kept[at - 1].begin)
        ):
            moved = Found(kept[at].value, kept[at - 1].begin, kept[at - 1].end)
            return [*kept[: at - 1], moved]
        return kept[at:]
    return kept


def _is_end(message: Message, day: Day, kept: list[Day]) -> bool:
    begin = max(0, day.begin - _NEAR)
    if _UNTIL.search(message, begin, day.begin) or _STAY_TO.search(message, begin, day.begin):
        return True
    others = [one for one in kept if one is not day and one.value != day.value]
    return bool(others) and _LEAVE.search(message, begin, day.begin)


def _later(message: Message, start: Day | None, end: Day) -> Day:
    """Return the end of a range; a weekday alone is the first of that name after the start."""
    if start is None or end.value > start.value:
        return end
    if end.value == start.value or (start.value - end.value).days < 7:
        moved = next_weekday(start.value, end.value.weekday())
        return Found(moved, end.begin, end.end)
    try:
        return Found(end.value.replace(year=start.value.year + 1), end.begin, end.end)
    except ValueError:
        return Found(end.value + timedelta(days=365), end.begin, end.end)
