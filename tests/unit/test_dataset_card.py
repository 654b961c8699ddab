import hashlib

import pytest
from fixtures.question_sets import CARD, question, write_folder, write_set

from workbench.errors import UsageError
from workbench.evaluation.datasets.card import check_card, data_files, fix_hashes, read_card


def said(card):
    return [f"{each.severity} {each.key}: {each.message}" for each in check_card(card)]


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "hotel")


def test_fixing_writes_the_hash_of_every_file_and_leaves_the_rest_of_the_card_alone(folder):
    fix_hashes(read_card(folder))
    hashes = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ("hotel_dev.jsonl", "hotel_test.jsonl")
    }
    block = "".join(f"  {name}: {value}\n" for name, value in hashes.items())
    expected = CARD.replace("---\n\n# Hotel", f"content_sha256:\n{block}---\n\n# Hotel")
    assert (folder / "README.md").read_text("utf-8") == expected
    assert said(read_card(folder)) == []


def test_hashes_are_replaced_where_they_stand(folder):
    old = "content_sha256:\n  gone.jsonl: '12'\n\n  hotel_dev.jsonl: abc\n# a note\nconfigs:"
    (folder / "README.md").write_text(CARD.replace("configs:", old))
    fixed = fix_hashes(read_card(folder))
    assert sorted(fixed.hashes) == ["hotel_dev.jsonl", "hotel_test.jsonl"]
    assert "# a note\nconfigs:" in (folder / "README.md").read_text()
    assert said(read_card(folder)) == []


def test_a_card_that_is_right_is_not_written_again(folder):
    fix_hashes(read_card(folder))
    before = (folder / "README.md").stat().st_mtime_ns
    fix_hashes(read_card(folder))
    assert (folder / "README.md").stat().st_mtime_ns == before


def test_a_head_whose_key_cannot_be_replaced_is_left_alone(folder):
    strange = CARD.replace("configs:", '"content_sha256": {}\nconfigs:')
    (folder / "README.md").write_text(strange)
    with pytest.raises(UsageError, match="cannot place 'content_sha256'"):
        fix_hashes(read_card(folder))
    assert (folder / "README.md").read_text() == strange


def test_a_changed_a_new_and_a_lost_file_are_found(folder):
    fix_hashes(read_card(folder))
    write_set(folder / "hotel_dev.jsonl", question(9))
    (folder / "hotel_test.jsonl").rename(folder / "more.jsonl")
    findings = said(read_card(folder))
    assert len(findings) == 3
    assert "content_sha256: hotel_dev.jsonl is not what the hash is of" in findings[0]
    assert findings[1:] == [
        "error configs: hotel_test.jsonl is not there",
        "error configs: more.jsonl has no configuration",
    ]


def test_a_hash_of_no_file_a_missing_hash_and_missing_keys_are_found(folder):
    card = CARD.replace("license: apache-2.0\n", "content_sha256:\n  x.jsonl: abc\n")
    (folder / "README.md").write_text(card)
    findings = said(read_card(folder))
    assert findings[0] == "warning license: is missing"
    assert findings[1].endswith("hotel_dev.jsonl has no hash: write it with --fix")
    assert findings[3] == "error content_sha256: x.jsonl is not there"


@pytest.mark.parametrize("files", ['"*_dev.jsonl"', '["hotel_dev.jsonl"]'])
def test_the_forms_of_data_files_that_the_library_reads_are_read(folder, files):
    head = f"---\nconfigs:\n- config_name: one\n  data_files: {files}\n---\n"
    (folder / "README.md").write_text(head)
    (part,) = data_files(read_card(folder))["hotel_dev.jsonl"]
    assert (part.config, part.split) == ("one", "train")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "has no card: describe its files"),
        ("# Hotel\n", "README.md has no YAML head: begin it with ---"),
        ("---\na: [\n---\n", "README.md, line 3: not valid YAML: correct that line"),
        ("---\n- a\n---\n", "not a mapping of keys"),
        ("---\nlicense: mit\n---\n", "key 'configs' is missing or malformed"),
        ("---\nconfigs:\n- a\n---\n", "key 'configs' is missing or malformed"),
        ("---\nconfigs:\n- config_name: a\n---\n", "key 'configs' is missing or malformed"),
        (
            "---\nconfigs:\n- config_name: a\n  data_files: /etc/x\n---\n",
            "key 'configs' is missing or malformed",
        ),
        (b"---\n\xff\n---\n", "it is not UTF-8 text"),
    ],
)
def test_a_card_that_cannot_be_used_is_refused_in_one_line(tmp_path, text, message):
    if text is not None:
        content = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "README.md").write_bytes(content)
    with pytest.raises(UsageError) as refused:
        read_card(tmp_path)
    assert message in refused.value.one_line()


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UsageError, match="there is no folder"):
        read_card(tmp_path / "none")


def test_hashes_that_are_no_mapping_are_refused(folder):
    (folder / "README.md").write_text(CARD.replace("configs:", "content_sha256: x\nconfigs:"))
    with pytest.raises(UsageError, match="'content_sha256' is no mapping"):
        check_card(read_card(folder))


def test_a_pattern_that_nobody_can_match_is_a_missing_file(folder):
    head = '---\nconfigs:\n- config_name: one\n  data_files: "a**b.jsonl"\n---\n'
    (folder / "README.md").write_text(head)
    assert "error configs: a**b.jsonl is not there" in said(read_card(folder))
