from datetime import date

import pytest
from fixtures.example_tools import NOW, context, double

from workbench.engine.agent.choosing import DOCUMENTS, choose_need
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
from workbench.engine.tools import ToolArguments, ToolContext, ToolResult, tool
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


TOOLS = {each.name: each for each in (double, number_of, store)}


async def no_model(tool, given):
    return {}


async def says_ann(tool, given):
    return {"name": "Ann"}


def loop(events, fill=no_model, yes=True, may=("numbers.read", "numbers.write")):
    async def confirm(call):
        return yes

    return ToolLoop(ToolRunner(TOOLS, context(*may)), events.append, confirm, fill)


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
        (Says((), 0.5, double=0.4, store=0.4), "twice 3", False, ["double"]),
        (Says((), 0.5, double=0.4, documents=0.4), "twice 3", True, ["double"]),
        (Says((), None, double=0.4), "twice three", True, []),
        (Says((), 0.5, double=0.1), "twice 3", True, []),
        (Says(("store",), 0.9, store=0.9, double=0.4), "store 3", False, ["store"]),
        (Says(("store",), 0.9, store=0.9, documents=0.4), "store 3", True, ["store"]),
    ],
)
async def test_tools_are_called_where_they_are_likely_or_the_question_names_them(
    router, question, documents, tools
):
    need = await choose_need(question, router, TOOLS, TODAY)
    assert (need.documents, [each.name for each in need.tools]) == (documents, tools)
    assert need.likely <= set(tools)


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
