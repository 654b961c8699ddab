import pytest

from workbench.engine.followup import needs_history, standalone_query


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


def test_the_query_joins_both():
    assert standalone_query("and until 6 PM?", "late check-out") == "late check-out and until 6 PM?"
