"""When a thing that a message names is asked for, and when it is not."""

from workbench.engine.extraction.message import Message, Pattern

_REQUEST = Pattern(
    r"(?<!\w)(?:need|needs|needed|want|wanna|would\s+like|'d\s+like|d\s+like|"
    r"like\s+(?:to\s+(?:order|have|get|borrow)|some|a)|"
    r"send|sent|bring|brought|get|give|deliver|order|ordered|ordering|borrow|lend|loan|provide|"
    r"supply|drop\s+off|pls|plz|please|"
    r"can\s+(?:i|we|you|u)|could\s+(?:i|we|you|u|someone|somebody)|may\s+(?:i|we)|have|got|add|"
    r"extra|more|some|"
    r"another|just|only|keep|make\s+it|request\w*|asked\s+for|waiting\s+for|run\s+out|ran\s+out|"
    r"out\s+of|missing|short\s+of|"
    r"instead|fetch|pass|replace\w*|rent|hire|up\s+to|arrange|leave|put|craving|fancy|"
    r"i'll\s+take|we'll\s+take|"
    r"cho|xin|gửi|gởi|mang|đem|lấy|cần|muốn|thêm|đặt|gọi|order|mượn|giúp|giùm|dùm|với|thiếu|hết|"
    r"bổ\s+sung|đổi|"
    r"lên\s+phòng|chuẩn\s+bị|giao|đưa|kiếm|thèm|làm|"
    r"minta|tolong|bawa\w*|antar\w*|kirim\w*|pesan|mau|butuh|perlu|pinjam|boleh|tambah\w*|bisa|"
    r"ingin|sediakan|kasih|"
    r"kurang|habis|mohon|pengen|taruh|siapkan)(?!\w)"
    r"|(?<!\w)(?:for|to|lên|ke)\s+(?:room\s+|phòng\s+|kamar\s+|p\.?)?¤"
)
_REFUSED = Pattern(
    r"(?<!\w)(?:no\s+need\s+(?:for|of|to\s+(?:bring|send)|any\s*more)|(?:don'?t|do\s+not|didn'?t|"
    r"doesn'?t|dont|didnt|not|no\s+longer)\s+"
    r"(?:really\s+|actually\s+)?(?:need|want|bring|send|order|require|ask\s+for|"
    r"have\s+to\s+bring|use)|forget|"
    r"never\s*mind|nevermind|cancel|skip|scrap|without|w/o|no|not|except|instead\s+of|"
    r"rather\s+than|hold|remove|minus|"
    r"(?:không|ko|k|khỏi|chưa|hông|hok)(?:\s+(?:phải\s+)?(?:cần|muốn|lấy|đặt|gọi|mang|gửi|dùng|"
    r"phải|order))?|đừng|khỏi|hủy|huỷ|bỏ|"
    r"thay\s+vì|trừ|(?:tidak|nggak|gak|ga|tak|tdk|jangan|ngga)\s+(?:usah|perlu|jadi|mau|butuh|"
    r"pakai|pake)?|tanpa|batal\w*|bukan|"
    r"daripada|allergic\s+to|allergy\s+to|dị\s+ứng(?:\s+với)?|alergi|contains?|ít|chứ\s+(?:không|"
    r"ko)(?:\s+phải)?)"
    r"(?:\s+(?:the|a|an|any|those|these|that|my|our|more|to|bring|send|mang|gửi|thêm|đem|lấy|"
    r"thay|đổi|change|replace|cái|chiếc|nữa|lại|bawa|kirim|ganti|\d+|"
    r"extra|cho|món|phần|ly|tô|đĩa|chai|order|of|for|about|and|or|with))*\s*$"
)
_REFUSED_AFTER = Pattern(
    r"^\s*(?:(?:is|are)\s+(?:not\s+(?:needed|necessary)|no\s+longer)|not\s+(?:needed|necessary)|"
    r"thì\s+(?:thôi|khỏi|không)|"
    r"(?:không|ko|khỏi)\s+cần|khỏi|thôi\s+khỏi|(?:tidak|nggak|gak)\s+(?:usah|perlu|jadi)|batal|"
    r"can\s+wait)(?!\w)"
)
_NONE_LEFT_AFTER = Pattern(r"^\s+(?:left|remaining)(?!\w)")
_DONE_BEFORE = Pattern(
    r"(?<!\w)(?:there\s+(?:is|are|were|was)(?:\s+only)?|chỉ\s+có|hanya\s+ada|drank|drunk|ate|"
    r"eaten|used|had|took|taken|bought|found|returned?|spilled|spilt|dropped|lost|"
    r"left\s+(?:my|our|the|a|an|his|her)|forgot\w*|misplaced|stole\w*|broke|broken|cracked|"
    r"leaking|damaged|dirty|smelly|wet|stained|"
    r"charged|billed|charge\s+(?:for|of)|paid|pay\s+for|bill(?:\s+for)?|collect|clear|pick\s+up|"
    r"take\s+away|wash|washed|press|pressed|"
    r"dry[\s-]?clean\w*|fix|repair|check|smells?\s+(?:of|like)|under|behind|inside|on|in|into|"
    r"near|from|with\s+(?:my|our)|"
    r"quên|mất|rơi|rớt|làm\s+(?:mất|rơi|rớt|đổ|vỡ|bể)|đánh\s+rơi|uống|ăn|dùng|xài|hỏng|hư|bể|vỡ|"
    r"gãy|sửa|giặt|ủi|là|thu|dọn|"
    r"tính|bị|tìm|thấy|đã\s+(?:trả|nhận)|trả\s+lại|trong|trên|dưới|"
    r"ketinggalan|tertinggal|hilang|kehilangan|rusak|minum|makan|cuci|setrika|ambil|perbaiki|"
    r"dikenakan|ditagih|kena)"
    r"(?:\s+(?:a|an|the|my|our|his|her|your|this|that|these|those|only|just|some|all|\d+|up|cái|"
    r"chiếc|con|mấy|đồ|bộ|của|"
    r"hai|bottles?|glass(?:es)?|cans?|of|for|from|chai|ly|lon|gấp|luôn|piring|botol|saya|dirty|"
    r"used|empty|room|minibar|"
    r"hotel|phí|tiền|thêm|nhầm|lại))*\s*$"
)
_DONE_AFTER = Pattern(
    r"^\s*(?:,?\s*(?:which|that)\s+)?(?:(?:is|are|was|were|seems?|looks?|keeps?|has|have|"
    r"in\s+(?:my|our|the|this)\s+(?:room|bathroom|shower)\s+(?:is|are|was))"
    r"\s+(?:\w+\s+){0,3}?(?:broken|not|dead|dirty|stained|wet|smelly|cold|leaking|"
    r"out\s+of\s+order|stuck|missing|gone|torn|damaged|"
    r"too|so|very|hot|burnt|soggy|awful|terrible|disgusting|faulty|making|on\s+the|in\s+the|"
    r"been\s+charged|noisy|lumpy|hard)|"
    r"isn'?t|aren'?t|wasn'?t|has\s+no|tastes?|tasted|blew|doesn'?t|don'?t|won'?t|stopped|chết|"
    r"fell|also\s+(?:not|dead)|smells?|leaks?|broke|keeps|from\s+(?:the\s+)?minibar|"
    r"(?:thì\s+)?(?:bị|hỏng|hư|dơ|bẩn|nguội|lạnh\s+ngắt|có\s+mùi|hôi|không\s+(?:hoạt|lên|chạy|"
    r"nóng|ngon|mát)|ko\s+(?:lên|chạy)|rách|"
    r"bể|vỡ|chảy|rò|kêu|quá|rất|dở|tệ)|"
    r"(?:nya\s+)?(?:rusak|kotor|bau|mati|bocor|dingin|tidak\s+(?:berfungsi|jalan|nyala)|hilang|"
    r"pecah))(?!\w)"
)
_INFORMATION = Pattern(
    r"(?<!\w)(?:how\s+much|what(?:'s|\s+is)\s+the\s+price|price\s+of|cost\s+of|"
    r"is\s+there\s+(?:free|a\s+charge)|included|complimentary|"
    r"bao\s+nhiêu\s+(?:tiền|1|một)|giá\s+(?:bao|nhiêu|của)|bao\s+tiền|nhiêu\s+tiền|miễn\s+phí|"
    r"berapa\s+harga|harga(?:nya)?|gratis|termasuk)(?!\w)"
)
_STRONG = Pattern(
    r"(?<!\w)(?:bring|send|please|pls|plz|need|order|deliver|'d\s+like|would\s+like|borrow|get|"
    r"gửi|mang|đem|cho|xin|cần|đặt|"
    r"minta|tolong|bawa\w*|kirim\w*|antar\w*|pesan|butuh)(?!\w)"
)
_CLAUSE = Pattern(
    r"[.!?;\n]|(?<!\w)(?:but|nhưng|tapi|however|so)(?!\w)|,(?=\s*(?:but|just|only|so|can|could|"
    r"please|pls|nhưng|cho|tapi|tolong)\b)"
)
_SENTENCE = Pattern(r"[.!?\n](?=\s|$)")


def clause_of(message: Message, begin: int, end: int) -> tuple[int, int]:
    """Return where the clause around a stretch of a message begins and ends."""
    return _around(_CLAUSE, message, begin, end)


def sentence_of(message: Message, begin: int, end: int) -> tuple[int, int]:
    """Return where the sentence around a stretch of a message begins and ends."""
    return _around(_SENTENCE, message, begin, end)


def _around(pattern: Pattern, message: Message, begin: int, end: int) -> tuple[int, int]:
    breaks = [one.span() for one in pattern.finditer(message)]
    first = max((last for _, last in breaks if last <= begin), default=0)
    last = min((start for start, _ in breaks if start >= end), default=len(message.plain))
    return first, last


def is_refused(message: Message, begin: int, end: int) -> bool:
    """Tell whether a thing is named as not wanted."""
    first, last = clause_of(message, begin, end)
    if _NONE_LEFT_AFTER.search(message, end, last):
        return False
    return _REFUSED.search(message, first, begin) or _REFUSED_AFTER.search(message, end, last)


def is_done_with(message: Message, begin: int, end: int) -> bool:
    """Tell whether a thing is broken, lost, used, charged, to be washed or taken away."""
    first, last = clause_of(message, begin, end)
    return _DONE_BEFORE.search(message, first, begin) or _DONE_AFTER.search(message, end, last)


def is_asked_for(message: Message, begin: int, end: int, *, counted: bool) -> bool:
    """Tell whether a thing is asked for at all.

    Args:
        message: The message.
        begin: Where its words, with their number, begin.
        end: Where they end.
        counted: Whether a number is said, which asks in itself.
    """
    first, last = sentence_of(message, begin, end)
    if _INFORMATION.search(message, first, last) and not _STRONG.search(message, first, last):
        return False
    return counted or _REQUEST.search(message, first, last)
