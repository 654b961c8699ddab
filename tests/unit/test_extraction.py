import json
import unicodedata
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.engine.extraction import (
    EXTRACTION,
    Extraction,
    Vocabulary,
    extract,
    load_vocabulary,
    message_language,
)
from workbench.engine.extraction.sentiment import sentiment
from workbench.errors import ConfigError

HOTEL = Path("workbench/assistants/hotel") / EXTRACTION
MESSAGES = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "extraction_messages.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
NOW = datetime(2025, 1, 17, 14, 30)  # noqa: DTZ001 - the house's own time


@pytest.fixture(scope="module")
def hotel() -> Vocabulary:
    return load_vocabulary(HOTEL)


def _values(text: str, hotel: Vocabulary, **given) -> dict:
    return extract(text, given.pop("now", NOW), vocabulary=hotel, **given).entities()


@pytest.mark.parametrize("row", MESSAGES, ids=lambda row: row["id"])
def test_a_message_gives_its_values_and_no_others(hotel, row):
    fields = row["fields"]
    now = datetime.fromisoformat(fields["now"])
    assert _values(row["text"], hotel, now=now, profile_room=fields["room"]) == fields["entities"]


def test_the_documents_example_is_read(hotel):
    text = "I'd like to book the spa for 3 people tomorrow at 2pm"
    assert _values(text, hotel, profile_room="201") == {
        "room_number": "201",
        "service": "spa",
        "party_size": 3,
        "date": "2025-01-18",
        "time": "14:00",
    }


def test_every_value_knows_where_it_stands_in_the_text_as_typed(hotel):
    text = "Hai khăn tắm lên phòng tám không bảy lúc ba giờ chiều mai, gọi 0905.123.456"
    found = extract(text, NOW, vocabulary=hotel)
    places = {one["key"]: text[one["begin"] : one["end"]] for one in found.spans()}
    assert places == {
        "room_number": "tám không bảy",
        "items": "Hai khăn tắm",
        "date": "chiều mai",
        "time": "ba giờ",
        "phone": "0905.123.456",
    }


def test_a_room_of_the_profile_has_no_place_in_the_text(hotel):
    found = extract("two towels please", NOW, vocabulary=hotel, profile_room="305")
    assert found.room_number is not None
    assert (found.room_number.begin, found.room_number.end) == (0, 0)


@pytest.mark.parametrize("text", ["", " ", "🌊🌊🌊", "?!", "¤ § ¤", "\x00"])
def test_a_message_without_words_gives_nothing(hotel, text):
    assert _values(text, hotel) == {}


@pytest.mark.parametrize("piece", ["a towel 2 ", "1 ", "không ", " ", "room 2 ", "12:", "(0", "đ"])
def test_a_message_of_ten_thousand_characters_is_read(hotel, piece):
    assert isinstance(extract(piece * (10_000 // len(piece)), NOW, vocabulary=hotel), Extraction)


_PIECES = (
    "room 201 ba giờ chiều mai 7 pm - to đến until 31/2 30/2 0905123456 $ 5 tr nửa đêm không một "
    "2 khăn towels next monday 29 february spa no sorry 99 25:70 jam setengah CONF1 ¤ § 🌊 ( ) . , "
    ": / ǆ ß ﬁ İ 1e9 24/7 night nights kurang kém half past 1tr5 mùng tháng 13 thứ cn"
)


@settings(max_examples=150, deadline=None)
@given(
    text=st.lists(
        st.sampled_from(_PIECES.split()) | st.text(max_size=6),
        max_size=14,
    ).map(" ".join)
)
def test_no_text_breaks_the_rules_and_every_place_lies_in_it(text):
    vocabulary = _shared()
    found = extract(text, NOW, vocabulary=vocabulary)
    length = len(unicodedata.normalize("NFC", text))
    assert all(0 <= one["begin"] <= one["end"] <= length for one in found.spans())
    json.dumps(found.entities())


_KEPT: list[Vocabulary] = []


def _shared() -> Vocabulary:
    if not _KEPT:
        _KEPT.append(load_vocabulary(HOTEL))
    return _KEPT[0]


@pytest.mark.parametrize(
    ("text", "now", "day"),
    [
        ("taxi on the 31st", "2025-02-10T08:00", "2025-03-31"),
        ("taxi on 29/2", "2025-03-01T08:00", "2028-02-29"),
        ("taxi tomorrow", "2024-12-31T23:59", "2025-01-01"),
        ("taxi tomorrow", "2025-01-01T00:10", "2025-01-02"),
        ("taxi on Monday", "2025-03-10T08:00", "2025-03-17"),
        ("taxi this Monday", "2025-03-12T08:00", "2025-03-10"),
        ("taxi next Sunday", "2025-03-12T08:00", "2025-03-23"),
        ("taxi chủ nhật tuần này", "2025-03-12T08:00", "2025-03-16"),
        ("taksi Senin minggu depan", "2025-03-12T08:00", "2025-03-17"),
        ("taxi ngày 12/3", "2025-03-12T08:00", "2025-03-12"),
        ("taxi ngày 11/3", "2025-03-12T08:00", "2026-03-11"),
    ],
)
def test_days_are_reckoned_from_the_reference_day(hotel, text, now, day):
    assert _values(text, hotel, now=datetime.fromisoformat(now))["date"] == day


def test_a_day_that_no_calendar_has_is_none(hotel):
    assert "date" not in _values("taxi on 31/2", hotel)


@pytest.mark.parametrize("text", ["24/7 smiles", "towels 1/2 portion", "on channel 12", "80% off"])
def test_numbers_of_other_things_are_no_values(hotel, text):
    assert not set(_values(text, hotel)) & {"date", "time", "room_number", "party_size", "money"}


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("giá 1tr5", 1_500_000),
        ("giá 1tr250", 1_250_000),
        ("giá 2 triệu rưỡi", 2_500_000),
        ("giá 1 triệu 2", 1_200_000),
        ("giá 350.000đ", 350_000),
        ("cost 1,250,000 VND", 1_250_000),
        ("harga 500 ribu", 500_000),
        ("giá năm trăm nghìn", 500_000),
        ("phi 90k", 90_000),
    ],
)
def test_money_of_the_street_is_in_dong(hotel, text, amount):
    assert _values(text, hotel)["money"] == {"amount": amount, "currency": "VND"}


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("two towels please", "en"),
        ("cho em hai khăn", "vi"),
        ("wifi pass la gi vay shop", "vi"),
        ("tolong antar handuk ke kamar", "id"),
    ],
)
def test_the_language_is_that_of_most_words(text, lang):
    assert message_language(text) == lang


@pytest.mark.parametrize(
    ("text", "feeling"),
    [
        ("This is unacceptable, third time I ask", "negative"),
        ("Máy lạnh phòng 305 bị hỏng", "negative"),
        ("may lanh khong lanh, that vong qua", "negative"),
        ("pelayanan sangat mengecewakan", "negative"),
        ("Two towels to 305 please", "neutral"),
        ("Cho em hai khăn tắm", "neutral"),
        ("What a wonderful stay, thank you so much!", "positive"),
        ("Khách sạn tuyệt vời quá", "positive"),
        ("bagus sekali, terima kasih banyak", "positive"),
        ("It is not broken, all fine", "neutral"),
        ("", "neutral"),
    ],
)
def test_the_feeling_is_read_from_the_published_words(text, feeling):
    assert sentiment(text) == feeling


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"room_pattern": "("}, "regular expression"),
        ({"services": {"spa": {"patterns": ["("]}}}, "regular expression"),
        ({"services": {"spa": {"habit": "noon"}}}, "habit"),
        ({"items": {"towel": {"fr": ["serviette"]}}}, "fr"),
        ({"rooms": []}, "rooms"),
        ({"items": None}, "items"),
    ],
)
def test_a_wrong_vocabulary_is_refused_in_one_line(tmp_path, change, said):
    values = {"room_pattern": r"\d+", "items": {}, "services": {}, **change}
    path = tmp_path / EXTRACTION
    path.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_vocabulary(path)
    assert said in raised.value.one_line()


def test_an_assistant_without_items_and_services_still_reads_days_and_times():
    bare = Vocabulary.model_validate({"room_pattern": "(?!)", "items": {}, "services": {}})
    found = extract("2 towels tomorrow at 3 pm", NOW, vocabulary=bare)
    assert found.entities() == {"date": "2025-01-18", "time": "15:00"}
