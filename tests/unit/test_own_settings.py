"""The settings that an assistant ships: read, checked, and what wins over them."""

import os

import pytest
import yaml

from workbench.assistants import get_assistant
from workbench.assistants.scaffold import scaffold_assistant
from workbench.config import load_settings
from workbench.engine.own_settings import NO_SETTINGS, effective_settings, settings_for
from workbench.errors import ConfigError
from workbench.evaluation.fingerprint import BINDING, fingerprint
from workbench.evaluation.suites.suite import Variant
from workbench.evaluation.suites.variants import apply_variant

SHIPPED = """
retrieval: {top_k: 3, dense_weight: 0.5, text_weight: 2}
memory: {history_turns: 4}
sampling: {temperature: 0.7, max_tokens: 99, seed: 11}
"""


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in [name for name in os.environ if name.startswith("WORKBENCH_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "assistants" / "own"
    scaffold_assistant(folder, "Own papers", "papers")
    (tmp_path / "workbench.toml").touch()
    return folder


@pytest.fixture
def ship(folder, tmp_path):
    path = folder / "assistant.yaml"
    bare = path.read_text()

    def ship(text):
        path.write_text(bare + text)
        return get_assistant("own", tmp_path)

    return ship


def test_what_a_folder_ships_holds_where_nobody_chose_otherwise(ship, tmp_path):
    own = settings_for(load_settings(tmp_path), ship(SHIPPED))
    assert (own.retrieval.top_k, own.retrieval.dense_weight, own.retrieval.text_weight) == (
        3,
        0.5,
        2,
    )
    assert own.retrieval.candidates == 30
    assert own.answer.history_turns == 4
    assert (own.answer.temperature, own.answer.max_tokens, own.answer.seed) == (0.7, 99, 11)
    assert own.answer.context_chars == load_settings(tmp_path).answer.context_chars
    assert settings_for(own, ship(SHIPPED)) == own


def test_the_command_line_and_the_environment_win_over_the_file_and_it_over_the_folder(
    ship, tmp_path, monkeypatch
):
    assistant = ship(SHIPPED)
    file = "[retrieval]\ntop_k = 7\ncandidates = 40\n[answer]\ntemperature = 0.2\nmax_tokens = 50\n"
    (tmp_path / "workbench.toml").write_text(file)
    own = settings_for(load_settings(tmp_path), assistant)
    assert (own.retrieval.top_k, own.retrieval.candidates) == (7, 40)
    assert (own.answer.temperature, own.answer.max_tokens, own.answer.seed) == (0.2, 50, 11)
    monkeypatch.setenv("WORKBENCH_RETRIEVAL__TOP_K", "8")
    monkeypatch.setenv("WORKBENCH_ANSWER__MAX_TOKENS", "60")
    settings = load_settings(tmp_path)
    own = settings_for(settings, assistant)
    assert (own.retrieval.top_k, own.answer.max_tokens, own.answer.temperature) == (8, 60, 0.2)
    chosen = apply_variant(settings, Variant(settings={"retrieval.top_k": "9"}))
    own = settings_for(chosen, assistant)
    assert (own.retrieval.top_k, own.retrieval.dense_weight, own.answer.max_tokens) == (9, 0.5, 60)


def test_a_person_may_choose_the_default_over_what_a_folder_ships(ship, tmp_path):
    assistant = ship(SHIPPED)
    (tmp_path / "workbench.toml").write_text("[answer]\ntemperature = 0.0\n")
    assert settings_for(load_settings(tmp_path), assistant).answer.temperature == 0.0


@pytest.mark.parametrize(
    "changed",
    [
        "retrieval: {top_k: 4}", "retrieval: {candidates: 31}", "retrieval: {dense_weight: 2}",
        "retrieval: {text_weight: 2}", "retrieval: {rrf_k: 20}", "memory: {history_turns: 3}",
        "sampling: {temperature: 0.1}", "sampling: {max_tokens: 161}", "sampling: {seed: 0}",
    ],
)  # fmt: skip
def test_each_shipped_setting_is_part_of_what_binds_a_runs_fingerprint(ship, tmp_path, changed):
    settings = load_settings(tmp_path)

    def binding(assistant):
        known = fingerprint(settings_for(settings, assistant), {}, {}, {})
        return {key: known[key] for key in BINDING if key in known}

    assert binding(ship("")) != binding(ship(changed))
    assert binding(ship("")) == binding(ship("\n# a comment\n"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("retrieval: {topk: 3}", "unknown key 'retrieval.topk': the nearest is 'top_k'"),
        ("retrieval: {exact_below: 3}", "unknown key 'retrieval.exact_below'"),
        ("memory: {turns: 3}", "unknown key 'memory.turns': the nearest is 'history_turns'"),
        ("sampling: {drop_orders: false}", "unknown key 'sampling.drop_orders'"),
        ("sampling: {temperature: 3}", "key 'sampling.temperature': Input should be less than"),
        ("sampling: {temperature: .nan}", "key 'sampling.temperature': Input should be a finite"),
        ("sampling: {seed: -1}", "key 'sampling.seed': Input should be greater than"),
        ("sampling: {max_tokens: many}", "key 'sampling.max_tokens': Input should be a valid"),
        ("retrieval: {top_k: 0}", "key 'retrieval.top_k': Input should be greater than"),
        ("retrieval: {text_weight: .inf}", "key 'retrieval.text_weight': Input should be a finite"),
        ("memory: {history_turns: -1}", "key 'memory.history_turns': Input should be greater"),
        ("memory: 3", "key 'memory': it holds keys of its own, or nothing"),
        ("sampel: {}", "unknown key 'sampel': the nearest is 'sampling'"),
    ],
)
def test_a_wrong_setting_is_told_in_one_line(ship, text, said):
    with pytest.raises(ConfigError) as told:
        ship(text)
    assert said in told.value.one_line() and "\n" not in told.value.one_line()


def test_a_section_whose_keys_are_comments_says_nothing(ship):
    assert ship("retrieval:\n#  top_k: 3\nmemory:\nsampling:\n").settings == NO_SETTINGS


def test_the_scaffold_names_every_setting_with_its_default_in_comments(folder, ship, tmp_path):
    text = (folder / "assistant.yaml").read_text()
    assert get_assistant("own", tmp_path).settings == NO_SETTINGS
    start = text.index("# retrieval:")
    commented = text[start:].splitlines()
    said = yaml.safe_load("\n".join(line.removeprefix("# ") for line in commented))
    named = {f"{part}.{key}": value for part, keys in said.items() for key, value in keys.items()}
    effective = effective_settings(load_settings(tmp_path), get_assistant("own", tmp_path))
    assert named == {each.key: each.value for each in effective}
    shipped = ship("\n".join(line.removeprefix("# ") for line in commented))
    assert settings_for(load_settings(tmp_path), shipped) == load_settings(tmp_path)


def test_who_chose_a_setting_is_told(ship, tmp_path, monkeypatch):
    assistant = ship("sampling: {temperature: 0.7, seed: 11}\n")
    (tmp_path / "workbench.toml").write_text("[answer]\ntemperature = 0.2\n")
    monkeypatch.setenv("WORKBENCH_RETRIEVAL__TOP_K", "8")
    told = {each.key: each for each in effective_settings(load_settings(tmp_path), assistant)}
    found = {key: (each.value, each.source) for key, each in told.items()}
    assert found["sampling.temperature"] == (0.2, "workspace")
    assert found["sampling.seed"] == (11, "assistant")
    assert found["sampling.max_tokens"] == (160, "default")
    assert found["retrieval.top_k"] == (8, "workspace")
    assert told["memory.history_turns"].setting == "answer.history_turns"
