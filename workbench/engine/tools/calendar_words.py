"""The words of dates in folded text: English, Vietnamese and Indonesian."""

import re

_MONTHS = (
    ("january", "jan", "januari"), ("february", "feb", "februari"), ("march", "mar", "maret"),
    ("april", "apr"), ("may", "mei"), ("june", "jun", "juni"), ("july", "jul", "juli"),
    ("august", "aug", "agustus"), ("september", "sep", "sept"), ("october", "oct", "oktober"),
    ("november", "nov"), ("december", "dec", "desember"),
)  # fmt: skip
MONTHS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
"""The number of a month by its name."""
VIETNAMESE_MONTHS = {
    "gieng": 1, "hai": 2, "ba": 3, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
    "muoi": 10, "muoi mot": 11, "muoi hai": 12, "chap": 12,
}  # fmt: skip
"""The number of a month by the word after "tháng"."""
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first "
    "twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh "
    "twenty-eighth twenty-ninth thirtieth thirty-first"
)
ORDINALS = {name: number for number, name in enumerate(_ORDINALS.split(), start=1)}
"""The number of a day by its English name."""
_WEEKDAYS = (
    ("monday", "mon", "thu hai", "thu 2", "t2", "senin"),
    ("tuesday", "tue", "tues", "thu ba", "thu 3", "t3", "selasa"),
    ("wednesday", "wed", "thu tu", "thu 4", "t4", "rabu"),
    ("thursday", "thu", "thur", "thurs", "thu nam", "thu 5", "t5", "kamis"),
    ("friday", "fri", "thu sau", "thu 6", "t6", "jumat"),
    ("saturday", "sat", "thu bay", "thu 7", "t7", "sabtu"),
    ("sunday", "sun", "chu nhat", "cn", "minggu"),
)  # fmt: skip
_AMBIGUOUS = ("mon", "wed", "thu", "sat", "sun", "minggu")
"""Short for a weekday, but other words too."""
WEEKDAYS = {
    name: number
    for number, names in enumerate(_WEEKDAYS)
    for name in names
    if name not in _AMBIGUOUS
}
"""The number of a weekday by its name, Monday being 0."""

_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
_ORDINAL = "|".join(sorted(ORDINALS, key=len, reverse=True))
_DAY = rf"\d{{1,2}}(?:st|nd|rd|th)?|{_ORDINAL}"
_YEAR = r"(?:,?\s+(\d{4})(?!\d))?"

ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
NUMBERS = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:/(\d{4}))?(?![\d/])")
DAY_FIRST = re.compile(rf"(?<![\w.:])({_DAY})\s+(?:of\s+)?({_NAME})\b{_YEAR}")
MONTH_FIRST = re.compile(rf"\b({_NAME})\s+(?:the\s+)?({_DAY})(?![\w:]|\s*(?:pm|am)\b){_YEAR}")
VIETNAMESE = re.compile(
    rf"(?<![\w.:])(\d{{1,2}})\s+thang\s+(\d{{1,2}}|"
    rf"{'|'.join(sorted(VIETNAMESE_MONTHS, key=len, reverse=True))})"
    r"(?!\w)(?:\s+nam\s+(\d{4}))?"
)
LAST_OF_MONTH = re.compile(
    rf"\blast\s+(?:night|day)\s+of\s+(?:the\s+month|this\s+month|(?P<month>{_NAME}))\b"
    r"|\b(?:dem|ngay)\s+cuoi(?:\s+cung)?(?:\s+cua)?\s+thang(?:\s+(?:nay|"
    r"(?P<number>\d{1,2})))?(?!\w)"
)
DATE_BEFORE = re.compile(
    r"(?:\b(?:on|of|for|from|to|until|till|through|by|since|before|after|between|night|"
    r"(?<!ca )(?<!suot )ngay|(?<!ngay )dem|hom|toi|sang|chieu|tu|den|gia|tanggal|sampai)\s+"
    r"(?:the\s+|ngay\s+|dem\s+)?|\d\s*[-–]\s*)$"
)
"""What stands before a date, but seldom before "24/7" or a verb."""
ALL_HOURS = re.compile(r"24/(?:7|24)")
"""All hours of a day, where nothing says that a day is meant."""
SERVICE = re.compile(
    r"\s+(?:services?|support|reception|desk|front|access|care|help|staff|security|cover|hours?)\b"
)
"""What is there at all hours."""
SUBJECT = re.compile(
    r"\s+(?!(?:is|was|has|as|vs|plus|rates?|prices?|costs?)\b)(?:\w+s|people|person|guest|child|"
    r"children|adult|man|woman|men|women|room|bed|night|more|extra|of|others?)\b"
)
"""After "may" and a number: those who may ("May 2 guests come?")."""
VERB = re.compile(
    r"\s+(?:i|we|he|she|they|you|not|be|have|also|still|only|need|want|leave|come|use|stay|go|ask|"
    r"enter|take|pay|get|keep|bring|check(?=\s+(?:in|out)\b))\b"
)
"""After "the first may": what he may."""
ADVERB = re.compile(r"\s+(?!(?:and|or|to|until|till|for|at|is|in|please|pls)\b)[a-z]")
"""After "may first": what they may first."""
JOINS_LEFT = re.compile(
    r"(?<![\w./:])(?P<day>\d{1,2})(?:st|nd|rd|th)?"
    r"\s*(?:-|–|,|&|/(?=\s)|\b(?:to|and|or|until|till|through|va|den|toi|hay|hoac|dan|sampai)\b)\s*"
    r"(?:(?:the|ngay|dem|mung|mong)\s+)*$"
)
JOINS_RIGHT = re.compile(
    r"\s*(?:-|–|&|\b(?:to|and|or|until|till|through)\b)\s*(?:the\s+)?(?P<day>\d{1,2})"
    r"(?:st|nd|rd|th)?(?![\w./:])(?!\s*(?:nights?|rooms?|adults?|guests?|people|am|pm|o'?clock)\b)"
)

_PARTS = r"sang|trua|chieu|toi|dem|khuya|rang\s+sang"
RELATIVE = (
    (0, re.compile(
        r"(?<!\w)(?:today|tonight|this\s+(?:morning|afternoon|evening)|right\s+now|"
        rf"(?:hom|bua|{_PARTS})\s+nay|hnay|hari\s+ini|malam\s+ini)(?!\w)"), False),
    (2, re.compile(
        r"(?<!\w)(?:(?:the\s+)?day\s+after\s+tomorrow|ngay\s+kia|ngay\s+mot|lusa)(?!\w)"), False),
    (2, re.compile(r"(?<!\w)(?:(?:sáng|trưa|chiều|tối|đêm)\s+)?mốt(?!\w)"), True),
    (1, re.compile(
        rf"(?<!\w)(?:tomorrow|tmrw|tmr|(?:ngay|bua|{_PARTS})\s+mai|besok)(?!\w)"), False),
    (1, re.compile(r"(?<!\w)mai(?!\w)"), True),
    (-1, re.compile(r"(?<!\w)(?:yesterday|last\s+night|hom\s+qua|toi\s+qua|dem\s+qua|hqua|kemarin)"
                    r"(?!\w)"), False),
)  # fmt: skip
"""Days from today, their words, and whether the text as typed is read: "mốt", but not "một"."""

_DAYS = "|".join(sorted((name.replace(" ", r"\s+") for name in WEEKDAYS), key=len, reverse=True))
_COUNTED = r"(?!\s+(?:tram|trieu|nghin|ngan|chuc|muoi|lan|phong|gio|dem|ngay|nguoi|khach|tien)\b)"
_WEEK_AFTER = (
    r"\s+tuan\s+(?:nay|sau|toi|ke|truoc|roi|qua|vua\s+roi|vua\s+qua)"
    r"|\s+minggu\s+(?:depan|ini|lalu)|\s+(?:of\s+)?(?:next|this|last)\s+week"
)
WEEKDAY = re.compile(
    rf"(?<!\w)(?:(?P<before>(?:next|this|last)\s+week(?:'s|\s+on)?|"
    rf"tuan\s+(?:nay|sau|toi|ke|truoc|roi|qua)|this\s+coming|next|"
    rf"this|coming|last)"
    rf"[\s,]+)?(?P<day>{_DAYS}){_COUNTED}(?!\w)(?P<after>{_WEEK_AFTER}|\s+toi(?!\s+\w*\d)(?=\W|$))?"
)
WEEKEND = re.compile(
    r"(?<!\w)(?:(?:next|this|last|the)\s+weekend|weekend(?!\s+(?:price|rate|surcharge|supplement))|"
    r"cuoi\s+tuan(?:\s+(?:nay|sau|toi|ke|truoc|roi|qua|vua\s+roi|vua\s+qua))?)(?!\w)"
)
OF_MONTH = re.compile(
    r"\bthe\s+(?P<en>\d{1,2})(?:st|nd|rd|th)"
    r"(?!\s+(?:floor|time|room|guest|night\s+(?:is\s+)?free|person|child|adult|hour|minute|bed|"
    r"day\s+of\b))\b"
    r"|(?<!\w)(?:ngay|dem|mung|mong|hom)\s+(?:mung\s+|mong\s+)?(?P<vi>\d{1,2})"
    r"(?![\w/:.,-]*\d|\s*(?:gio|phut|dem|nguoi|khach|phong|ngay|tieng|lan|h\b|g\b)|\w)"
)
