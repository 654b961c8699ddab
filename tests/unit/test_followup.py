import pytest

from workbench.engine.followup import Standalone, needs_history, standalone_query


@pytest.mark.parametrize(
    ("question", "lang"),
    [
        ("and until 6 PM?", "en"),
        ("What about suites?", "en"),
        ("who approves that?", "en"),
        ("còn đến 18 giờ thì sao?", "vi"),
        ("Thế khách hạng Vàng thì sao?", "vi"),
        ("bagaimana kalau sampai jam 6?", "id"),
        ("Why?", "en"),
    ],
)
def test_leaning_questions(question, lang):
    assert needs_history(question, lang)


@pytest.mark.parametrize(
    ("question", "lang"),
    [
        ("What does a late check-out until 3 PM cost, and who approves it?", "en"),
        ("Phí trả phòng trễ đến 15 giờ là bao nhiêu?", "vi"),
        ("How long are passports kept in lost property?", "en"),
        ("Hồ bơi mở cửa từ mấy giờ đến mấy giờ hằng ngày?", "vi"),
    ],
)
def test_questions_that_stand_alone(question, lang):
    assert not needs_history(question, lang)


EN = "What does a late check-out until 3 PM cost, and who approves it?"
VI = "Phí trả phòng trễ đến 15 giờ là bao nhiêu, và ai duyệt?"


@pytest.mark.parametrize(
    ("question", "before", "query"),
    [
        ("and until 6 PM?", EN, EN.replace("3 PM", "6 PM")),
        ("What about after 18:00?", EN, EN.replace("until 3 PM", "after 18:00")),
        ("and 6 PM?", EN, EN.replace("3 PM", "6 PM")),
        ("còn đến 18 giờ thì sao?", VI, VI.replace("15 giờ", "18 giờ")),
        ("and at noon?", "Is the pool open at 7 AM?", "Is the pool open at noon?"),
    ],
)
def test_another_time_asks_the_previous_question_again(question, before, query):
    assert standalone_query(question, before) == Standalone(query, whole=True)


@pytest.mark.parametrize(
    ("question", "before"),
    [
        ("and until 6 PM?", "late check-out"),
        ("and until 6 PM?", "Is breakfast from 6 AM until 10 AM?"),
        ("and for suites until 6 PM?", EN),
        ("who approves that?", EN),
        ("còn 18 giờ?", "Giặt nhanh trong 4 giờ giá bao nhiêu?"),
        ("and 6 PM?", "Is the bar open from 3-5 PM?"),
        ("what about midnight?", "Is the spa open from 9 AM?"),
    ],
)
def test_other_follow_ups_are_searched_for_with_the_previous_query(question, before):
    assert standalone_query(question, before) == Standalone(f"{before} {question}", whole=False)
