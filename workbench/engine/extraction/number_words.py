"""The words of numbers in English, Vietnamese and Indonesian."""

_BELOW_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
ENGLISH = {
    **{name: number for number, name in enumerate(_BELOW_TWENTY.split())},
    **{name: number * 10 for number, name in enumerate(_TENS.split(), start=2)},
}
"""English numbers of one word."""
TENS = frozenset(range(20, 100, 10))
"""After which a unit may follow: "twenty five"."""
INDONESIAN = {
    name: number
    for number, name in enumerate(
        ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"], start=1
    )
}
"""Indonesian numbers from one to nine."""
VIETNAMESE = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7,
    "tám": 8, "chín": 9, "mười": 10,
}  # fmt: skip
"""Vietnamese numbers from one to ten."""
VIETNAMESE_TEEN = {
    "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "lăm": 5, "nhăm": 5, "năm": 5,
    "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
"""What may follow ten or a multiple of it."""
NEEDS_A_UNIT = frozenset(("ba", "nam", "sau", "bay", "tam", "bon", "muoi", "chin"))
"""Words that are numbers without diacritics only before what is counted: "sau" is "after" too."""
_UNITS = (
    "gio g h tieng phut p ngay dem tuan nguoi ng khach be dua tre em vo cai chiec chai ly lon "
    "dia phan suat cuon hop goi bich bo doi cap nghin ngan trieu tr cu ruoi tram muoi chuc phong "
    "ban ve xe mon coc tach bat mieng thanh vien lan sao quyen tui khan"
)
UNITS_AFTER = frozenset(_UNITS.split())
"""What is counted, without diacritics."""
NOT_BEFORE = {
    "nam": ("nay", "ngoai", "sau", "toi", "moi", "truoc", "qua", "hoc"),
    "ba": ("me", "ma", "toi", "noi", "ngoai", "cua"),
    "mot": ("chut", "it", "vai", "so", "lat", "ti", "xiu"),
    "chin": ("ky",),
}
"""Words after which these are no numbers: "năm nay" is this year, "ba mẹ" are the parents."""
NOT_BEFORE_BARE = {
    **NOT_BEFORE,
    "sau": ("ngay", "do", "khi"),
    "hai": ("san", "long", "au"),
    "tam": ("bien", "nang", "trang"),
}
"""The same for a message without diacritics, where more words look alike."""
