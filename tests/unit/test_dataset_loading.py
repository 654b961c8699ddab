import os
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures.question_sets import question, write_folder

from workbench.errors import UnknownNameError, UsageError
from workbench.evaluation.datasets.loading import load_hf, resolve_dataset
from workbench.evaluation.questions import load_questions

ROOT = Path(__file__).parents[2]
OFFLINE = """
import shutil, socket, sys
from pathlib import Path

def refuse(*_, **__):
    raise AssertionError("the network was asked")

socket.socket.connect = socket.getaddrinfo = refuse
folder = Path(sys.argv[1])
from datasets import load_dataset
from workbench.evaluation.datasets.card import read_card
from workbench.evaluation.datasets.loading import load_hf, resolve_dataset

for part in read_card(folder).parts():
    plain = load_dataset(str(folder), part.config)
    ours = load_hf(folder, part.config)
    assert list(plain) == list(ours) == [part.split]
    assert plain[part.split]["id"][:] == ours[part.split]["id"][:]
    print(part.config, len(ours[part.split]))
"""


def test_every_golden_set_loads_from_a_copy_without_a_network(tmp_path):
    for folder in sorted(path.parent for path in (ROOT / "datasets").glob("*/README.md")):
        copy = tmp_path / folder.name
        copy.mkdir()
        for file in folder.iterdir():
            (copy / file.name).write_bytes(file.read_bytes())
        home = tmp_path / "home"
        environment = {**os.environ, "HOME": str(home), "HF_HOME": str(home / "hf")}
        done = subprocess.run(
            [sys.executable, "-c", OFFLINE, str(copy)],
            cwd=ROOT,
            env={**environment, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        counts = dict(line.split() for line in done.stdout.splitlines())
        lines = {p.stem: len(p.read_text("utf-8").splitlines()) for p in folder.glob("*.jsonl")}
        assert {name: int(count) for name, count in counts.items()} == lines


def test_features_are_typed_and_what_a_line_leaves_out_has_its_default(tmp_path):
    folder = write_folder(tmp_path / "hotel", dev=[{"id": "a", "user_input": "x"}])
    loaded = load_hf(folder, "hotel_dev")
    columns = {name: str(kind) for name, kind in loaded["dev"].features.items()}
    assert columns["answerable"] == "Value('bool')"
    assert columns["reference_facts"] == "List(List(Value('string')))"
    assert columns["reference_documents"] == (
        "List({'document': Value('string'), 'page': Value('int32')})"
    )
    assert str(loaded["dev"].split) == "dev"
    assert loaded["dev"][0]["answerable"] is True
    assert loaded["dev"][0]["history"] == []


def test_rows_are_what_the_lines_say_even_where_all_look_like_dates(tmp_path):
    calls = [{"name": "f", "args": {"day": "2024-01-02", "n": 1}}, {"name": "g"}]
    records = [
        question(n, user_input=f"2024-01-0{n}", reference="2024-02-03", reference_tool_calls=calls)
        for n in (1, 2)
    ]
    folder = write_folder(tmp_path / "hotel", dev=[records[0], "", records[1]])
    rows = load_hf(folder, "hotel_dev")["dev"].to_list()
    expected = [each.model_dump() for each in load_questions(folder / "hotel_dev.jsonl")]
    assert [row["user_input"] for row in rows] == ["2024-01-01", "2024-01-02"]
    assert rows == expected


def test_nothing_is_left_in_the_library_s_cache(tmp_path, monkeypatch):
    import datasets

    cache = tmp_path / "cache"
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", cache)
    load_hf(write_folder(tmp_path / "hotel"), "hotel_test")
    assert not cache.exists()


def test_an_unknown_configuration_names_those_that_there_are(tmp_path):
    with pytest.raises(UnknownNameError, match="no configuration 'dev'") as refused:
        load_hf(write_folder(tmp_path / "hotel"), "dev")
    assert refused.value.hint == "there are: hotel_dev, hotel_test"


def test_a_malformed_line_and_a_lost_file_are_one_line(tmp_path):
    folder = write_folder(tmp_path / "hotel", dev=[question(1), "{oops"])
    with pytest.raises(UsageError, match=r"hotel_dev.jsonl, line 2: not valid JSON"):
        load_hf(folder, "hotel_dev")
    (folder / "hotel_test.jsonl").unlink()
    with pytest.raises(UsageError, match="configuration 'hotel_test'"):
        load_hf(folder, "hotel_test")


def test_a_configuration_is_the_file_that_its_card_names(tmp_path):
    folder = write_folder(tmp_path / "hotel")
    assert resolve_dataset(folder / "hotel_dev").samefile(folder / "hotel_dev.jsonl")
    for path in (folder / "hotel_dev.jsonl", folder / "none.jsonl", tmp_path / "elsewhere"):
        assert resolve_dataset(path) == path
    with pytest.raises(UsageError, match="configuration 'none'"):
        resolve_dataset(folder / "none")
