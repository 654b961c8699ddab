import pytest

from workbench.evaluation.metrics.canonical import occurs, tokens
from workbench.evaluation.metrics.facts import states_facts, token_f1


def stated(form: str, text: str) -> bool:
    return occurs(tokens(form), tokens(text))


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("700,000 VND", "Phí là 700.000 đồng."),
        ("700,000 VND", "it costs 700k"),
        ("700k", "it costs **700,000** VND"),
        ("700.000 đồng", "VND 700,000 a night"),
        ("700,000 VND", "700 nghìn đồng"),
        ("700,000 VND", "700 000 đ"),
        ("700,000", "700.000 VND"),
        ("1,5 triệu đồng", "1,500,000 VND"),
        ("2 triệu", "2.000.000 VND"),
        ("Rp50.000", "harganya 50 ribu rupiah"),
        ("$5", "5 dollars"),
        ("15:00", "until 3 PM"),
        ("3 p.m.", "đến 15 giờ"),
        ("15:00", "15h"),
        ("15:30", "lúc 15h30"),
        ("15 giờ 30", "3:30 pm"),
        ("15:30", "3 giờ rưỡi chiều"),
        ("15.00", "15.00"),
        ("15:00", "pukul 15.00 WIB"),
        ("15:00", "jam 3 sore"),
        ("21:00", "9 giờ tối"),
        ("00:00", "12 AM"),
        ("12:00", "noon"),
        ("4 hours", "4 giờ"),
        ("4h", "4-hour"),
        ("30%", "30 phần trăm"),
        ("30 percent", "30 persen"),
        ("7 January 1943", "ngày 7 tháng 1 năm 1943"),
        ("January 7, 1943", "7/1/1943"),
        ("1943-01-07", "7 Januari 1943"),
        ("1943", "on 7 January 1943"),
        ("7 January", "on January 7th, 1943"),
        ("November 2024", "tháng 11/2024"),
        ("năm 1943", "in 1943"),
        ("15 kg", "15kg"),
        ("5-minute", "within 5 minute intervals"),
        ("20-40 phút", "20 – 40 phút"),
        ("Duty Manager", "the DUTY manager,"),
        ("Quản lý trực", "Quản lý trực"),
        ("wifi.local", "open `wifi.local` first"),
        ("-5", "it is -5 °C"),
        ("5,800", "5.800"),
        ("0.125", "0,125"),
    ],
)
def test_a_fact_is_found_however_it_is_written(form, text):
    assert stated(form, text)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("15", "150"),
        ("15", "15:30"),
        ("15", "1.5"),
        ("50,000 VND", "150,000 VND"),
        ("50,000 VND", "50,000 USD"),
        ("700,000 VND", "700,000 guests"),
        ("2 hours", "12 hours"),
        ("3 PM", "3 AM"),
        ("15:00", "15:30"),
        ("15:00", "3 giờ sáng"),
        ("4 hours", "4 PM"),
        ("30%", "30"),
        ("30%", "130%"),
        ("7 January 1943", "7 January 1944"),
        ("7 January 1943", "7 January"),
        ("7 tháng 1", "7 tháng 11"),
        ("5", "-5"),
        ("age", "the package"),
        ("Duty Manager", "Manager on duty"),
        ("1.500", "1,5"),
        ("15 May", "15 may attend"),
        ("...", "..."),
    ],
)
def test_another_value_is_not_the_fact(form, text):
    assert not stated(form, text)


FACTS = [["300,000 VND"], ["Duty Manager", "Quản lý trực"]]
RIGHT = "It costs 300.000 đồng [1] and the Duty Manager approves it [2, 3]."


def test_every_fact_must_be_stated():
    assert states_facts(RIGHT, FACTS)
    assert not states_facts("It costs 300,000 VND.", FACTS)


def test_a_citation_mark_is_no_number():
    assert not states_facts("It closes late [22].", [["22"]])
    assert states_facts("It closes at 22 [1].", [["22"]])


def test_a_forbidden_fact_makes_an_answer_wrong():
    assert not states_facts(f"{RIGHT} Before 15:00 it was 200k.", FACTS, ["200,000 VND"])
    assert states_facts(RIGHT, FACTS, ["30,000 VND"])


def test_an_answer_has_at_most_120_words():
    padding = " ".join(["word"] * 110)
    assert len(f"{RIGHT} {padding}".replace(" [1]", "").replace(" [2, 3]", "").split()) == 120
    assert states_facts(f"{RIGHT} {padding}", FACTS)
    assert not states_facts(f"{RIGHT} {padding} word", FACTS)


def test_a_refusal_is_wrong_even_where_it_holds_the_fact():
    refusal = "I could not find that in the documents. Please ask the Duty Manager."
    assert not states_facts(refusal, [["Duty Manager"]])


def test_f1_counts_shared_words_in_any_unicode_form():
    assert token_f1("Quản lý trực", "quản lý trực") == 1
    assert token_f1("the old cat [1]", "the cat") == pytest.approx(0.8)
    assert token_f1("dog", "cat") == 0
    assert token_f1("", "cat") == 0
