"""Reading log lines: untrusted text becomes short, plain and countable."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fixtures.log_lines import MORNING, line, write

from workbench.assistants.registry import SHIPPED
from workbench.engine.monitoring import analyse, load_monitoring, log_of, read_lines, read_log
from workbench.engine.monitoring.log import ERROR, MAX_SERVICES, LogBuilder
from workbench.engine.monitoring.reading import LogLine
from workbench.engine.monitoring.templates import (
    MAX_TEMPLATES,
    OTHER,
    TemplateMiner,
    cleaned,
    masked,
    same_template,
)
from workbench.errors import UsageError

HOTEL = load_monitoring(SHIPPED / "hotel", "hotel")
GOOD = json.dumps(line("cv", "error", "Face recognition failed: timeout", MORNING))


def read(path: Path):
    return read_log(path, None, HOTEL)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 2: not valid JSON"),
        ('{"service": "cv"', "line 2: not valid JSON"),
        ("[1]", "line 2: not a JSON object"),
        (
            '{"service": "cv", "level": "info", "message": "a"}',
            "line 2: key 'timestamp' is missing",
        ),
        (GOOD.replace("2025-01-17", "17/01/2025"), "line 2: key 'timestamp'"),
        (GOOD.replace("2025-01-17", "9999-12-31"), "line 2: key 'timestamp': its year is not one"),
        (GOOD.replace("2025-01-17", "0001-01-01"), "line 2: key 'timestamp': its year is not one"),
        (GOOD.replace('"cv"', "7"), "line 2: key 'service'"),
        (GOOD.replace('"cv"', '""'), "line 2: key 'service'"),
        (GOOD.replace("{}", "[]"), "line 2: key 'metadata'"),
        ("\udcff", "line 2: not valid JSON"),
        ("[" * 100_000, "line 2: not valid JSON"),
    ],
)
def test_a_broken_line_is_named_in_one_line(tmp_path, text, said):
    path = tmp_path / "logs.jsonl"
    path.write_bytes(f"{GOOD}\n{text}\n{GOOD}\n".encode("utf-8", "surrogateescape"))
    with pytest.raises(UsageError) as caught:
        read(path)
    assert f"logs.jsonl, {said}" in caught.value.one_line()
    assert "\n" not in caught.value.one_line() and len(caught.value.one_line()) < 400


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(UsageError, match="cannot read"):
            read(path)
    empty = write(tmp_path / "empty.jsonl", [])
    with pytest.raises(UsageError, match="holds no log lines"):
        read_log(empty, empty, HOTEL)


def test_empty_lines_a_mark_of_byte_order_and_unknown_keys_are_left_out(tmp_path):
    path = tmp_path / "logs.jsonl"
    more = GOOD.replace("{", '{"host": "h", ', 1)
    path.write_bytes(b"\xef\xbb\xbf" + f"{GOOD}\n\n  \r\n{more}\r\n".encode())
    assert [one.service for one in read_lines(path)] == ["cv", "cv"]


def test_lines_are_read_one_after_the_other(tmp_path):
    path = tmp_path / "logs.jsonl"
    path.write_text(f"{GOOD}\n{{broken\n")
    lines = read_lines(path)
    assert next(lines).service == "cv"
    with pytest.raises(UsageError, match="line 2"):
        next(lines)


def test_a_hundred_thousand_lines_are_kept_as_a_few_numbers_each(tmp_path):
    path = tmp_path / "logs.jsonl"
    with path.open("w") as file:
        for number in range(100_000):
            moment = f"2025-01-17T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"
            file.write(
                f'{{"service": "s{number % 4}", "level": "info", "timestamp": "{moment}", '
                f'"message": "Request {number} took {number % 97} ms", "metadata": {{"a": 1}}}}\n'
            )
    log = read(path)
    assert len(log.times) == 100_000
    columns = (log.times, log.texts, log.components, log.affected)
    assert sum(column.nbytes for column in columns) == 32 * 100_000
    assert len(log.text_table) == 4
    assert analyse(log, HOTEL).issues == ()


def test_an_empty_file_is_a_log_without_lines(tmp_path):
    assert len(read(write(tmp_path / "logs.jsonl", [])).times) == 0


def test_a_time_without_a_zone_is_utc_and_other_zones_are_converted():
    texts = ("2025-01-17T08:30:00", "2025-01-17T15:30:00+07:00", "2025-01-17T08:30:00Z")
    lines = [LogLine(service="a", level="info", message="m", timestamp=text) for text in texts]
    moment = datetime(2025, 1, 17, 8, 30, tzinfo=UTC).timestamp()
    assert log_of(lines, [], HOTEL).times.tolist() == [moment] * 3


@pytest.mark.parametrize(
    ("level", "failed"),
    [("ERROR", True), (" Fatal", True), ("critical", True), ("warn", False), ("wrong", False)],
)
def test_levels_are_known_by_their_usual_names(level, failed):
    builder = LogBuilder((), ())
    builder.add("a", level, "m", MORNING, {})
    assert (builder.build().series_table[0].level >= ERROR) == failed


def test_control_and_formatting_characters_never_come_through():
    text = "a\x1b[31mred\x07\u202egnp\r\nnext\x00\u200b\ud800end"
    assert cleaned(text) == "a [31mred gnp next end"
    builder = LogBuilder(("host",), ())
    builder.add("cv\x1b]0;x\x07", "error", text, MORNING, {"host": "h\x1b[2J"})
    log = builder.build()
    shown = [log.services[0], log.text_table[0].text, log.series_table[0].template]
    assert all(one.isprintable() for one in [*shown, log.component_names[0]])


def test_long_messages_and_names_are_cut():
    assert len(cleaned("word " * 1000)) == 400
    builder = LogBuilder((), ())
    builder.add("s" * 10_000, "error", "m" * 1_000_000, MORNING, {})
    log = builder.build()
    assert (len(log.services[0]), len(log.text_table[0].text)) == (40, 400)


def test_values_are_masked_so_that_like_messages_are_one():
    text = "Room 201 at 10.0.0.7:80 took 3.5s, id=0x7f, cam_lobby_01 of Đà Nẵng"
    assert masked(text) == "Room <NUM> at <NUM> took <NUM>, id=<NUM>, <NUM> of Đà Nẵng"
    miner = TemplateMiner()
    numbers = {miner.add(masked(f"{n} sent to host-{n} in {n} ms")) for n in range(100)}
    assert len(numbers) == 1


def test_templates_that_differ_by_a_wildcard_may_be_the_same():
    assert same_template("failed: <*>", "failed: timeout")
    assert same_template("a b", "a b")
    assert not same_template("a b", "a c")
    assert not same_template("a", "a b")


def test_errors_and_other_lines_never_share_a_template():
    builder = LogBuilder((), ())
    builder.add("cv", "info", "Face recognition done: staff", MORNING, {})
    builder.add("cv", "error", "Face recognition failed: timeout", MORNING, {})
    assert [one.template for one in builder.build().series_table] == [
        "Face recognition done: staff",
        "Face recognition failed: timeout",
    ]


def test_a_flood_of_different_messages_and_services_is_bounded():
    chars = "abcdefghijklmnopqrstuvwxyz"
    builder = LogBuilder((), ())
    for number in range(3000):
        one = "".join(chars[number // 26**place % 26] for place in range(3))
        builder.add("a", "info", f"{one} {one[::-1]} x{one} {one}y", MORNING, {})
        builder.add(one, "info", "m", MORNING, {})
    log = builder.build()
    assert len(log.services) == MAX_SERVICES + 1
    assert sum(one.service == 0 for one in log.series_table) == MAX_TEMPLATES + 1
    assert OTHER in {one.template for one in log.series_table}
    assert OTHER in log.services


def test_metadata_names_what_is_affected_and_odd_values_do_not():
    builder = LogBuilder(("camera_id", "host"), ("employee_id",))
    for metadata in (
        {"camera_id": "cam", "employee_id": 7},
        {"host": "h"},
        {"camera_id": ["x"], "employee_id": True},
        {"camera_id": "", "employee_id": None},
    ):
        builder.add("cv", "info", "m", MORNING, metadata)
    log = builder.build()
    assert log.components.tolist() == [0, 1, -1, -1]
    assert log.component_names == ["cam", "h"]
    assert log.affected.tolist() == [0, -1, -1, -1]
