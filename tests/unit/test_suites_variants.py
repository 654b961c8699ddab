import pytest

from workbench.config import load_settings
from workbench.errors import UsageError
from workbench.evaluation.suites.suite import Variant
from workbench.evaluation.suites.variants import apply_variant


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "workbench.toml").write_text("[retrieval]\ntop_k = 7\n")
    return load_settings(tmp_path)


def test_a_variant_changes_what_it_names_and_nothing_else(settings):
    given = {"retrieval.candidates": "40", "answer.temperature": 0.5}
    own = apply_variant(settings, Variant(model="x", settings=given))
    assert (own.model, own.retrieval.candidates, own.answer.temperature) == ("x", 40, 0.5)
    assert own.retrieval.top_k == 7
    assert own.answer.max_tokens == settings.answer.max_tokens
    assert apply_variant(settings, Variant()) == settings


def test_an_unknown_setting_names_the_nearest(settings):
    with pytest.raises(UsageError) as caught:
        apply_variant(settings, Variant(settings={"retrieval.topk": 3}))
    assert "the nearest is 'retrieval.top_k'" in caught.value.one_line()
    with pytest.raises(UsageError, match="unknown setting 'model'"):
        apply_variant(settings, Variant(settings={"model": "x"}))


def test_a_wrong_value_is_refused(settings):
    with pytest.raises(UsageError, match=r"setting 'retrieval\.top_k'"):
        apply_variant(settings, Variant(settings={"retrieval.top_k": "many"}))
