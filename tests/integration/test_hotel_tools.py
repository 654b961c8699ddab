"""The hotel's tables and tools on a real database, asked as each role."""

import re
from datetime import date, datetime

import pytest

from workbench.assistants import get_assistant
from workbench.assistants.hotel.seed import make_tables
from workbench.engine.assisting import make_tables as ensure_hotel
from workbench.engine.tools import ToolContext
from workbench.engine.tools.running import Call, ToolRunner
from workbench.store.assistant_tables import ensure_tables, replace_tables, schema_of

pytestmark = pytest.mark.database

TODAY = date(2025, 4, 17)
SEES_BOOKINGS = {
    "reservations", "receptionist", "guest_relations", "duty_manager", "front_office_manager",
    "security_shift_leader",
}  # fmt: skip
SEES_CONTACTS = SEES_BOOKINGS - {"security_shift_leader"}
SEES_INCOGNITO = {"duty_manager", "front_office_manager"}
SENDS = SEES_CONTACTS
WRITES_REQUESTS = {
    "concierge", "receptionist", "guest_relations", "duty_manager", "front_office_manager"
}  # fmt: skip


@pytest.fixture(scope="module")
def hotel(tmp_path_factory):
    return get_assistant("hotel", tmp_path_factory.mktemp("hotel"))


@pytest.fixture
def made(database, hotel):
    """The hotel's tables, as they are at first."""
    tables = hotel.tables
    replace_tables(
        database,
        "hotel",
        tables.definition,
        lambda: tables.make(tables.seed, tables.now.date()),
        tables.made_of,
    )
    return database


@pytest.fixture
def ask(made, hotel):
    async def ask(role, name, lang="en", question="", **arguments):
        context = ToolContext(
            database=made,
            schema=schema_of("hotel"),
            operator=hotel.roles.operator("someone", role),
            now=hotel.tables.now,
            lang=lang,
            question=question,
        )
        call = Call(id="c", name=name, arguments=arguments)
        return await ToolRunner(hotel.tools, context).run(call)

    return ask


def rows(database, query):
    with database.transaction() as connection:
        connection.execute("SET LOCAL search_path TO assistant_hotel")
        return connection.execute(query).fetchall()


def test_the_sample_hotel_is_made_of_its_seed_and_date_alone():
    first, again = make_tables(7, TODAY), make_tables(7, TODAY)
    assert first == again
    assert make_tables(8, TODAY) != first
    tables = dict(first)
    assert len(tables["rooms"]) == 120
    assert len(tables["room_status"]) == 120


def test_no_room_has_two_guests_in_one_night(made):
    doubled = rows(
        made,
        "SELECT a.id, b.id FROM bookings a JOIN bookings b ON a.room = b.room AND a.id < b.id"
        " AND a.check_in < b.check_out AND b.check_in < a.check_out",
    )
    assert doubled == []
    wrong = rows(
        made,
        "SELECT s.room FROM room_status s WHERE (s.occupancy = 'occupied') <> EXISTS"
        " (SELECT FROM bookings b WHERE b.room = s.room AND b.status = 'checked_in')",
    )
    assert wrong == []
    [[occupied]] = rows(made, "SELECT count(*) FROM room_status WHERE occupancy = 'occupied'")
    assert 60 <= occupied <= 110


def test_tables_that_are_there_stay_as_they_are(made, hotel):
    with made.transaction() as connection:
        connection.execute("DELETE FROM assistant_hotel.service_requests")
    assert ensure_hotel(made, hotel)
    assert rows(made, "SELECT count(*) FROM service_requests") == [(0,)]
    assert not ensure_tables(made, "hotel", "CREATE TABLE x ()", lambda: (), "another")
    assert rows(made, "SELECT count(*) FROM rooms") == [(120,)]


def test_tables_that_were_lost_are_made_again(made, hotel):
    with made.transaction() as connection:
        connection.execute("DROP SCHEMA assistant_hotel CASCADE")
    assert ensure_hotel(made, hotel)
    assert rows(made, "SELECT count(*) FROM rooms") == [(120,)]


async def test_the_planted_guest_leaves_at_half_past_eleven(ask):
    booking = await ask("receptionist", "lookup_booking", room_number="201")
    assert "John Doe" in booking.text and "at 11:30" in booking.text
    policy = await ask("receptionist", "get_checkout_policy", room_number="201")
    assert "12:00" in policy.text
    past = await ask("receptionist", "lookup_booking", booking_id="CONF-2025-001")
    assert "7,000,000 VND" in past.text and "room 801" in past.text
    assert (
        "7.000.000 VND"
        in (await ask("receptionist", "lookup_booking", "vi", booking_id="CONF-2025-001")).text
    )


async def test_each_role_sees_what_the_data_protection_policy_allows(ask, hotel):
    for role in hotel.roles.permissions:
        booking = await ask(role, "lookup_booking", booking_id="BOOK001")
        assert (booking.code is None) == (role in SEES_BOOKINGS), role
        assert ("john.doe@email.com" in booking.text) == (role in SEES_CONTACTS), role
        assert ("email" in (booking.result.data if booking.result else {})) == (
            role in SEES_CONTACTS
        ), role
        assert (await ask(role, "get_room_status", room_number="201")).code is None
    assert (await ask("director", "lookup_booking", booking_id="BOOK001")).code == "not_allowed"
    assert (await ask(None, "lookup_booking", booking_id="BOOK001")).code == "not_allowed"


async def test_an_incognito_guest_is_invisible_to_most(ask, hotel, made):
    [identifier, name] = rows(
        made,
        "SELECT b.id, g.name FROM bookings b JOIN guests g ON g.id = b.guest"
        " WHERE g.incognito AND b.room IS NOT NULL ORDER BY b.id LIMIT 1",
    )[0]
    for role in SEES_BOOKINGS:
        for asked in ({"booking_id": identifier}, {"guest_name": name}):
            found = await ask(role, "lookup_booking", **asked)
            if role in SEES_INCOGNITO:
                assert identifier in found.text, role
            else:
                assert identifier not in found.text, role


async def test_a_name_finds_whole_names_only_and_several_are_asked_back(ask, made):
    [[name]] = rows(
        made,
        "SELECT g.name FROM guests g JOIN bookings b ON b.guest = g.id WHERE NOT g.incognito"
        " GROUP BY g.name HAVING count(*) BETWEEN 2 AND 5 ORDER BY g.name LIMIT 1",
    )
    several = await ask("receptionist", "lookup_booking", guest_name=name.upper())
    assert "several bookings" in several.text and "@" not in several.text
    for wild in ("%", "John%", "_ohn Doe", "", "'; DROP TABLE bookings; --"):
        found = await ask("receptionist", "lookup_booking", guest_name=wild)
        assert found.code in ("not_found", "invalid_arguments")
    assert rows(made, "SELECT count(*) FROM bookings")[0][0] > 500


async def test_prices_always_have_their_currency(ask):
    price = await ask("staff", "get_current_pricing", room_type="deluxe_city")
    assert "2,900,000 VND" in price.text and price.result.data["currency"] == "VND"
    holiday = await ask("staff", "get_current_pricing", room_type="suite", day="2025-04-30")
    assert re.findall(r"[\d,]+(?= VND)", holiday.text) == [
        "7,280,000", "5,200,000", "11,900,000", "8,500,000",
    ]  # fmt: skip
    for missing in ({"room_type": "cabin"}, {"room_type": "suite", "day": "2035-01-01"}):
        assert (await ask("staff", "get_current_pricing", **missing)).code == "not_found"


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "there is no day 31/2"), ("vi", "không có ngày 31/2")]
)
async def test_a_day_that_no_calendar_has_gets_no_price(ask, lang, said):
    asked = {"room_type": "deluxe_city", "day": "31/2"}
    found = await ask("staff", "get_current_pricing", lang, **asked)
    assert (found.code, found.message) == ("not_found", said)


@pytest.mark.parametrize(
    ("room_type", "leaves", "fee", "approver"),
    [
        ("deluxe_city", "13:00", 0, "Front Desk Agent"),
        ("deluxe_city", "13:01", 700_000, "Front Office Shift Leader"),
        ("deluxe_city", "15:00", 700_000, "Front Office Shift Leader"),
        ("superior_garden", "15:30", 1_100_000, "Front Office Manager"),
        ("family_suite", "18:00", 2_600_000, "Front Office Manager"),
        ("standard_city", "19:00", 1_800_000, "Front Office Shift Leader"),
    ],
)
async def test_the_late_fee_is_that_of_the_documents(ask, room_type, leaves, fee, approver):
    found = await ask("staff", "get_checkout_policy", room_type=room_type, leaves_at=leaves)
    assert list(found.result.data["fees_vnd"].values()) == [fee]
    assert approver in found.result.data["approved_by"]


async def test_free_rooms_are_free_clean_and_not_promised(ask, made):
    found = await ask("staff", "find_rooms", room_type="standard_city")
    free = found.result.data["rooms"]
    assert found.result.data["free"] == len(free)
    for room in free:
        status = await ask("staff", "get_room_status", room_number=room)
        assert status.result.data["ready_for_guest"]
    assert (await ask("staff", "get_room_status", room_number="1399")).code == "not_found"


async def test_a_request_is_noted_once_and_only_by_those_who_may(ask, hotel, made):
    asked = {"room_number": "410", "category": "housekeeping", "description": "Two pillows"}
    for role in hotel.roles.permissions:
        noted = await ask(role, "create_service_request", **asked)
        assert (noted.code is None) == (role in WRITES_REQUESTS), role
    assert rows(made, "SELECT count(*) FROM service_requests WHERE room = '410'") == [(1,)]
    listed = await ask("receptionist", "list_service_requests", room_number="410")
    assert "Two pillows" in listed.text
    urgent = await ask(
        "receptionist", "create_service_request", **{**asked, "room_number": "411"},
        priority="critical",
    )  # fmt: skip
    assert urgent.result.data["due_at"] == "10:05"
    for bad in ({"room_number": "1399"}, {"description": "x"}, {"category": "kitchen"}):
        assert (await ask("receptionist", "create_service_request", **{**asked, **bad})).code


async def test_an_email_goes_to_the_stored_address_and_once(ask, hotel, made):
    asked = {"booking_id": "BOOK001", "subject": "Your\nstay", "body": "Dear <b>Mr. Doe</b>, hello"}
    for role in hotel.roles.permissions:
        sent = await ask(role, "send_email", **asked)
        assert (sent.code is None) == (role in SENDS), role
    [[recipient, subject, html]] = rows(made, "SELECT recipient, subject, html FROM outbox")
    assert (recipient, subject) == ("john.doe@email.com", "Your stay")
    assert "<b>" not in html and "&lt;b&gt;" in html
    assert re.fullmatch(
        r"EMAIL-2025-\d{3}",
        sent.result.data["email_id"]
        if sent.result
        else (await ask("receptionist", "send_email", **asked)).result.data["email_id"],
    )


async def test_every_answer_is_in_the_language_of_the_question(ask):
    vietnamese = re.compile(r"[ăâđêôơư]", re.I)
    for name, arguments in (
        ("get_room_status", {"room_number": "201"}),
        ("find_rooms", {"room_type": "deluxe_city"}),
        ("lookup_booking", {"booking_id": "BOOK001"}),
        ("get_current_pricing", {"room_type": "deluxe_city"}),
        ("get_checkout_policy", {"room_type": "deluxe_city", "leaves_at": "16:00"}),
        ("list_service_requests", {}),
    ):
        assert vietnamese.search((await ask("duty_manager", name, "vi", **arguments)).text), name
        assert not vietnamese.search((await ask("duty_manager", name, **arguments)).text), name


async def test_of_a_booking_only_what_was_asked_is_told(ask):
    def about(question, lang="en"):
        return ask("receptionist", "lookup_booking", lang, question, booking_id="BOOK001")

    leaves = (await about("When does BOOK001 leave?")).text
    assert "at 11:30" in leaves and "2 nights" in leaves
    assert "@" not in leaves and "VND" not in leaves and "Breakfast" not in leaves
    assert "Breakfast is included." in (await about("Has BOOK001 breakfast?")).text
    assert "@" in (await about("what is his e-mail?")).text
    assert "No special requests are noted." in (await about("any wishes of BOOK001?")).text
    assert "2 đêm" in (await about("BOOK001 ở mấy đêm?", "vi")).text
    assert "Bữa sáng: đã bao gồm." in (await about("co an sang khong", "vi")).text
    whole = (await about("Pull up BOOK001")).text
    assert "Total" in whole and "Parking" in whole and "@" in whole


async def test_a_vacant_room_that_is_kept_says_for_whom_as_far_as_the_role_may_know(ask, made):
    [[room, booking, name]] = rows(
        made,
        "SELECT b.room, b.id, g.name FROM bookings b JOIN guests g ON g.id = b.guest"
        " JOIN room_status s ON s.room = b.room WHERE b.status = 'confirmed'"
        " AND b.check_in = '2025-04-17' AND NOT g.incognito AND s.occupancy = 'vacant' LIMIT 1",
    )
    told = (await ask("receptionist", "get_room_status", room_number=room)).text
    assert name in told and booking in told
    told = (await ask("staff", "get_room_status", room_number=room)).text
    assert name not in told and booking not in told and "kept for a guest" in told
    with made.transaction() as connection:
        connection.execute(
            "UPDATE assistant_hotel.guests SET incognito = true WHERE id ="
            " (SELECT guest FROM assistant_hotel.bookings WHERE id = %s)",
            (booking,),
        )
    assert name not in (await ask("receptionist", "get_room_status", room_number=room)).text
    assert name in (await ask("duty_manager", "get_room_status", room_number=room)).text


async def test_a_category_finds_the_rooms_of_all_its_types(ask):
    whole = await ask("staff", "find_rooms", room_type="deluxe")
    parts = [
        (await ask("staff", "find_rooms", room_type=each)).result.data["rooms"]
        for each in ("deluxe_city", "deluxe_ocean")
    ]
    assert whole.result.data["rooms"] == [*parts[0], *parts[1]]
    assert (await ask("staff", "find_rooms", room_type="cabin")).code == "not_found"


async def test_a_price_says_why_it_is_not_the_rack_rate(ask):
    def price(lang="en", question="", **asked):
        return ask("staff", "get_current_pricing", lang, question, **asked)

    holiday = {"room_type": "deluxe_city", "day": "2025-05-01"}
    assert "public holiday" in (await price(**holiday)).text
    assert "ngày lễ" in (await price("vi", **holiday)).text
    two = await price(question="which is cheaper?", room_type="deluxe")
    assert "Difference: Deluxe Ocean View costs 600,000 VND more than Deluxe City." in two.text
    assert "Difference" not in (await price(room_type="deluxe")).text


async def test_nights_are_added_up_and_types_compared(made, hotel):
    context = ToolContext(
        database=made,
        schema=schema_of("hotel"),
        operator=hotel.roles.operator("someone", "staff"),
        now=hotel.tables.now,
    )
    runner = ToolRunner(hotel.tools, context)

    async def told(*asked):
        calls = [
            Call(id=str(at), name="get_current_pricing", arguments=each)
            for at, each in enumerate(asked)
        ]
        return runner.concluded(await runner.run_all(calls))[-1].text

    ocean = {"room_type": "deluxe_ocean"}
    stay = await told({**ocean, "day": "2025-05-03"}, {**ocean, "day": "2025-05-04"})
    assert "Total of 2 nights: 7,350,000 VND." in stay
    night = {"day": "2025-04-25"}
    two = await told({"room_type": "deluxe_city", **night}, {**ocean, **night})
    assert "660,000 VND more" in two
    assert "Total" not in await told(ocean)


async def test_open_requests_say_what_is_overdue(ask):
    told = (await ask("receptionist", "list_service_requests", room_number="507")).text
    assert "Two extra bath towels" in told and "overdue" in told
    none = await ask("receptionist", "list_service_requests", room_number="410")
    assert none.text == "No request is open for room 410."
    unknown = await ask("receptionist", "list_service_requests", room_number="1399")
    assert unknown.code == "not_found"


def test_the_clock_of_the_tables_is_read(hotel):
    assert hotel.tables.now == datetime.fromisoformat("2025-04-17 10:00")
