"""multilingual-e5-small: both ways give the same vectors, and torch stays out of single queries."""

import subprocess
import sys
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.engine.embeddings import prepare_text
from workbench.engine.embeddings.e5 import FEW, E5Embedder
from workbench.engine.embeddings.e5_convert import wheel_weights
from workbench.engine.embeddings.e5_file import read_e5_file
from workbench.errors import WeightsError

SENTENCES = [
    "Late check-out until 15:00 costs 50% of one night and is approved by the shift leader.",
    "Trả phòng trễ đến 15 giờ tính 50% giá một đêm và do trưởng ca duyệt.",
    "Biaya check-out terlambat sampai pukul 15.00 adalah 50% dari harga satu malam.",
    "The airport transfer is booked at the concierge desk before 18:00 of the day before.",
    "Đồ nhận trước 09:00 được trả lúc 18:00 cùng ngày; giặt nhanh cộng thêm 50% giá.",
    "Tamu wajib menunjukkan paspor asli saat check-in; salinan tidak diterima.",
]
HARD = [
    "",
    "   \n\t ",
    "a\x00b\x01c",
    "\ud800 half of a pair",
    "🏨🏨🏨👨‍👩‍👧‍👦 𓀀𓀁𓀂 ꧁꧂",
    "½ ﬁ ①～゜ Ⅳ",
    unicodedata.normalize("NFD", SENTENCES[1]),
    "long sentence without end " * 300,
    unicodedata.normalize("NFD", SENTENCES[4]) * 30,
    "x" * 3000,
]


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("e5") / "models" / "multilingual-e5-small"


@pytest.fixture(scope="session")
def embedder(folder):
    return E5Embedder(folder)


@pytest.fixture(scope="session")
def in_batch(embedder):
    """Embed passages through torch whatever their number."""

    def embed(texts):
        padding = [""] * (FEW + 1 - len(texts))
        return np.array(embedder.embed_passages([*texts, *padding])[: len(texts)])

    return embed


def one_by_one(folder, texts):
    engine = E5Embedder(folder)
    return np.array([engine.embed_passages([text])[0] for text in texts])


def test_both_ways_agree_on_ordinary_and_hard_texts(folder, in_batch):
    texts = [*SENTENCES, *HARD]
    cosines = (in_batch(texts) * one_by_one(folder, texts)).sum(axis=1)
    assert cosines.min() >= 0.999, dict(zip(texts, cosines, strict=True))


words = st.sampled_from(
    [*" ".join(SENTENCES).split(), "🙂", "\u0301", "đ", "ỡ", "𝔘", "\u200d", "—"]
)
texts = st.lists(st.one_of(words, st.text(max_size=12)), max_size=40).map(" ".join)


@settings(max_examples=25, deadline=None)
@given(text=texts, form=st.sampled_from(["NFC", "NFD", "NFKD"]))
def test_both_ways_agree_on_any_text(folder, in_batch, text, form):
    written = unicodedata.normalize(form, text)
    assert float(in_batch([written])[0] @ one_by_one(folder, [written])[0]) >= 0.999


def test_composed_and_decomposed_forms_have_one_vector(embedder):
    composed, decomposed = (unicodedata.normalize(form, SENTENCES[1]) for form in ("NFC", "NFD"))
    assert embedder.embed_query(composed) == embedder.embed_query(decomposed)


def test_a_question_finds_its_answer_across_languages(embedder):
    passages = np.array(embedder.embed_passages([SENTENCES[0], SENTENCES[3]]))
    question = np.array(embedder.embed_query("trả phòng muộn mất bao nhiêu tiền?"))
    assert np.argmax(passages @ question) == 0


def test_vectors_are_unit_length_in_the_order_of_the_texts(in_batch):
    together = in_batch(SENTENCES)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    reversed_order = in_batch(SENTENCES[::-1])[::-1]
    assert (together * reversed_order).sum(axis=1).min() >= 0.9999


def test_a_question_needs_no_torch(tmp_path):
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from workbench.engine.embeddings.e5 import E5Embedder\n"
        f"e = E5Embedder(Path({str(tmp_path)!r}) / 'absent')\n"
        "assert len(e.embed_query('hello')) == 384\n"
        "assert len(e.embed_passages(['hello'])) == 1\n"
        "assert 'OMP_NUM_THREADS' not in os.environ\n"
        "print(sorted({'torch', 'transformers', 'llama_index'} & set(sys.modules)))\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert shown.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []


def test_conversion_is_whole_or_absent(folder, in_batch):
    in_batch(["made"])
    assert {path.name for path in folder.parent.iterdir()} == {folder.name}
    before = (folder / "model.safetensors").stat().st_mtime_ns
    E5Embedder(folder).embed_passages(["again"] * (FEW + 1))
    assert (folder / "model.safetensors").stat().st_mtime_ns == before


def test_the_folder_is_an_ordinary_model(folder, in_batch):
    from transformers import AutoConfig, AutoTokenizer

    in_batch(["made"])
    config = AutoConfig.from_pretrained(folder)
    assert (config.model_type, config.hidden_size, config.vocab_size) == ("bert", 384, 250_037)
    tokens = AutoTokenizer.from_pretrained(folder)("query: phí trả phòng")["input_ids"]
    assert tokens[0] == 0 and tokens[-1] == 2 and len(tokens) > 4


@pytest.mark.parametrize("content", [b"", b"nothing like it", b"E5S1\x01\x00\x00\x00\x00\x00"])
def test_a_damaged_weight_file_is_refused(tmp_path, content):
    path = tmp_path / "weights.bin"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"weights\.bin"):
        read_e5_file(path)


def test_a_cut_weight_file_is_refused(tmp_path):
    path = tmp_path / "weights.bin"
    path.write_bytes(wheel_weights().read_bytes()[:5_000_000])
    with pytest.raises(WeightsError, match="cannot be read"):
        read_e5_file(path)


def test_a_missing_weight_file_is_refused(tmp_path):
    with pytest.raises(WeightsError, match="cannot be read"):
        read_e5_file(tmp_path / "absent.bin")


def test_prepare_text_bounds_and_cleans():
    assert prepare_text("  a\u0301\n\tb\x00\ufeffc ") == "á b c"
    assert len(prepare_text("y" * 100_000)) == 8_000
