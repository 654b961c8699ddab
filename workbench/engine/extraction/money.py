"""Amounts of money: with a currency, in thousands and millions, in the words of the street."""

import re

from workbench.engine.extraction.found import Found, Money
from workbench.engine.extraction.message import Message, Pattern

_NUMBER = r"\d{1,3}(?:[.,\s]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?"
_CURRENCIES = (
    ("USD", r"us\$|usd|us\s+dollars?|\$us|\$|dollars?|bucks?|đô(?:\s*la)?(?:\s+mỹ)?|dolar|do\s+la"),
    ("EUR", r"€|eur|euros?|ơ\s*rô"),
    ("GBP", r"£|gbp|pounds?|quid|bảng\s+anh"),
    ("AUD", r"aud|a\$"),
    ("SGD", r"sgd|s\$"),
    ("JPY", r"¥|jpy|yen|yên"),
    ("KRW", r"₩|krw|won(?!['\w])"),
    ("CNY", r"rmb|cny|yuan|tệ"),
    ("RUB", r"₽|rub|rubles?|roubles?"),
    ("THB", r"฿|thb|baht"),
    ("IDR", r"rp\.?|idr|rupiahs?"),
    ("VND", r"₫|vnđ|vnd|đồng|dong|đ"),
)
_NAMED = "|".join(f"(?P<{code}>{words})" for code, words in _CURRENCIES)
_AFTER = rf"\s*(?:{_NAMED})(?!\w)"
_SYMBOLS = (
    ("USD", r"us\$|\$|usd"), ("EUR", r"€|eur"), ("GBP", r"£|gbp"), ("JPY", r"¥|jpy"),
    ("KRW", r"₩|krw"), ("IDR", r"rp\.?|idr"), ("VND", r"₫|vnd|vnđ"), ("AUD", r"aud|a\$"),
    ("SGD", r"sgd|s\$"), ("THB", r"฿|thb"), ("CNY", r"rmb|cny"), ("RUB", r"₽"),
)  # fmt: skip
_BEFORE = "|".join(f"(?P<{code}>{words})" for code, words in _SYMBOLS)
_THOUSAND = r"k|nghìn|ngìn|ngàn|ng(?=\s*(?:đ|đồng|vnd))|rb|ribu|thousand|grand"
_MILLION = r"triệu|trieu|tr|củ|chai(?=\s+rưỡi)|million|mil|mio|juta|jt"
_SCALED = Pattern(
    rf"(?<![\w.,])(?:(?:{_BEFORE})\s*)?(?P<number>{_NUMBER}|nửa|half\s+a)\s*"
    rf"(?:(?P<thousand>{_THOUSAND})|(?P<million>{_MILLION})|(?P<hundred>xị|lít(?=\s+tiền)))"
    r"(?:\s*(?P<half>rưỡi|rưởi|setengah)|\s*(?P<rest>\d{1,3})(?:\s*(?P<scale>nghìn|ngàn|k|trăm|"
    r"ribu|rb))?"
    r"(?!\s*(?:người|ng\b|khách|đêm|ngày|giờ|g\b|h\b|tiếng|phút|cái|phòng|suất|orang|malam|people|"
    r"nights?|%))(?![\d.,:/]*\d))?(?!\w)"
)
_WITH_CURRENCY = Pattern(rf"(?<![\w.,])(?P<number>{_NUMBER}){_AFTER}")
_CURRENCY_FIRST = Pattern(rf"(?<!\w)(?:{_BEFORE})\s*(?P<number>{_NUMBER})(?!\w)")
_CURRENCY_AFTER = Pattern(rf"^{_AFTER}")
_GROUPED = re.compile(r"(?<![\w.,:/+-])(?P<number>\d{1,3}(?:[.,]\d{3})+|\d{5,9})(?![\w/]|[.,:-]\d)")
_PRICE = Pattern(
    r"(?<!\w)(?:price\w*|cost\w*|charg\w*|pay\w*|paid|bill\w*|total|deposit\w*|fee|refund\w*|rate|"
    r"invoice|amount|giá|phí|tính|cọc|tiền|trả|hóa\s+đơn|bill|thanh\s+toán|hoàn|chuyển\s+khoản|"
    r"harga|bayar|biaya|tagihan|deposit|dibayar|total)(?!\w)"
)
_METRES = Pattern(r"^\s*(?:run|steps|bước|rpm|views|followers|race|cây|lượt|likes)")


def amounts(message: Message) -> list[Found[Money]]:
    """Return the amounts of money; one without a currency is in Vietnamese dong."""
    found = [_scaled(message, match) for match in _SCALED.finditer(message)]
    kept = [one for one in found if not _METRES.search(message, one.end)]
    rest = message.without((one.begin, one.end) for one in found)
    for pattern in (_CURRENCY_FIRST, _WITH_CURRENCY):
        plain = [
            Found(Money(_read(match["number"]), _currency(match) or "VND"), *match.span())
            for match in pattern.finditer(rest)
        ]
        kept += plain
        rest = rest.without((one.begin, one.end) for one in plain)
    if not kept and _PRICE.search(message):
        for match in _GROUPED.finditer(rest.plain):
            kept.append(Found(Money(_read(match["number"]), "VND"), *match.span()))
    return sorted(kept, key=lambda one: one.begin)


def _scaled(message: Message, match: re.Match[str]) -> Found[Money]:
    """Return an amount in thousands or millions: "1tr5", "2 củ rưỡi", "500 ribu rupiah"."""
    groups = match.groupdict()
    factor = 1_000 if groups["thousand"] else 100_000 if groups["hundred"] else 1_000_000
    number = groups["number"]
    value = 0.5 if not number[0].isdigit() else _read(number, scaled=True)
    total = value * factor
    if groups["half"]:
        total += factor / 2
    if groups["rest"]:
        total += _rest(groups["rest"], groups["scale"] or "", factor)
    after = _CURRENCY_AFTER.within(message, match.end())
    currency = _currency(match) or (_currency(after) if after else None) or "VND"
    end = match.end() + (after.end() if after else 0)
    return Found(Money(round(total, 2), currency), match.start(), end)


def _rest(digits: str, scale: str, factor: int) -> float:
    """Return what stands after the thousands or millions: the 5 of "1tr5" is half a million."""
    if scale.startswith("tr"):
        return int(digits) * 100_000
    if scale:
        return int(digits) * 1_000
    return float(f"0.{digits}") * factor


def _read(number: str, *, scaled: bool = False) -> float:
    """Return a number; marks before three digits group them, but not in "1.250 million"."""
    written = re.sub(r"\s", "", number)
    grouped = re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", written)
    if grouped and not (scaled and written.startswith("0")):
        return float(re.sub(r"[.,]", "", written))
    whole = re.fullmatch(r"(\d{1,3}(?:[.,]\d{3})+)[.,](\d{1,2})", written)
    if whole:
        return float(f"{re.sub(r'[.,]', '', whole[1])}.{whole[2]}")
    return float(written.replace(",", "."))


def _currency(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    return next((code for code, _ in _CURRENCIES if groups.get(code)), None)
