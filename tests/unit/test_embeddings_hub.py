"""Encoders in the layout of sentence-transformers, on a tiny BERT made here."""

import json

import numpy as np
import pytest

from workbench.config import load_settings
from workbench.engine.embeddings import load_embedder
from workbench.engine.embeddings.batches import length_batches
from workbench.engine.embeddings.hub import HubEmbedder
from workbench.errors import ConfigError


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    from tokenizers import Tokenizer, pre_tokenizers
    from tokenizers.models import WordLevel
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    words = ["[PAD]", "[UNK]", "query:", "passage:", "hotel", "pool", "late", "fee"]
    tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=16
    ).save_pretrained(folder)
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = BertConfig(
        vocab_size=len(words), intermediate_size=64, max_position_embeddings=16, **sizes
    )
    BertModel(config).save_pretrained(folder)
    return folder


def with_parts(tiny, tmp_path, prompts, pooling):
    for item in tiny.iterdir():
        (tmp_path / item.name).write_bytes(item.read_bytes())
    (tmp_path / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}))
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    return str(tmp_path)


def test_a_folder_gives_unit_vectors_of_its_dimension(tiny):
    embedder = HubEmbedder(str(tiny))
    assert embedder.dimension == 32
    assert embedder.name == str(tiny)
    vectors = np.array(embedder.embed_passages(["hotel pool", "late fee", "hotel " * 40]))
    assert vectors.shape == (3, 32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert embedder.embed_passages([]) == []


def test_prompts_come_from_the_folder_and_can_be_replaced(tiny, tmp_path):
    prompts = {"query": "query: ", "document": "passage: "}
    folder = with_parts(tiny, tmp_path, prompts, {"pooling_mode_mean_tokens": True})
    stored, bare = HubEmbedder(folder), HubEmbedder(folder, query_prefix="", passage_prefix="")
    by_prompt = np.array(stored.embed_query("hotel"))
    assert np.allclose(by_prompt, bare.embed_query("query: hotel"), atol=1e-3)
    assert not np.allclose(by_prompt, bare.embed_query("hotel"), atol=1e-3)
    by_document_prompt = stored.embed_passages(["hotel"])
    assert np.allclose(by_document_prompt, bare.embed_passages(["passage: hotel"]), atol=1e-3)


def test_first_token_pooling_is_honoured(tiny, tmp_path):
    folder = with_parts(tiny, tmp_path, {}, {"pooling_mode_cls_token": True})
    first, mean = HubEmbedder(folder), HubEmbedder(str(tiny))
    text = "hotel pool late fee"
    assert not np.allclose(first.embed_query(text), mean.embed_query(text), atol=1e-3)


def test_a_setting_chooses_the_encoder(tiny, tmp_path):
    (tmp_path / "workbench.toml").write_text("")
    chosen = load_embedder(load_settings(tmp_path, embedder=str(tiny)))
    assert isinstance(chosen, HubEmbedder)
    default = load_embedder(load_settings(tmp_path))
    assert (default.name, default.dimension) == ("multilingual-e5-small", 384)


def test_an_unusable_folder_is_refused_in_one_line(tmp_path):
    with pytest.raises(ConfigError, match="cannot be loaded") as caught:
        HubEmbedder(str(tmp_path))
    assert "\n" not in caught.value.one_line()


def test_batches_hold_every_text_once_within_the_budget():
    lengths = [5, 100, 7, 90, 3, 400, 1]
    groups = list(length_batches(lengths, budget=200))
    assert sorted(i for group in groups for i in group) == list(range(7))
    assert all(len(g) * max(lengths[i] for i in g) <= 200 for g in groups if len(g) > 1)
    assert list(length_batches([])) == []
