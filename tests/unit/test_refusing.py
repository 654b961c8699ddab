import pytest

from workbench.engine.refusing import SENTINEL, RefusalGate, is_refusal


def run(text, size=4):
    gate = RefusalGate()
    shown = "".join(gate.feed(text[i : i + size]) for i in range(0, len(text), size))
    return shown + gate.finish(), gate.refused


def test_the_agreed_words_are_never_shown():
    assert run(SENTINEL) == ("", True)
    assert run(f"  {SENTINEL.title()}. Sorry.") == ("", True)


def test_an_answer_passes_whole():
    assert run("Not before 14:00.") == ("Not before 14:00.", False)
    assert run("NO") == ("NO", False)


@pytest.mark.parametrize(
    "text",
    [
        "The passages do not mention a helipad.",
        "This is not stated in the documents.",
        "Thông tin này không có trong tài liệu.",
        "Tài liệu không đề cập đến sân bay trực thăng.",
        "Informasi itu tidak ditemukan dalam dokumen.",
    ],
)
def test_paraphrases_count_as_refusals(text):
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "Pets are not allowed in the hotel.",
        "Không được hút thuốc trong phòng.",
        "Late check-out is not available on 2 September.",
    ],
)
def test_answers_with_a_no_are_answers(text):
    assert not is_refusal(text)
