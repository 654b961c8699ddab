"""Which of several values a message means: corrections, refusals and changes of a booking."""

from collections.abc import Sequence
from typing import TypeVar

from workbench.engine.extraction.found import Found
from workbench.engine.extraction.message import Message, Pattern

V = TypeVar("V")

_CORRECTION = Pattern(
    r"(?<!\w)(?:no+[,.!\s]+(?:sorry|wait|make|i\s+mean|actually|not|it|its|it's)|no,|sorry|srry|"
    r"actually|i\s+mean|i\s+meant|meant|make\s+(?:that|it)|scratch\s+that|correction|wait|oops|"
    r"whoops|oh\s+no|or\s+rather|better|change\s+(?:that|it)\s+to|"
    r"à\s+(?:không|nhầm|quên|mà\s+không)|a\s+nham|nhầm|lộn|ủa|không\s+phải|ko\s+phải|"
    r"ý\s+(?:em|mình|tôi|anh|chị|là|con)|xin\s+lỗi|sorry\s+em|đính\s+chính|sửa\s+lại|"
    r"đổi\s+(?:lại|thành)|"
    r"thôi|mà\s+thôi|quên|eh|ralat|salah|maksud(?:nya|ku)?|bukan|maaf|koreksi|ganti|deh)(?!\w)"
)
_REFUSED = Pattern(
    r"(?<!\w)(?:not|isn't|instead\s+of|rather\s+than|no\s+longer|chứ\s+(?:không|ko)(?:\s+phải)?|"
    r"(?:không|ko|k|hok|hông)\s+phải(?:\s+là)?|thay\s+vì|thay\s+cho|bukan(?:nya)?|daripada|"
    r"nggak|tidak)\s+"
    r"(?:(?:at|for|on|in|the|a|an|room|rm|number|phòng|lúc|jam|pukul|untuk|buat|ngày|hari|kamar|là|"
    r"cho|until|till|từ)\s+)*$"
)
_CHANGE = Pattern(
    r"(?<!\w)(?:move|moved|change|changed|switch|reschedule|rescheduled|shift|push|pushed|bring|"
    r"postpone|amend|update|đổi|dời|chuyển|sửa|thay|hoãn|ganti|ubah|mengubah|pindah(?:kan)?|geser|"
    r"undur|mundur(?:kan)?|majukan)(?!\w)"
)
_TO = Pattern(r"(?<!\w)(?:to|into|sang|thành|qua|lại|ke|jadi|menjadi|đến|tới|->|instead)(?!\w)")
_REACH = 60


def is_correction(message: Message, begin: int, end: int) -> bool:
    """Tell whether a stretch of a message takes back what stands before it."""
    return _CORRECTION.search(message, begin, end)


def is_refused(message: Message, begin: int) -> bool:
    """Tell whether what begins somewhere is named as what it is not: "not 7", "thay vì 7"."""
    return _REFUSED.search(message, max(0, begin - _REACH), begin)


def is_change(message: Message, begin: int, end: int) -> bool:
    """Tell whether two values are the old and the new one of a change: "move it from 9 to 10".

    Args:
        message: The message.
        begin: Where the first value begins.
        end: Where the second one does.
    """
    changes = _CHANGE.all_within(message, 0, begin)
    return bool(changes) and _TO.search(message, begin, end)


def valid(message: Message, found: Sequence[Found[V]]) -> list[Found[V]]:
    """Return the values that are not refused, and those after the last correction only."""
    kept = [one for one in found if not is_refused(message, one.begin)]
    for at in range(len(kept) - 1, 0, -1):
        before, after = kept[at - 1], kept[at]
        if is_correction(message, before.end, after.begin):
            return kept[at:]
    return kept


def last_valid(message: Message, found: Sequence[Found[V]]) -> Found[V] | None:
    """Return the one value that is meant: the new one of a correction or change, else the first."""
    kept = valid(message, found)
    if len(kept) > 1 and is_change(message, kept[0].begin, kept[-1].begin):
        return kept[-1]
    return kept[0] if kept else None
