"""The measurement of tool calls: BFCL's rule, the ways of asking, and an assistant's own calls."""

import argparse
import json
from dataclasses import replace

import pytest
from fixtures.bfcl_tasks import ACCEPTED, FUNCTION, OBJECT, PAIR, RIGHT, WEATHER, task
from fixtures.chat_server import chat_server as chat_server
from fixtures.scripted_model import scripted_model as scripted_model

from evals.tools import bare, figures, ours
from evals.tools.asking import ask_all
from evals.tools.bfcl import load_part
from evals.tools.lenient import lenient_calls
from evals.tools.one_of import one_of_messages, one_of_schema, read_one_of
from evals.tools.replies import Keeper, Replies, Reply, read_replies
from evals.tools.rule import Made, fault_of
from evals.tools.schemas import call_name, engine_tool, parameters_schema, server_tool
from workbench.config import load_settings
from workbench.engine.agent.filling import filling_schema
from workbench.errors import ConfigError, ModelServerError, UsageError
from workbench.services.endpoints import Endpoint


@pytest.fixture
def public(tmp_path, monkeypatch):
    """A folder of public data with two tasks of each kind."""
    folder = tmp_path / "public" / "bfcl"
    folder.mkdir(parents=True)
    monkeypatch.setenv("WORKBENCH_PUBLIC_DATA", str(folder.parent))
    asked = [[{"role": "user", "content": "How much is room 201 in VND?"}]]
    lines = {
        "simple_python": [{"id": "s1", "question": asked, "function": [FUNCTION]}],
        "answers_simple_python": [{"id": "s1", "ground_truth": [{"hotel.price": ACCEPTED}]}],
        "irrelevance": [{"id": "i1", "question": asked, "function": [WEATHER]}],
        "multiple": [{"id": "m1", "question": asked, "function": [FUNCTION, WEATHER]}],
    }
    for name, records in lines.items():
        text = "".join(json.dumps(record) + "\n" for record in records)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return folder


def test_a_part_is_read_with_its_answers(public):
    [first] = load_part("simple_python")
    assert (first.wanted, first.accepted) == ("hotel.price", ACCEPTED)
    assert first.text == "How much is room 201 in VND?"
    [second] = load_part("irrelevance")
    assert (second.wanted, len(second.functions)) == ("", 1)


@pytest.mark.parametrize("part", ["multiple", "live_simple"])
def test_what_is_missing_of_the_set_is_named(public, part):
    with pytest.raises(ConfigError, match=rf"{part}\.jsonl is not there"):
        load_part(part)


def test_an_unknown_part_is_refused(public):
    with pytest.raises(UsageError, match="there is no part 'parallel'"):
        load_part("parallel")


def test_the_sets_own_types_become_json_schema():
    schema = parameters_schema(FUNCTION)
    assert schema["type"] == "object"
    assert schema["required"] == ["room"]
    assert [one["type"] for one in schema["properties"].values()] == ["integer", "string", "number"]
    nested = {"type": "dict", "properties": {"at": PAIR, "who": {"type": "any"}, "rest": OBJECT}}
    found = parameters_schema({"name": "f", "description": "", "parameters": nested})
    assert found["properties"] == {
        "at": {"type": "array", "items": {"type": "integer"}},
        "who": {"type": "string"},
        "rest": {"type": "object"},
    }


def test_the_engine_fills_every_argument_of_a_function_or_null():
    schema = filling_schema(engine_tool(FUNCTION), {})
    assert schema["required"] == ["room", "currency", "nights"]
    assert all({"type": "null"} in one["anyOf"] for one in schema["properties"].values())


def test_one_of_lets_the_model_choose_a_function_or_none():
    none, price, weather = one_of_schema([FUNCTION, WEATHER])["anyOf"]
    assert none["properties"] == {"function": {"type": "null"}}
    assert price["properties"]["function"]["enum"] == ["hotel.price"]
    arguments = price["properties"]["arguments"]["properties"]
    assert arguments["room"]["type"] == "integer"
    assert {"type": "null"} in arguments["nights"]["anyOf"]
    assert weather["properties"]["function"]["enum"] == ["weather_now"]
    system, user = one_of_messages([FUNCTION, WEATHER], "How much?")
    assert "hotel.price: What a night" in system[1]
    assert "- currency (string, optional): Of it One of: VND, USD." in system[1]
    assert user == ("user", "Request: How much?")


@pytest.mark.parametrize(
    ("reply", "call"),
    [
        (
            {"function": "hotel.price", "arguments": {"room": 201, "currency": None}},
            Made("hotel.price", {"room": 201}),
        ),
        ({"function": "hotel.price", "arguments": {"currency": "VND"}}, None),
        ({"function": "hotel.price", "arguments": None}, None),
        ({"function": "other", "arguments": {}}, None),
        ({"function": None}, None),
        ({}, None),
    ],
)
def test_a_reply_that_cannot_be_called_makes_no_call(reply, call):
    assert read_one_of(reply, [FUNCTION]) == call


def test_the_server_gets_names_that_it_takes():
    sent = server_tool(FUNCTION)
    assert sent["type"] == "function"
    assert sent["function"]["name"] == "hotel_price" == call_name("hotel.price")
    assert sent["function"]["parameters"]["properties"]["nights"]["default"] == 1.0


CALL = '{"name": "hotel_price", "arguments": {"room": 201, "currency": "VND"}}'


@pytest.mark.parametrize(
    "text",
    [
        CALL,
        f"```json\n{CALL}\n```",
        f"<tools>\n{CALL}\n</tools>",
        f"<tool_call>{CALL}",
        f"Sure: [{CALL}] and again {CALL}",
        '{"function": "hotel.price", "parameters": {"room": 201, "currency": "VND"}}',
        '{"function": {"name": "hotel.price", "arguments": "{\\"room\\": 201, '
        '\\"currency\\": \\"VND\\"}"}}',
        f"{{not JSON}} {CALL}",
    ],
)
def test_a_call_is_found_in_any_wrapping(text):
    assert lenient_calls(text, ["hotel.price"]) == [RIGHT]


@pytest.mark.parametrize(
    "text",
    ["", "Room 201 costs 1,000,000 VND.", CALL.replace("hotel_price", "other"), CALL[:-2], "{" * 9],
)
def test_what_names_no_known_function_is_no_call(text):
    assert lenient_calls(text, ["hotel.price"]) == []


def whole_reply(content, *calls):
    made = [{"id": "c", "type": "function", "function": call} for call in calls]
    message = {"role": "assistant", "content": content, "tool_calls": made}
    return {
        "choices": [{"message": message}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 4},
    }


def test_the_bare_model_is_asked_with_tools_unless_there_are_none():
    asked = bare.request(task(), "m")
    assert asked["tool_choice"] == "auto"
    assert [one["function"]["name"] for one in asked["tools"]] == ["hotel_price"]
    assert asked["messages"] == [{"role": "user", "content": "How much is room 201 in VND?"}]
    assert "tools" not in bare.request(task(functions=()), "m")


def test_calls_that_the_servers_parser_read_get_their_own_names_back():
    arguments = '{"room": 201, "currency": "VND"}'
    reply = bare.reply_of(
        task(), whole_reply(None, {"name": "hotel_price", "arguments": arguments})
    )
    assert reply.calls == (RIGHT,)
    assert (reply.prompt, reply.completion) == (9, 4)
    broken = bare.reply_of(task(), whole_reply("", {"name": "hotel_price", "arguments": "{room"}))
    assert fault_of(task(), broken.calls) == "missing argument"


def endpoint(url):
    return Endpoint(
        name="m", base_url=url, api_key="", model="m", weights="", quantisation="",
        context_window=4096, price=None, local=False,
    )  # fmt: skip


async def test_a_plain_answer_of_the_bare_model_is_kept_as_text(chat_server):
    ask = bare.make_ask(argparse.Namespace(), load_settings(), endpoint(chat_server.url))
    reply = await ask(task())
    assert (reply.calls, reply.text) == ((), "It is number seven.")
    assert chat_server.asked[0]["tools"][0]["function"]["name"] == "hotel_price"


class Near:
    """An encoder for which texts with a common word are one, and others have nothing in common."""

    name, dimension = "near", 2

    def embed_query(self, text):
        return [1.0, 0.0] if "room" in text else [0.0, 1.0]

    def embed_passages(self, texts):
        return [self.embed_query(text) for text in texts]


def asker(model):
    return ours.Asker(endpoint(model.url), load_settings())


async def test_the_nearest_function_is_filled_by_the_model(scripted_model):
    scripted_model.reply = lambda _: '{"room": 201, "currency": "VND", "nights": null}'
    ask = ours.Similar(asker(scripted_model), ours.Chooser(Near(), 0.5), tell_arguments=False)
    reply = await ask(task(functions=(WEATHER, FUNCTION)))
    assert reply.calls == (RIGHT,)
    assert scripted_model.asked == ["Question: How much is room 201 in VND?"]


async def test_a_call_that_lacks_a_required_argument_is_not_made(scripted_model):
    scripted_model.reply = lambda _: '{"room": null, "currency": "VND", "nights": null}'
    ask = ours.Similar(asker(scripted_model), ours.Chooser(Near(), 0.5), tell_arguments=True)
    reply = await ask(task())
    assert (reply.calls, reply.note) == ((), "lacking: room")


async def test_the_model_is_not_asked_where_no_function_is_near(scripted_model):
    similar_way = ours.Similar(
        asker(scripted_model), ours.Chooser(Near(), 0.5), tell_arguments=False
    )
    declining = ours.OneOf(asker(scripted_model), ours.Chooser(Near(), 0.5))
    for ask in (similar_way, declining):
        reply = await ask(task("", functions=(WEATHER,)))
        assert (reply.calls, reply.note) == ((), "no function is near")
    assert scripted_model.asked == []


async def test_one_request_chooses_and_fills(scripted_model):
    chosen = {"function": "hotel.price", "arguments": {"room": 201, "currency": "VND"}}
    scripted_model.reply = lambda _: json.dumps(chosen)
    reply = await ours.OneOf(asker(scripted_model), None)(task())
    assert reply.calls == (RIGHT,)
    scripted_model.reply = lambda _: '{"function": null}'
    assert (await ours.OneOf(asker(scripted_model), None)(task())).calls == ()


ABOUT = {"system": "ours", "strategy": "one-of"}


async def test_a_run_that_was_broken_off_asks_only_what_is_left(tmp_path):
    path = tmp_path / "replies.jsonl"
    tasks = [task(identifier=name) for name in ("a", "b")]
    asked = []

    async def ask(one):
        asked.append(one.id)
        if one.id == "b" and asked.count("b") == 1:
            raise ModelServerError("it went away")
        return Reply(id=one.id, part=one.part, calls=(RIGHT,))

    await ask_all(tasks, ask, Keeper(path, ABOUT), 1)
    assert read_replies(path).replies["b"].error == "it went away"
    again = Keeper(path, ABOUT)
    assert list(again.known) == ["a"]
    await ask_all([one for one in tasks if one.id not in again.known], ask, again, 1)
    assert asked == ["a", "b", "b"]
    assert read_replies(path).replies["b"].calls == (RIGHT,)


def test_replies_to_something_else_are_not_mixed_in(tmp_path):
    path = tmp_path / "replies.jsonl"
    Keeper(path, ABOUT)
    with pytest.raises(UsageError, match="replies of another run: strategy"):
        Keeper(path, {**ABOUT, "strategy": "similar"})
    path.write_text('{"id": "x"}\n', encoding="utf-8")
    with pytest.raises(UsageError, match="holds no replies"):
        read_replies(path)


def replies(about, *kept):
    return Replies(about, {reply.id: reply for reply in kept})


def test_figures_count_right_replies_and_name_the_faults(public):
    run = replies(
        ABOUT,
        Reply(id="s1", part="simple_python", calls=(RIGHT,)),
        Reply(id="i1", part="irrelevance", calls=(Made("weather_now", {"town": "Hue"}),)),
    )
    simple, irrelevance = figures.figures(run)
    assert (simple["part"], simple["right"], simple["n"]) == ("simple_python", 1, 1)
    assert (irrelevance["right"], irrelevance["faults"]) == (0, {"needless call": 1})
    broken = replies(ABOUT, Reply(id="s1", part="simple_python", error="it went away"))
    assert figures.figures(broken)[0]["faults"] == {"failed": 1}


def test_the_bare_models_text_is_read_both_ways(public):
    run = replies({"system": "bare"}, Reply(id="s1", part="simple_python", text=CALL))
    rows = {row["reading"]: row for row in figures.figures(run)}
    assert (rows["parser"]["right"], rows["lenient"]["right"]) == (0, 1)
    mine = replies(ABOUT, Reply(id="s1", part="simple_python", calls=(RIGHT,)))
    changes = {row["reading"]: row["change"] for row in figures.comparisons([mine, run])}
    assert changes == {"parser": 1.0, "lenient": 0.0}


def test_a_missing_set_ends_with_one_line(tmp_path, monkeypatch):
    monkeypatch.delenv("WORKBENCH_PUBLIC_DATA", raising=False)
    path = tmp_path / "replies.jsonl"
    Keeper(path, ABOUT).add(Reply(id="s1", part="simple_python"))
    with pytest.raises(SystemExit, match="WORKBENCH_PUBLIC_DATA names no folder"):
        figures.main([str(path)])


async def test_a_fault_of_the_services_is_kept_as_the_replys_error():
    from evals.tools.asking import timed

    async def ask(_):
        raise ModelServerError("it went away", "ask again")

    reply = await timed(task(), ask)
    assert replace(reply, seconds=0.0) == Reply(
        id="t1", part="simple_python", error="it went away: ask again"
    )
