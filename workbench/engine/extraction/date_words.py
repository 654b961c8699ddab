"""The words of days in English, Vietnamese and Indonesian, written with their diacritics."""

from workbench.engine.extraction.message import Pattern

_MONTHS = (
    "january jan januari", "february feb februari febuary", "march mar maret", "april apr",
    "may mei", "june jun juni", "july jul juli", "august aug agustus agt",
    "september sep sept", "october oct oktober okt", "november nov", "december dec desember des",
)  # fmt: skip
MONTHS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
"""The number of a month by its name."""
_WEEKDAYS = (
    "monday mon mondays senin", "tuesday tue tues selasa", "wednesday wed rabu wednsday",
    "thursday thu thur thurs kamis", "friday fri jumat jum'at", "saturday sat sabtu",
    "sunday sun ahad",
)  # fmt: skip
WEEKDAYS = {name: number for number, names in enumerate(_WEEKDAYS) for name in names.split()}
"""The number of a weekday by its name, Monday being 0."""
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_CLEAR = "|".join(
    sorted((name for name in WEEKDAYS if name not in ("mon", "wed", "thu", "sat", "sun")), key=len)[
        ::-1
    ]
)
_YEAR = r"(?:\s*(?:,|/|\s|năm)\s*(?P<year>20\d\d)(?!\d))?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_PART = r"(?:sáng\s+sớm|sáng|trưa|chiều|tối|đêm|khuya|ngày|hôm|bữa|sớm|rạng\s+sáng)"
_COUNTED = (
    r"(?!\s*(?:floors?|times?|persons?|people|nights?|days?\s+of|rooms?|beds?|guests?|child|"
    r"attempt|"
    r"call|request|message|complaint|avenue|street|row|class|course|hand|one\b|visit|stay\b|"
    r"giờ|phút|đêm|người|khách|phòng|ngày|tiếng|lần|h\b|g\b|món|cái|suất|"
    r"lantai|orang|kali|malam|jam|[.:/]?\d))(?!\w)"
)

RELATIVE = (
    (-2, Pattern(
        r"(?<!\w)(?:(?:the\s+)?day\s+before\s+yesterday|hôm\s+kia|kemarin\s+(?:lusa|dulu))(?!\w)")),
    (2, Pattern(
        r"(?<!\w)(?:(?:the\s+)?day\s+after\s+(?:tomorrow|tmr|tmrw)|overmorrow|"
        rf"{_PART}\s+(?:kia|mốt(?!\s+\d))|lusa)(?!\w)")),
    (0, Pattern(
        r"(?<!\w)(?:today|2day|tonight|tonite|2nite|this\s+(?:morning|afternoon|evening|arvo)|"
        r"later\s+(?:this\s+)?(?:evening|afternoon)|"
        r"(?:hôm|bữa|sáng|trưa|chiều|tối|đêm|khuya)\s+nay|hnay|"
        r"(?:hari|malam|sore|siang|pagi)\s+ini|(?:nanti|ntar|tadi)\s+(?:sore|siang|pagi)|"
        r"(?:nanti|ntar)\s+malam|(?:malam|sore|siang)\s+nanti)(?!\w)")),
    (1, Pattern(
        r"(?<!\w)(?:tomorrow|tomorow|tommorow|tommorrow|tomorro|tmrw|tmr|tmw|tomoz|2moro|2morrow|"
        rf"2mrw|(?:{_PART}\s+){{1,2}}mai|besok|bsk|esok)(?!\w)(?!\s+(?:week|mốt))")),
    (-1, Pattern(
        r"(?<!\w)(?:yesterday|last\s+night|"
        rf"(?:{_PART}\s+)?hôm\s+qua|hqua|(?:tối|đêm|sáng|chiều|trưa)\s+qua|kemarin|"
        r"(?:tadi\s+malam|semalam)(?=\s+(?!lagi|berapa)))(?!\w)")),
)  # fmt: skip
"""Days from today and their words, in the order in which they are read."""
BARE_TOMORROW = Pattern(r"(?<!\w)mai(?!\w)(?!\s+mốt)")
"""Tomorrow in one Vietnamese word, which is a name as well."""
NAMED_BEFORE = Pattern(r"(?<!\w)(?:em|chị|anh|cô|chú|bạn|tên|bé|chi|ms|mrs|miss|nàng|bà)\s+$")
"""What stands before a name."""
DAY_AFTER = Pattern(r"(?<!\w)mốt(?!\w)")
"""The day after tomorrow in one word, where diacritics tell it from "one"."""
AHEAD = Pattern(
    r"(?<!\w)(?:(?:in|dalam)\s+(?P<in>\d{1,2}|a|one)\s+(?P<unit_in>days?|weeks?|hari|minggu)"
    r"(?:'?s?\s+time)?|"
    r"(?P<from>\d{1,2}|a|one)\s+(?P<unit_from>days?|weeks?)\s+"
    r"(?:from\s+(?:now|today)|later|(?P<tomorrow>from\s+tomorrow))|"
    r"(?P<vi>\d{1,2})\s+(?P<unit_vi>ngày|tuần|bữa)\s+nữa|"
    r"(?P<id>\d{1,2})\s+(?P<unit_id>hari|minggu)\s+lagi)(?!\w)"
)
"""So many days or weeks from now."""
AGO = Pattern(
    r"(?<!\w)(?P<count>\d{1,2}|a|one)\s+(?P<unit>days?|weeks?|ngày|tuần|hari|minggu)\s+"
    r"(?:ago|trước|(?:yang\s+)?lalu)(?!\w)"
)
"""So many days or weeks ago."""
WEEKDAY = Pattern(
    r"(?<!\w)(?P<before>(?:next|this|last)\s+week(?:'s|\s+on)?[\s,]+|(?:this\s+)?coming\s+|next\s+|"
    r"this\s+|last\s+|tuần\s+(?:này|sau|tới|kế|trước)[\s,]+|"
    r"(?:a\s+week\s+(?:from|on)\s+)|(?:hari\s+))?"
    r"(?:(?P<vi>(?:thứ|t|thu)\s?(?P<number>[2-7])(?!\d)|chủ\s*nhật|chúa\s+nhật|cn)|"
    rf"(?P<name>{_CLEAR})|(?P<short>mon|wed|thu|sat|sun)|"
    r"(?P<minggu>minggu))(?!\w)"
    r"(?P<after>\s+(?:of\s+)?(?:next|this|last)\s+week|\s+week(?!\w)|"
    r"\s+tuần\s+(?:này|sau\s+nữa|sau|tới|kế|trước|rồi|vừa\s+rồi|qua)|"
    r"\s+(?:này|vừa\s+rồi|rồi)(?!\w)|\s+(?:minggu|pekan)\s+(?:depan|ini|lalu)|"
    r"\s+(?:depan|ini|lalu)(?!\w))?"
)
"""A weekday, with what says of which week."""
WEEKDAY_CUE = Pattern(
    r"(?:(?<!\w)(?:on|this|next|coming|last|until|till|til|by|from|through|thru|every|and|or|for|"
    r"early|late|since|before|after|to)|[-,(/])\s*$"
)
"""What stands before a weekday that is short and another word too."""
WEEKDAY_FOLLOWS = Pattern(
    r"^\s*(?:$|[?!.,;)-]|(?:morning|afternoon|evening|night|noon|at|around|by|from|until|till|to|"
    r"\d{1,2}(?::\d\d)?\s*(?:am|pm))(?!\w))"
)
"""What stands after it."""
ORDINAL_BEFORE = Pattern(
    r"(?<!\w)(?:lần|người|đêm|cái|chiếc|con|món|đứa|phòng|tầng|bữa|giường)\s+$"
)
"""Before "thứ 2": what is the second."""
HOLIDAYS = (
    ((1, 1), Pattern(
        r"(?<!\w)(?:new\s+year'?s?\s+day|tết\s+(?:dương\s+lịch|tây)|"
        r"(?:hari\s+)?tahun\s+baru)(?!\w)")),
    ((12, 31), Pattern(
        r"(?<!\w)(?:new\s+year'?s?\s+eve|nye|(?:đêm\s+)?giao\s+thừa\s+dương\s+lịch|"
        r"malam\s+tahun\s+baru)(?!\w)")),
    ((12, 24), Pattern(r"(?<!\w)(?:christmas|xmas)\s+eve|(?<!\w)(?:đêm|tối)\s+(?:noel|giáng\s+sinh)"
                       r"(?!\w)|(?<!\w)malam\s+natal(?!\w)")),
    ((12, 26), Pattern(r"(?<!\w)boxing\s+day(?!\w)")),
    ((12, 25), Pattern(r"(?<!\w)(?:(?:christmas|xmas)(?:\s+day)?|(?:lễ\s+|ngày\s+)?"
                       r"(?:noel|giáng\s+sinh)|(?:hari\s+)?natal)(?!\w)")),
    ((2, 14), Pattern(r"(?<!\w)(?:valentine'?s?(?:\s+day)?|lễ\s+tình\s+nhân)(?!\w)")),
    ((10, 31), Pattern(r"(?<!\w)halloween(?!\w)")),
)  # fmt: skip
"""Holidays of a fixed month and day."""
ISO = Pattern(r"(?<![\w-])(?P<year>20\d\d)[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)")
SLASHED = Pattern(
    r"(?<![\w/.,-])(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>(?:20)?\d\d))?(?![\d/])"
)
DOTTED = Pattern(
    r"(?<![\w/.,-])(?P<day>\d{1,2})(?P<dot>[.-])(?P<month>\d{1,2})(?P=dot)(?P<year>(?:20)?\d\d)(?!\d)"
    r"|(?:(?<=ngày )|(?<=tanggal )|(?<=tgl ))(?P<day2>\d{1,2})[.-](?P<month2>\d{1,2})(?!\d)"
)
DAY_FIRST = Pattern(
    rf"(?<![\w.:])(?:the\s+)?{_DAY}\s*(?:of\s+)?(?P<name>{_MONTH})\b\.?(?!\s+(?:i|we|you|"
    rf"they)\b){_YEAR}"
)
MONTH_FIRST = Pattern(
    rf"(?<!\w)(?P<name>{_MONTH})\.?\s+(?:the\s+)?{_DAY}(?![\w:]|\s*(?:pm|am|people|"
    rf"guests?)\b){_YEAR}"
)
VIETNAMESE = Pattern(
    r"(?<![\w.:/])(?:ngày\s+|mùng\s+|mồng\s+)*(?P<day>\d{1,2})\s*"
    r"(?:tháng|thg)\s*(?P<month>\d{1,2}|giêng|chạp)(?!\d)" + _YEAR
)
OTHER_MONTH = Pattern(
    r"(?<!\w)(?:the\s+|on\s+|ngày\s+|mùng\s+|tanggal\s+|tgl\s+|hôm\s+)*(?P<day>\d{1,2})"
    r"(?:st|nd|rd|th)?\s+(?:of\s+)?(?:(?P<next>next\s+month|tháng\s+(?:sau|tới)|bulan\s+depan)|"
    r"this\s+month|tháng\s+này|bulan\s+ini)(?!\w)"
)
OF_MONTH = Pattern(
    r"(?<!\w)(?:the\s+(?P<en>\d{1,2})(?:st|nd|rd|th)|"
    r"(?:on|from|to|until|till|til|through|by|before|for|since)\s+(?P<cue>\d{1,2})(?:st|nd|rd|th)|"
    r"(?:(?:ngày|hôm)\s+)?(?:mùng|mồng)\s+(?P<lunar>\d{1,2})|"
    r"(?:ngày|hôm|đêm\s+ngày|tối\s+ngày|sáng\s+ngày)\s+(?P<vi>\d{1,2})|"
    r"(?:sáng|trưa|chiều|tối|đêm)\s+(?P<part>1[3-9]|2\d|3[01])|"
    rf"(?:tanggal|tgl)\s+(?P<id>\d{{1,2}})){_COUNTED}"
)
"""A day of the month alone."""
PLAIN_ORDINAL = Pattern(rf"(?<!\w)(?P<day>\d{{1,2}})(?:st|nd|rd|th){_COUNTED}")
SHARED_MONTH = Pattern(
    r"(?<![\w/.:,-])(?:the\s+|ngày\s+|tanggal\s+|tgl\s+|mùng\s+)?(?P<first>\d{1,2})(?:st|nd|rd|th)?"
    r"\s*(?:-|to|until|till|through|đến|tới|sampai|hingga|s/d)\s*"
    r"(?:the\s+|ngày\s+|hết\s+|mùng\s+)?(?P<last>\d{1,2})(?:st|nd|rd|th)?"
    r"(?:\s+(?:of\s+)?(?:(?P<next>next\s+month|tháng\s+(?:sau|tới)|bulan\s+depan)|"
    r"(?P<this>this\s+month|tháng\s+này|bulan\s+ini))(?!\w)|"
    rf"\s*(?:of\s+)?(?P<name>{_MONTH})(?!\w)|/(?P<month>\d{{1,2}})(?![/\d])|"
    r"\s+tháng\s+(?P<vi>\d{1,2})(?!\d))"
    rf"|(?<!\w)(?P<before>{_MONTH})\.?\s+(?P<first2>\d{{1,2}})(?:st|nd|rd|th)?"
    r"\s*(?:-|to|until|till|through)\s*(?:the\s+)?(?P<last2>\d{1,2})(?:st|nd|rd|th)?(?![\w:])"
)
"""Two days of one month: "3-5 Jan", "từ 3 đến 5/1"."""
SHARED_BARE = Pattern(
    r"(?<!\w)(?:ngày|tanggal|tgl|the|mùng|mồng)\s+(?P<first>\d{1,2})(?:st|nd|rd|th)?\s*"
    r"(?:-|to|until|till|through|đến|tới|sampai|hingga|s/d)\s*(?:the\s+|ngày\s+|hết\s+|mùng\s+)?"
    rf"(?P<last>\d{{1,2}})(?:st|nd|rd|th)?{_COUNTED}"
)
"""Two days of a month that is not named: "tanggal 3 sampai 5"."""
ALL_HOURS = Pattern(r"^24/(?:7|24)$")
DAY_CUE = Pattern(r"(?<!\w)(?:on|ngày|hôm|từ|đến|tanggal|tgl|from|until)\s+$")
PORTION = Pattern(
    r"^\s*(?:of\b|portion|phần|con|kg|ký|chai|bottle|glass|ly|dozen|hour|giờ|tiếng|jam|stars?|sao)"
)
