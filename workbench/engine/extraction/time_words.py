"""The words of times of day in English, Vietnamese and Indonesian, with their diacritics."""

from workbench.engine.extraction.message import Pattern

PARTS = (
    ("am", r"(?:in\s+the\s+|early\s+|this\s+|tomorrow\s+|sáng\s+sớm|rạng\s+)?(?:morning|mornin)|"
           r"sáng(?:\s+sớm)?|pagi|subuh|dini\s+hari"),
    ("noon", r"trưa|siang|lunchtime"),
    ("pm", r"(?:in\s+the\s+|this\s+|late\s+)?(?:afternoon|evening|eve|arvo)|chiều|sore|petang"),
    ("night", r"(?:at\s+)?night|tonight|tonite|2nite|tối|đêm|khuya|malam"),
)  # fmt: skip
"""Parts of the day and their words."""
_ANY_PART = "|".join(words for _, words in PARTS)
PART = Pattern(rf"(?<!\w)(?:{'|'.join(f'(?P<{name}>{words})' for name, words in PARTS)})(?!\w)")
GREETING = Pattern(
    r"(?<!\w)(?:good|chào(?:\s+buổi)?|buổi|selamat|mỗi|every|all|last|per|\d+|a|one|the|một|"
    r"đồ\s+ăn|ăn|"
    r"hằng|hàng|date|wedding)\s*$"
)
"""Before a part of the day that says nothing of the hour: "good evening"."""
MEALS = (
    ("am", Pattern(r"(?<!\w)(?:breakfast|brekfast|(?:ăn|bữa|buffet)\s+sáng|sarapan)(?!\w)")),
    ("noon", Pattern(r"(?<!\w)(?:lunch|brunch|ăn\s+trưa|bữa\s+trưa|makan\s+siang)(?!\w)")),
    ("pm", Pattern(r"(?<!\w)(?:dinner|supper|ăn\s+tối|bữa\s+tối|makan\s+malam|cocktails?|sunset|"
                   r"hoàng\s+hôn)(?!\w)")),
)  # fmt: skip
"""Meals, and the part of the day in which they are."""
UNIT = (
    r"(?!\s*(?:-\s*)?(?:more\s+|extra\s+|other\s+)?(?:people|persons?|pers|pax|ppl|guests?|"
    r"adults?|kids?|"
    r"children|child|friends|of\s+us|nights?|days?|weeks?|months?|years?|yo\b|hours?|hrs?|"
    r"minutes?|mins?|"
    r"min|degrees?|°|%|percent|km|kg|m\b|rooms?|beds?|floors?|stars?|times?|x\b|pieces?|bottles?|"
    r"cups?|glasses|towels?|pillows?|tables?|seats?|bags?|suitcases?|cars?|dollars?|usd|euros?|"
    r"vnd|k\b|"
    r"người|ng\b|khách|đứa|bé|đêm|ngày|tuần|tháng|năm|tiếng|phút|độ|phòng|cái|chiếc|chai|ly|lon|"
    r"suất|"
    r"phần|món|lần|tầng|con|vé|xe|bàn|triệu|nghìn|ngàn|tr\b|củ|đồng|đ\b|chỗ|"
    r"orang|org|malam|hari|minggu|bulan|jam|menit|derajat|kamar|buah|botol|porsi|ribu|rb|juta))"
    r"(?![\w%°/$€]|[.,:-]\d|\s*[x×])"
)
"""After a bare number that is a time: nothing that it counts."""
_ENDS = (
    r"(?=\s*(?:$|[.,;!?)§¤-]|(?:for|at|in|on|please|pls|plz|thanks|thank|with|and|or|if|possible|"
    r"to|till|until|the|"
    r"is|we|i|but|because|so|then|instead|this|ok|okay|sharp|table|tonight|tomorrow|today|am|pm|"
    r"from|when|not|work\w*|would|"
    r"sáng|trưa|chiều|tối|đêm|nhé|nha|nhe|ạ|a|được|dc|đc|cho|ở|tại|là|thì|có|mà|vì|với|và|đến|"
    r"tới|nghen|hen|em|anh|chị|mình|"
    r"ya|dong|untuk|di|bisa|dan|atau|sampai|hingga|pagi|siang|sore|malam|nanti|tolong|"
    r"sharp)(?!\w)))"
)
_MIN = r"[0-5]\d"
_H = r"(?:2[0-4]|1\d|0?\d)"
_AFTER_PART = rf"(?:\s*(?P<part>{_ANY_PART})(?!\w))?"
_NOT_BEFORE = r"(?<![\w.,:/$€+#-])"
SPOKEN = Pattern(
    rf"(?<!\w)(?:(?:a\s+)?(?P<fraction>half|quarter)|(?P<count>\d{{1,2}})(?:\s*(?:minutes?|"
    rf"mins?))?)"
    rf"\s+(?P<side>past|after|to|till|before|of)\s+(?P<hour>{_H})(?![\d:.]\d)"
    rf"(?:\s*o'?\s?clock)?(?:\s*(?P<half>a\.?m|p\.?m)\b\.?)?(?!\w)"
)
HALF_HOUR = Pattern(
    rf"(?<!\w)(?P<past_half>half)\s+(?P<hour>{_H})(?!\w|:)(?:\s*(?P<half>a\.?m|p\.?m)\b\.?)?"
)
"""British "half seven" is half past seven."""
INDONESIAN = Pattern(
    rf"(?<!\w)(?:(?:jam|jm|pukul|pkl|pk)\.?\s*(?P<setengah>setengah\s+)?(?P<hour>{_H})|"
    rf"setengah\s+(?P<half_of>{_H})(?=\s+(?:pagi|siang|sore|malam)))"
    rf"(?:\s*[.:]\s*(?P<minutes>{_MIN}))?(?!\d)(?:an\b)?"
    r"(?:\s+(?:(?:lewat|lebih)\s+(?P<more>\d{1,2}|seperempat)|kurang\s+(?P<less>\d{1,2}|"
    r"seperempat)|"
    r"(?P<past_half>setengah))(?:\s+menit)?)?"
)
VIETNAMESE = Pattern(
    rf"{_NOT_BEFORE}(?P<hour>{_H})\s*(?:giờ|gìơ|h|g(?=\s*\d\d|\s*(?:sáng|trưa|chiều|tối|đêm)|\b))"
    rf"(?:\s*(?:(?P<minutes>{_MIN})(?:\s*(?:phút|p)(?!\w))?(?!\s*(?:người|ng|khách|phòng|"
    rf"cái))(?![\d/.])|"
    r"(?P<few>\d)\s*phút|(?P<past_half>rưỡi|rưởi|30p)|kém\s+(?P<less>\d{1,2})(?:\s*phút)?))?"
    r"(?![a-zà-ỹ\d])(?!\s*(?:đồng\s+hồ|nữa|trước|liền))"
)
VIETNAMESE_HALF = Pattern(rf"{_NOT_BEFORE}(?P<hour>{_H})\s*(?P<past_half>rưỡi|rưởi)(?!\w)")
TWELVE = Pattern(
    rf"{_NOT_BEFORE}(?P<hour>1[0-9]|2[0-3]|0?\d)(?:\s?[:.h]\s?(?P<minutes>{_MIN})|"
    rf"\s+(?P<spoken>{_MIN}))?"
    r"\s*(?P<half>[ap])\.?\s?m\b\.?(?!\s+i\b)"
)
COLON = Pattern(
    rf"{_NOT_BEFORE}(?P<hour>{_H}):(?P<minutes>{_MIN})(?![\d:])(?:\s*(?:hrs?|h|ish)\b)?"
)
HUNDRED_HOURS = Pattern(
    rf"{_NOT_BEFORE}(?P<hour>[01]\d|2[0-3])(?P<minutes>{_MIN})\s*(?:hrs|hours|h)\b"
)
OCLOCK = Pattern(rf"{_NOT_BEFORE}(?P<hour>{_H})\s*o\s?'?\s?clock(?!\w)")
NAMED = Pattern(
    r"(?<!\w)(?:(?P<noon>noon|midday|12\s+noon|tengah\s+hari|giữa\s+trưa|chính\s+ngọ|12\s*(?:h|g|"
    r"giờ)?\s*trưa)|"
    r"(?P<midnight>midnight|12\s+midnight|nửa\s+(?:đêm|§+)|tengah\s+malam|giữa\s+đêm|"
    r"12\s*(?:h|g|giờ)?\s*(?:đêm|khuya)|0\s*(?:h|giờ)(?!\w)))(?!\w)"
)
WITH_PART = Pattern(
    rf"{_NOT_BEFORE}(?P<hour>1[0-2]|0?[1-9])(?:[.:](?P<minutes>{_MIN})|\s+(?P<spoken>{_MIN}))?\s*"
    r"(?:ish\s+)?(?=(?:in\s+the\s+(?:morning|afternoon|evening)|tonight|at\s+night|"
    r"tomorrow\s+(?:morning|afternoon|evening|night)|this\s+(?:morning|afternoon|evening)|"
    r"sáng|trưa|chiều|tối|pagi|siang|sore)(?!\w))"
)
CUED = Pattern(
    rf"(?<!\w)(?:(?:at|@|by|lúc|vào\s+lúc|lands?|landing|landed|depart\w*|eta)\s+(?:like\s+|"
    rf"about\s+|around\s+|approx\s+)?|"
    rf"(?P<weak>before|around|about|approx\.?|roughly|from|after|between|since|tầm|khoảng|trước|"
    rf"vào|từ|sekitar|mulai|dari|"
    rf"arrive|arriving)\s+(?:like\s+|about\s+|around\s+)?)"
    rf"(?P<hour>{_H})(?:[:.](?P<minutes>{_MIN})|\s+(?P<spoken>(?:00|05|10|15|20|25|30|35|40|45|"
    rf"50|55))"
    rf"(?!\s*(?:people|người|ng\b|pax|nights?|minutes?|mins?|"
    rf"phút)))?(?:-?ish)?{UNIT}(?(weak){_ENDS})"
)
AFTER_DAY = Pattern(
    rf"(?<!\w)(?:tonight|tomorrow|tmr|tmrw|today|morning|afternoon|evening|dinner|lunch|breakfast|"
    rf"besok|malam|sore|pagi|siang|§)[\s,]+"
    rf"(?P<hour>1[0-2]|[1-9])(?:[:.](?P<minutes>{_MIN})|"
    rf"\s+(?P<spoken>{_MIN}))?(?:-?ish)?{UNIT}{_ENDS}"
)
ISH = Pattern(rf"{_NOT_BEFORE}(?P<hour>1[0-2]|[1-9])(?:[:.](?P<minutes>{_MIN}))?-?ish\b")
IN_A_WHILE = Pattern(
    r"(?<!\w)(?:(?:in|dalam)\s+(?:about\s+|around\s+|another\s+)?"
    r"(?:(?P<half_en>half\s+an?\s+hour|½\s+hour|setengah\s+jam)|"
    r"(?P<quarter>a\s+quarter\s+of\s+an\s+hour)|"
    r"(?P<count_en>an|a|\d{1,3}(?:[.,]5)?)\s*(?P<and_half>and\s+a\s+half\s+)?"
    r"(?P<unit_en>hours?|hrs?|hr|h|minutes?|mins?|min|m|jam|menit)"
    r"(?P<hour_half>\s+and\s+a\s+half)?)(?!\w)(?!['’]?s?\s+(?:line|queue))|"
    r"(?P<count_from>an|\d{1,3})\s+(?P<unit_from>hours?|minutes?|mins?)\s+from\s+now|"
    r"(?:(?P<half_vi>nửa)|(?P<count_vi>\d{1,3}))\s*(?P<unit_vi>tiếng|giờ|h|phút|"
    r"p)(?:\s*(?P<vi_half>rưỡi))?"
    r"(?:\s+đồng\s+hồ)?\s+nữa|"
    r"(?:(?P<half_id>setengah)|(?P<count_id>\d{1,3}))\s*(?P<unit_id>jam|menit)"
    r"(?:\s+(?P<id_half>setengah))?\s+lagi)(?!\w)"
)
"""So long from now."""
ASIDE_BEFORE = Pattern(
    r"(?<!\w)(?:it'?s|it\s+is|its|time\s+is|now(?:\s+it'?s)?|already|past|"
    r"(?:bây\s+giờ|bh|giờ|hiện(?:\s+tại)?|lúc\s+này)(?:\s+(?:là|đã|mới|cũng))*|đã|đang|"
    r"mới|sekarang|sudah|udah|baru)\s+(?:only\s+|just\s+|already\s+|almost\s+|nearly\s+|even\s+|"
    r"sudah\s+|jam\s+|"
    r"gần\s+|hơn\s+|là\s+|hampir\s+|like\s+)*$"
)
"""Before the hour that it is now."""
ASIDE_AFTER = Pattern(
    r"^(?:\s*(?:sáng|trưa|chiều|tối|đêm|khuya|in\s+the\s+morning|at\s+night|pagi|malam))?\s*"
    r"(?:rồi(?=\s*(?:$|[.,!?]|(?:mà|vẫn|chưa|sao|đó|còn)(?!\w)))|now\b|already|right\s+now|here\b)"
)
"""After it."""
FLIGHT_BEFORE = Pattern(
    r"(?<!\w)(?:flight|plane|train|bus|landing|lands?|chuyến\s+bay|máy\s+bay|bay|chuyến|tàu|vé|"
    r"pesawat|penerbangan|terbang|kereta)(?!\w)[^.;!?]{0,28}$"
)
UNTIL = Pattern(
    r"(?<!\w)(?:until|untill|till|til|'til|up\s+to|through|sampai|hingga|cho\s+(?:đến|tới)|"
    r"(?<!mình )(?<!em )(?<!tôi )(?<!anh )(?<!chị )(?<!sẽ )(?<!khách )(?<!bay )(?<!xe )"
    r"(?<!nhà )(?<!con )(?<!đoàn )"
    r"(?<!minh )(?<!toi )(?<!se )(?<!khach )(?<!mới )(?:đến|tới)|"
    r"s/d|sd)\s+(?:about\s+|around\s+|lúc\s+|tận\s+|khoảng\s+|jam\s+|pukul\s+)*$"
)
UNTIL_BARE = Pattern(
    rf"(?<!\w)(?:until|untill|till|til|sampai|hingga)\s+(?:about\s+|around\s+)?"
    rf"(?P<hour>{_H})(?:[:.](?P<minutes>{_MIN}))?{UNIT}"
)
RANGE_JOIN = Pattern(
    r"^\s*(?:in\s+the\s+(?:morning|afternoon|evening)|sáng|trưa|chiều|tối|đêm|pagi|siang|sore|"
    r"malam)?"
    r"\s*(?:-|->|to|until|till|til|through|and|or|đến|tới|cho\s+(?:đến|tới)|sampai|hingga|s/d|sd|"
    r"dan)"
    r"\s*(?:about\s+|around\s+|lúc\s+|khoảng\s+|jam\s+|pukul\s+)*$"
)
AND_JOIN = Pattern(r"(?<!\w)(?:and|or|dan)(?!\w)")
BETWEEN = Pattern(r"(?<!\w)(?:between|btw|giữa|antara)\s+(?:jam\s+|pukul\s+)?$")
BARE_RANGE = Pattern(
    rf"{_NOT_BEFORE}(?:(?P<cue>from|between|từ|dari|antara)\s+(?:jam\s+|lúc\s+)?)?"
    rf"(?P<hour>{_H})(?:[:.](?P<minutes>{_MIN}))?(?P<h>\s*(?:h|g|giờ)(?!\w))?\s*"
    r"(?P<join>-|to|until|till|til|and|đến|tới|sampai|hingga|s/d|dan)\s*(?:jam\s+|lúc\s+|about\s+)?"
    rf"(?P<hour2>{_H})(?:[:.h](?P<minutes2>{_MIN}))?(?![\d/]|[:.]\d)"
)
"""Two times of which one alone is told from a number: "2-3pm", "from 2 to 4"."""
MARKED = Pattern(
    r"^\s*(?:[ap]\.?\s?m\b|giờ|h\b|g\b|h\d\d|o'?clock|hrs|in\s+the\s+(?:morning|afternoon|"
    r"evening)|at\s+night|"
    r"tonight|sáng|trưa|chiều|tối|pagi|siang|sore|malam)"
)
ALL_DAY = Pattern(r"(?<!\w)24\s*(?:/\s*(?:7|24)|h|hours?|hrs|giờ|jam)(?!\w)")
"""The whole day, which is no time."""
