"""Prices of the night."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic.json_schema import SkipJsonSchema

from workbench.assistants.hotel.finders import other_nights, room_type_codes
from workbench.assistants.hotel.wording import day, nights, no_day, no_room_type, vnd
from workbench.engine.text import fold
from workbench.engine.tools import (
    FoundBy,
    ToolArguments,
    ToolContext,
    ToolError,
    ToolResult,
    tool,
)
from workbench.engine.tools.dates import unreal_days

_PRICES = """
SELECT t.name, t.rack_rate, r.price, r.reason FROM room_types t
LEFT JOIN rates r ON r.type = t.code AND r.day = %(day)s
WHERE t.code = %(type)s OR t.category = %(type)s
ORDER BY t.rack_rate
"""
_REASONS = {
    "en": {"rack rate": "", "weekend": "weekend", "public holiday": "public holiday",
           "rainy season": "rainy season"},
    "vi": {"rack rate": "", "weekend": "giá cuối tuần", "public holiday": "ngày lễ",
           "rainy season": "mùa mưa"},
}  # fmt: skip
_COMPARES = re.compile(
    r"\b(?:differ\w*|compar\w*|dearer|cheaper|more expensive|less|how much more|versus|vs|between|"
    r"chenh\w*|so voi|re hon|dat hon|mac hon|cao hon|hon kem)\b"
)
_TWO = 2
_FAR_FROM_LEAP_YEARS = date(2026, 7, 1)
"""Near to it, 29 February is none either."""

Prices = Mapping[str, int]
"""The price of a night by the name of the type, in VND."""


def _is_unreal(written: str) -> str:
    if unreal_days(written, _FAR_FROM_LEAP_YEARS) != [written]:
        raise ValueError("write the day as YYYY-MM-DD")
    return written


UnrealDay = SkipJsonSchema[Annotated[str, AfterValidator(_is_unreal)]]
"""A day that no calendar has, as a question writes it; the answer says so. No model offers it."""


class PriceAsked(ToolArguments):
    """Which room type, and when."""

    room_type: Annotated[str, FoundBy(room_type_codes)] = Field(
        description="standard_city, superior_garden, deluxe_city, deluxe_ocean, family_suite, "
        "paradise_suite; or a category: standard, deluxe, suite"
    )
    day: Annotated[date | UnrealDay | None, FoundBy(other_nights)] = Field(
        None, union_mode="left_to_right", description="The night, as YYYY-MM-DD; today without it"
    )


def add_up(results: Sequence[ToolResult], context: ToolContext) -> str:
    """Return what several nights cost together, or by how much two types differ."""
    by_night: dict[str, dict[str, int]] = {}
    for result in results:
        prices = {name: each["current_price"] for name, each in result.data["prices"].items()}
        by_night.setdefault(result.data["day"], {}).update(prices)
    told = list(by_night.values())
    if any(each.keys() != told[0].keys() for each in told):
        return ""
    totals = {name: sum(each[name] for each in told) for name in told[0]}
    if len(told) == 1:
        return _difference(totals, context.lang)
    said = _totals(totals, len(told), context.lang)
    return f"{said} {_difference(totals, context.lang)}".strip()


@tool(permission="rates.read", together=add_up)
async def get_current_pricing(asked: PriceAsked, context: ToolContext) -> ToolResult:
    """What a night in a type of room costs on a date, why, and its rack rate."""
    night, lang = asked.day or context.now.date(), context.lang
    if isinstance(night, str):
        raise ToolError("not_found", no_day(night, lang))
    found = await context.rows(_PRICES, {"type": asked.room_type, "day": night})
    if not found:
        raise ToolError("not_found", no_room_type(asked.room_type, lang))
    if any(one["price"] is None for one in found):
        raise ToolError("not_found", _no_price(night, lang))
    told = "; ".join(_price(one, lang) for one in found)
    begin = "Giá một đêm ngày" if lang == "vi" else "Price of the night of"
    text = f"{begin} {day(night, lang)}: {told}."
    if _COMPARES.search(fold(context.question)):
        prices = {one["name"]: one["price"] for one in found}
        text = f"{text} {_difference(prices, lang)}".strip()
    data: dict[str, Any] = {
        "day": night.isoformat(),
        "currency": "VND",
        "prices": {
            one["name"]: {
                "current_price": one["price"],
                "base_price": one["rack_rate"],
                "reason": one["reason"],
            }
            for one in found
        },
    }
    return ToolResult(text=text, data=data, tables=("rates",))


def _price(one: dict[str, Any], lang: str) -> str:
    """Return a price with why it is another than the rack rate."""
    price, rack = vnd(one["price"], lang), vnd(one["rack_rate"], lang)
    reasons = _REASONS["vi" if lang == "vi" else "en"]
    reason = reasons.get(one["reason"], one["reason"])
    if lang == "vi":
        why = f"{reason}; giá niêm yết {rack}" if reason else f"giá niêm yết {rack}"
    else:
        why = f"{reason}; rack rate {rack}" if reason else f"rack rate {rack}"
    return f"{one['name']}: {price} ({why})"


def _no_price(night: date, lang: str) -> str:
    if lang == "vi":
        return f"chưa có giá cho ngày {day(night, lang)}"
    return f"no price is known for {day(night, lang)}"


def _totals(totals: Prices, count: int, lang: str) -> str:
    length = nights(count, lang)
    if len(totals) == 1:
        [total] = totals.values()
        return (
            f"Tổng {length}: {vnd(total, lang)}."
            if lang == "vi"
            else (f"Total of {length}: {vnd(total, lang)}.")
        )
    told = "; ".join(f"{name} {vnd(total, lang)}" for name, total in totals.items())
    return f"Tổng {length}: {told}." if lang == "vi" else f"Total of {length}: {told}."


def _difference(prices: Prices, lang: str) -> str:
    """Return by how much two types differ; empty for more or fewer."""
    if len(prices) != _TWO:
        return ""
    (low, cheap), (high, dear) = sorted(prices.items(), key=lambda one: one[1])
    if lang == "vi":
        return f"Chênh lệch: {high} cao hơn {low} {vnd(dear - cheap, lang)}."
    return f"Difference: {high} costs {vnd(dear - cheap, lang)} more than {low}."
