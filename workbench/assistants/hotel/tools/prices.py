"""Prices of the night."""

from datetime import date
from typing import Annotated

from pydantic import Field

from workbench.assistants.hotel.finders import room_type_codes
from workbench.assistants.hotel.wording import day, vnd
from workbench.engine.tools import (
    FoundBy,
    ToolArguments,
    ToolContext,
    ToolError,
    ToolResult,
    tool,
)
from workbench.engine.tools.finders import find_dates

_PRICES = """
SELECT t.name, t.rack_rate, r.price, r.reason FROM room_types t
LEFT JOIN rates r ON r.type = t.code AND r.day = %(day)s
WHERE t.code = %(type)s OR t.category = %(type)s
ORDER BY t.rack_rate
"""


def other_days(text: str, today: date) -> list[date]:
    """Return the days that a question names, but for today, which goes without saying."""
    return [each for each in find_dates(text, today) if each != today]


class PriceAsked(ToolArguments):
    """Which room type, and when."""

    room_type: Annotated[str, FoundBy(room_type_codes)] = Field(
        description="standard_city, superior_garden, deluxe_city, deluxe_ocean, family_suite, "
        "paradise_suite; or a category: standard, deluxe, suite"
    )
    day: Annotated[date | None, FoundBy(other_days)] = Field(
        None, description="The night, as YYYY-MM-DD; today without it"
    )


@tool(permission="rates.read")
async def get_current_pricing(asked: PriceAsked, context: ToolContext) -> ToolResult:
    """What a night in a type of room costs on a date, and its rack rate."""
    night = asked.day or context.now.date()
    found = await context.rows(_PRICES, {"type": asked.room_type, "day": night})
    if not found:
        raise ToolError("not_found", f"there is no room type {asked.room_type!r}")
    if any(one["price"] is None for one in found):
        raise ToolError("not_found", f"no price is known for {night.isoformat()}")
    lang = context.lang
    prices = [
        (f"{one['name']}: {vnd(one['price'], lang)}", vnd(one["rack_rate"], lang)) for one in found
    ]
    if lang == "vi":
        told = "; ".join(f"{price} (giá niêm yết {rack})" for price, rack in prices)
        text = f"Giá một đêm ngày {day(night, lang)}: {told}."
    else:
        told = "; ".join(f"{price} (rack rate {rack})" for price, rack in prices)
        text = f"Price of the night of {day(night, lang)}: {told}."
    data = {
        "day": night.isoformat(),
        "currency": "VND",
        "prices": {
            one["name"]: {"current_price": one["price"], "base_price": one["rack_rate"]}
            for one in found
        },
    }
    return ToolResult(text=text, data=data, tables=("rates",))
