import re
from pathlib import Path

import pytest
import yaml

from workbench.engine.requests import REQUESTS, Requests, load_requests
from workbench.errors import ConfigError, UnknownNameError

HOTEL = Path("workbench/assistants/hotel") / REQUESTS
KINDS = {
    "housekeeping": "amenity_request room_cleaning laundry lost_item",
    "maintenance": (
        "hvac_issue plumbing_issue electrical_issue electronics_issue lock_issue furniture_issue "
        "pest_issue safety_hazard"
    ),
    "concierge": "reservation recommendation transportation luggage special_occasion",
    "room_service": "food_order beverage_order order_status tray_collection dietary_question",
    "front_desk": "check_in_out billing booking_change key_card general_inquiry emergency",
    "complaints": (
        "noise staff_behaviour service_delay cleanliness food_quality value privacy"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def hotel() -> Requests:
    return load_requests(HOTEL)


def test_the_hotel_handles_every_kind_of_request(hotel):
    assert {name: set(kinds) for name, kinds in hotel.requests.items()} == {
        name: set(kinds.split()) for name, kinds in KINDS.items()
    }


def test_the_documents_example_has_its_departments_workflows_and_minutes(hotel):
    towels = hotel.handling("housekeeping", "amenity_request")
    cooling = hotel.handling("maintenance", "hvac_issue")
    assert (towels.department, towels.workflow, towels.minutes, towels.priority) == (
        "housekeeping_team",
        "WF_HOUSEKEEPING_001",
        15,
        "medium",
    )
    assert (cooling.department, cooling.workflow, cooling.minutes, cooling.priority) == (
        "maintenance_team",
        "WF_MAINTENANCE_002",
        45,
        "high",
    )


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_a_reply_promises_the_minutes_of_each_request_and_no_other_number(hotel, lang):
    kinds = [("housekeeping", "amenity_request"), ("maintenance", "hvac_issue")]
    reply = hotel.suggested_reply(kinds, lang, sorry=True)
    assert re.findall(r"\d+", reply) == ["15", "45"]
    assert reply.startswith(hotel.replies[lang].opening)
    assert reply.endswith(hotel.replies[lang].apology)


def test_every_kind_alone_promises_its_own_minutes_in_every_language(hotel):
    for category, kinds in hotel.requests.items():
        for name, handling in kinds.items():
            for lang in hotel.replies:
                reply = hotel.suggested_reply([(category, name)], lang)
                assert re.findall(r"\d+", reply) == [str(handling.minutes)], (category, name, lang)


def test_dangers_are_critical_and_answered_within_five_minutes(hotel):
    for kind in (("front_desk", "emergency"), ("maintenance", "safety_hazard")):
        assert hotel.handling(*kind).priority == "critical"
        assert hotel.handling(*kind).minutes == 5


def test_a_language_without_sentences_gets_the_first_one(hotel):
    kinds = [("concierge", "luggage")]
    assert hotel.suggested_reply(kinds, "id") == hotel.suggested_reply(kinds, "en")


def test_a_message_that_asks_nothing_gets_no_promise(hotel):
    assert not re.search(r"\d", hotel.suggested_reply([], "en"))
    assert not re.search(r"\d", hotel.question_back("vi"))


def test_an_unknown_kind_is_named_with_the_known_ones(hotel):
    with pytest.raises(UnknownNameError, match="concierge/dragons") as raised:
        hotel.handling("concierge", "dragons")
    assert "concierge/luggage" in raised.value.hint


def _changed(tmp_path: Path, change) -> Path:
    values = yaml.safe_load(HOTEL.read_text(encoding="utf-8"))
    change(values)
    path = tmp_path / REQUESTS
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda kind: kind["reply"].update(en="We come within 20 minutes."), "once"),
        (lambda kind: kind["reply"].update(en="We come in {minutes} or 20 minutes."), "once"),
        (lambda kind: kind["reply"].pop("vi"), "languages"),
        (lambda kind: kind.update(minutes=0), "minutes"),
        (lambda kind: kind.update(priority="soon"), "priority"),
        (lambda kind: kind.update(workflow="WF_MAINTENANCE_002"), "twice"),
        (lambda kind: kind.update(boss="me"), "boss"),
    ],
)
def test_a_wrong_table_is_refused_in_one_line(tmp_path, change, said):
    def changed(values):
        change(values["requests"]["housekeeping"]["amenity_request"])

    with pytest.raises(ConfigError) as raised:
        load_requests(_changed(tmp_path, changed))
    assert said in raised.value.one_line()
    assert "\n" not in raised.value.one_line()


def test_a_file_that_is_no_yaml_is_refused(tmp_path):
    path = tmp_path / REQUESTS
    path.write_text("requests: [", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_requests(path)
