"""Names in a question, and passages that hold none of them."""

import pytest

from workbench.engine.names import mentions_any, names_in


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Who founded Acme Trading?", ["Acme", "Trading"]),
        ("Siapa produser film Budi Santoso?", ["Budi", "Santoso"]),
        ("Ông Trần Bình làm ở phòng nào?", ["Trần", "Bình"]),
        ("What does a late check-out cost?", []),
        ("I come from Seoul. How long does the driver wait?", []),
        ("Where is it, near Lakeview? I asked before.", ["Lakeview"]),
        ("WHO FOUNDED THE ACME TRADING COMPANY?", []),
        ("Tell me about Acme", ["Acme"]),
        ("Acme", []),
    ],
)
def test_names_stand_within_what_is_asked(question, names):
    assert names_in(question) == names


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Maastrich", "the Maastricht Treaty of 1992"),
        ("China", "Chinese ceramics"),
        ("Trần", "ông tran van"),
        ("Seaman", "Seamans' committee"),
        ("Acme", "ACME is a company"),
    ],
)
def test_a_name_occurs_in_other_forms_and_spellings(name, text):
    assert mentions_any([name], [text])


def test_one_of_several_names_is_enough_and_none_is_not():
    assert mentions_any(["Acme", "Nowhere"], ["", "acme trades"])
    assert not mentions_any(["Quanzar"], ["The emperor was born in 1653."])
    assert not mentions_any([], ["The emperor was born in 1653."])
