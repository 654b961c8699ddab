"""Currencies, multipliers and months, as they are written in English, Vietnamese and Indonesian."""

import re
from collections.abc import Iterable

CURRENCIES = {
    **dict.fromkeys(("vnd", "vnđ", "đồng", "dong", "đ", "₫"), "VND"),
    **dict.fromkeys(("idr", "rp", "rupiah"), "IDR"),
    **dict.fromkeys(("usd", "us$", "$", "dollar", "dollars", "đô la", "dolar"), "USD"),
    **dict.fromkeys(("eur", "€", "euro", "euros"), "EUR"),
    **dict.fromkeys(("gbp", "£"), "GBP"),
}
"""ISO 4217 codes by the ways of writing them, in lower case."""

COLLOQUIAL = {
    **dict.fromkeys(("k", "nghìn", "ngàn", "nghin", "ngan", "ribu", "rb"), 10**3),
    **dict.fromkeys(("triệu", "trieu", "tr", "juta", "jt"), 10**6),
    **dict.fromkeys(("tỷ", "tỉ", "miliar"), 10**9),
}
"""Multipliers that may stand for a sum of money without its currency ("700k")."""

MULTIPLIERS = {**COLLOQUIAL, "thousand": 10**3, "million": 10**6, "billion": 10**9}
"""All multipliers."""

_MONTH_NAMES = (
    ("january", "jan", "januari"),
    ("february", "feb", "februari"),
    ("march", "mar", "maret"),
    ("april", "apr"),
    ("may", "mei"),
    ("june", "jun", "juni"),
    ("july", "jul", "juli"),
    ("august", "aug", "agustus", "agu", "agt"),
    ("september", "sep", "sept"),
    ("october", "oct", "oktober", "okt"),
    ("november", "nov"),
    ("december", "dec", "desember", "des"),
)
MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names}
"""Numbers of the months, from 1, by their English and Indonesian names."""


def alternatives(words: Iterable[str]) -> str:
    """Return a pattern that matches any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
