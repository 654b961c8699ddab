from datetime import date, time
from typing import Annotated

import pytest
from fixtures.example_tools import NOW, context, double

from workbench.assistants.hotel.tools import lookup_booking
from workbench.engine.agent.carrying import carry_over
from workbench.engine.agent.choosing import DOCUMENTS, choose_need
from workbench.engine.agent.clauses import clauses_of
from workbench.engine.agent.filling import filling_messages, filling_schema, read_filling
from workbench.engine.agent.loop import MAX_STEPS, ToolLoop
from workbench.engine.agent.telling import as_answer, ask_for
from workbench.engine.events import (
    ConfirmationGiven,
    ConfirmationRequested,
    ToolCalled,
    ToolReturned,
)
from workbench.engine.routing.router import Route
from workbench.engine.tools import FoundBy, ToolArguments, ToolContext, ToolResult, tool
from workbench.engine.tools.arguments import found_arguments, plain_arguments
from workbench.engine.tools.running import ToolRunner

TODAY = date(2025, 4, 17)


class Named(ToolArguments):
    name: str


@tool()
async def number_of(asked: Named, context: ToolContext) -> ToolResult:
    """The number of a name."""
    return ToolResult(text=f"{asked.name} is 21", data={"number": 21})


@tool(writes=True, permission="numbers.write")
async def store(asked: Named, context: ToolContext) -> ToolResult:
    """Stores a name."""
    return ToolResult(text=f"stored {asked.name}")


def colours(text, _):
    return [word for word in ("red", "blue") if word in text]


def digits(text, _):
    return [int(word) for word in text.replace(",", " ").split() if word.isdigit()]


class Coloured(ToolArguments):
    number: Annotated[int, FoundBy(digits)]
    colour: Annotated[str | None, FoundBy(colours)] = None


class Maybe(ToolArguments):
    number: int | None = None


@tool()
async def coloured(asked: Coloured, context: ToolContext) -> ToolResult:
    """A number in a colour."""
    return ToolResult(text=f"{asked.number}", data={"number": asked.number})


@tool(together=lambda results, _: f"sum {sum(each.data['number'] for each in results)}")
async def summed(asked: Coloured, context: ToolContext) -> ToolResult:
    """A number that is summed up."""
    return ToolResult(text=f"{asked.number}", data={"number": asked.number})


@tool(after={"number_of": {"number": "number"}})
async def later(asked: Maybe, context: ToolContext) -> ToolResult:
    """What comes after."""
    return ToolResult(text=f"{asked.number}")


TOOLS = {each.name: each for each in (double, number_of, store)}
ALL = {each.name: each for each in (*TOOLS.values(), coloured, summed, later)}


async def no_model(tool, given):
    return {}


async def says_ann(tool, given):
    return {"name": "Ann"}


def loop(events, fill=no_model, yes=True, may=("numbers.read", "numbers.write")):
    async def confirm(call):
        return yes

    return ToolLoop(ToolRunner(ALL, context(*may)), events.append, confirm, fill)


async def test_what_one_tool_returns_is_another_ones_argument():
    events = []
    found = await loop(events, says_ann).run([double, number_of], "how much is twice Ann", TODAY)
    assert [each.text for each in found.returned] == ["Ann is 21", "42"]
    assert found.lacking == {}
    assert [type(each) for each in events] == [ToolCalled, ToolReturned] * 2
    assert events[2].arguments == {"number": 21}


async def test_what_nobody_knows_is_told():
    events = []
    found = await loop(events).run([number_of, double], "twice 6", TODAY)
    assert [each.text for each in found.returned] == ["12"]
    assert found.lacking == {"number_of": ["name"]}
    assert ask_for(["guest_name"], "en") == "Please say: guest name."


async def test_what_a_tool_needs_one_of_is_asked_back():
    found = await loop([]).run([lookup_booking], "whose booking is it", TODAY)
    assert found.returned == []
    [names] = found.lacking.values()
    assert ask_for(names, "en") == "Please say: booking id / room number / guest name."


async def test_a_tool_that_writes_waits_for_a_yes():
    events = []
    found = await loop(events, says_ann).run([store], "store", TODAY)
    assert found.returned[0].text == "stored Ann"
    kinds = [type(each) for each in events]
    assert kinds == [ConfirmationRequested, ConfirmationGiven, ToolCalled, ToolReturned]
    events.clear()
    found = await loop(events, says_ann, yes=False).run([store], "store", TODAY)
    assert found.returned[0].code == "declined"
    assert ToolCalled not in [type(each) for each in events]
    assert as_answer(found.returned, "vi") == "Không thực hiện, theo yêu cầu của bạn."


async def test_nobody_is_asked_to_confirm_what_is_forbidden():
    events = []
    found = await loop(events, says_ann, may=()).run([store], "store", TODAY)
    assert found.returned[0].code == "not_allowed"
    assert ConfirmationRequested not in [type(each) for each in events]


async def test_the_loop_is_bounded():
    asked = []

    async def never(tool, given):
        asked.append(tool.name)
        return {"colour": "red"}

    found = await loop([], never).run([double], "double", TODAY)
    assert found.returned == [] and len(asked) <= MAX_STEPS
    assert found.lacking == {"double": ["number"]}


class Says:
    def __init__(self, labels, confidence, **probabilities):
        self.route_ = Route(
            labels=labels, confidence=confidence, probabilities=probabilities, method="x", seconds=0
        )

    async def route(self, text):
        return self.route_


@pytest.mark.parametrize(
    ("router", "question", "documents", "tools"),
    [
        (Says(("double",), 0.9, double=0.9), "twice", False, ["double"]),
        (Says(("double",), 0.9, double=0.9, documents=0.6), "twice 3", True, ["double"]),
        (Says(("double",), 0.9, double=0.9, documents=0.6), "twice", True, []),
        (Says((DOCUMENTS,), 0.9, documents=0.9), "twice 3", True, []),
        (Says((), 0.9), "twice 3", True, []),
        (Says((), 0.5, double=0.3, store=0.2), "twice 3", False, ["double"]),
        (Says((), 0.5, double=0.2, store=0.3), "twice 3", True, []),
        (Says((), 0.5, double=0.4, documents=0.4), "twice 3", True, ["double"]),
        (Says((), None, double=0.3), "twice three", True, []),
        (Says((), 0.5, double=0.1), "twice 3", True, []),
        (Says(("store",), 0.9, store=0.9, double=0.5), "store 3", False, ["store"]),
        (Says(("store",), 0.9, store=0.9, documents=0.4), "store 3", True, ["store"]),
    ],
)
async def test_tools_are_called_where_they_are_likely_or_the_question_names_them(
    router, question, documents, tools
):
    need = await choose_need(question, router, TOOLS, TODAY)
    assert (need.documents, [each.name for each in need.tools]) == (documents, tools)
    assert need.likely <= set(tools)


class SaysOfParts(Says):
    """A router that says something of each part: what its words are mapped to."""

    def __init__(self, whole, **parts):
        super().__init__((), 0.5, **whole)
        self._parts = parts

    async def route_all(self, texts):
        return [
            self.route_ if at == 0 else Says((), 0.5, **self._of(text)).route_
            for at, text in enumerate(texts)
        ]

    def _of(self, text):
        return next((shares for word, shares in self._parts.items() if word in text), {})


async def test_a_part_of_a_question_is_decided_and_read_alone():
    router = SaysOfParts({"number_of": 0.9}, twice={"double": 0.9}, Ann={"number_of": 0.9})
    question = "twice 3 and the number of Ann"
    need = await choose_need(question, router, TOOLS, TODAY)
    assert {each.name for each in need.tools} == {"double", "number_of"}
    assert need.parts == {"double": "twice 3", "number_of": "the number of Ann"}
    unclear = SaysOfParts({"number_of": 0.9}, twice={"double": 0.5}, Ann={"number_of": 0.9})
    need = await choose_need(question, unclear, TOOLS, TODAY)
    assert [each.name for each in need.tools] == ["number_of"]


async def test_what_is_only_spoken_of_in_what_is_to_be_done_is_not_looked_up():
    said = {"store": 0.9, "double": 0.5}
    together = SaysOfParts(said, twice=said, also={"double": 0.9})
    need = await choose_need("store twice 3", together, TOOLS, TODAY)
    assert [each.name for each in need.tools] == ["store"]
    need = await choose_need("store twice 3, also 4", together, TOOLS, TODAY)
    assert [each.name for each in need.tools] == ["store"]  # 4 alone names nothing it needs


@pytest.mark.parametrize(
    ("shares", "untold"),
    [
        ({"not_in_tables": 0.7, "double": 0.4}, True),
        ({"not_in_tables": 0.5, "double": 0.6}, False),
        ({"not_in_tables": 0.4}, False),
        ({"not_in_tables": 0.7, "documents": 0.6}, False),
    ],
)
async def test_what_no_table_holds_is_refused_unless_documents_may_tell(shares, untold):
    need = await choose_need("twice 3", Says((), 0.5, **shares), TOOLS, TODAY)
    assert need.untold is untold
    assert not (untold and (need.documents or need.tools))


async def test_a_follow_up_is_decided_with_the_question_before_it():
    class Earlier(Says):
        async def route(self, text):
            return Says((), 0.5, documents=0.9).route_ if "points" in text else self.route_

    router = Earlier((), 0.5, double=0.9)
    assert (await choose_need("and 3", router, TOOLS, TODAY)).tools
    need = await choose_need("and 3", router, TOOLS, TODAY, "how many points?")
    assert need.documents


def test_a_question_is_cut_into_what_it_asks_for():
    assert clauses_of("status of 405 and what does a suite cost?") == [
        "status of 405",
        "what does a suite cost?",
    ]
    assert clauses_of("Xem 711 rồi mở BOOK001, giúp") == ["Xem 711", "mở BOOK001 giúp"]
    assert clauses_of("Is it clean?") == ["Is it clean?"]


def test_values_that_stand_in_one_clause_belong_together():
    question = "3 in red, 4 in blue"
    assert found_arguments(coloured, question, TODAY, clauses_of(question)) == [
        {"number": 3, "colour": "red"},
        {"number": 4, "colour": "blue"},
    ]
    each_with_each = found_arguments(coloured, "3 4 red blue", TODAY, ["3 4 red blue"])
    assert len(each_with_each) == 4
    assert found_arguments(coloured, "3, 4 in red", TODAY) == [
        {"number": 3, "colour": "red"},
        {"number": 4, "colour": "red"},
    ]


async def test_a_tool_that_names_nothing_waits_for_what_it_may_take():
    found = await loop([]).run([later], "x", TODAY)
    assert [each.text for each in found.returned] == ["None"]
    found = await loop([], says_ann).run([later, number_of], "x", TODAY)
    assert [each.call.name for each in found.returned] == ["number_of", "later"]
    assert found.returned[1].call.arguments == {"number": 21}


async def test_what_follows_from_several_calls_is_said_once():
    found = await loop([]).run([summed], "3 and 4", TODAY)
    assert [each.text for each in found.returned] == ["3", "4 sum 7"]
    found = await loop([]).run([summed], "3", TODAY)
    assert [each.text for each in found.returned] == ["3"]


def test_a_follow_up_takes_over_what_it_leaves_out():
    tools = {"coloured": coloured}
    assert carry_over("and in blue?", "3 in red", tools, TODAY) == "and in blue? (3)"
    assert carry_over("and in blue?", "", tools, TODAY) == "and in blue?"
    assert carry_over("4 in blue", "3 in red", tools, TODAY) == "4 in blue"


def test_arguments_are_told_as_plain_json():
    told = plain_arguments({"at": time(14, 30), "day": date(2025, 4, 17), "n": 1})
    assert told == {"at": "14:30", "day": "2025-04-17", "n": 1}


async def test_without_a_router_documents_are_read():
    assert (await choose_need("x", None, TOOLS, TODAY)).documents
    assert (await choose_need("x", Says(("double",), 1.0), {}, TODAY)).tools == ()


def test_the_model_fills_only_what_is_not_known_and_may_say_that_it_does_not_know():
    schema = filling_schema(double, {"number": 4})
    assert schema["required"] == ["colour"]
    assert {"type": "null"} in schema["properties"]["colour"]["anyOf"]
    assert {"type": "null"} in filling_schema(double, {})["properties"]["number"]["anyOf"]
    messages = filling_messages(double, "twice?", {"day": date(2025, 1, 2)}, NOW.date())
    assert "Twice a number." in messages[0][1] and "2025-04-17" in messages[0][1]
    assert "2025-01-02" in messages[1][1]
    assert read_filling('{"number": 3, "colour": null}', ["number", "colour"]) == {"number": 3}
    for broken in ("", "[1]", '{"number": ', "null"):
        assert read_filling(broken, ["number"]) == {}
