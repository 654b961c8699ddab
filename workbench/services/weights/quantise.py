"""Makes the 4-bit variant of a converted model. Run as a process: see `child.py`.

    python -m workbench.services.weights.quantise BASE_FOLDER FOLDER

The result is in the format of compressed-tensors, `pack-quantized`, with 4-bit weights and 16-bit
activations. Embedding, output layer, norms and biases stay as they are.
"""

import json
import shutil
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

from workbench.services.weights.child import child_main, report

GROUP = 64
"""Inputs that share a scale."""
SEQUENCE = 256
"""Tokens of one calibration sequence."""
FORMAT = "pack-quantized"
WEIGHTS = "model.safetensors"


def quantise(base: Path, folder: Path) -> None:
    """Write the 4-bit variant of the model in `base` to `folder`.

    The calibration text runs through the model once. Each layer is rounded when the text reaches
    it, so that later layers see, and make up for, what rounding did to the earlier ones.
    """
    import torch
    from safetensors.torch import save_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.set_grad_enabled(False)
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16).eval()
    rounded = _round_layers(model, calibration_batch(tokenizer))
    kept = {
        name: tensor
        for name, tensor in model.state_dict().items()
        if name not in rounded and not (name == "lm_head.weight" and _tied(model))
    }
    for name, parts in rounded.items():
        kept |= {f"{name}_{part}": tensor for part, tensor in parts.items()}
    save_file(kept, folder / WEIGHTS, metadata={"format": "pt"})
    _write_settings(base, folder)


def calibration_batch(tokenizer: Any) -> Any:
    """Return the calibration text as token ids, `[sequences, SEQUENCE]`.

    Each document of the text becomes the user's message of a chat, as in use; what exceeds whole
    sequences is left out.
    """
    import torch

    text = (resources.files(__package__) / "calibration.txt").read_text(encoding="utf-8")
    tokens: list[int] = []
    for document in text.split("\n\n\n"):
        message = [{"role": "user", "content": document.strip()}]
        chat = tokenizer.apply_chat_template(message, tokenize=False, add_generation_prompt=True)
        tokens += tokenizer(chat).input_ids
    whole = len(tokens) // SEQUENCE
    return torch.tensor(tokens[: whole * SEQUENCE]).view(whole, SEQUENCE)


def _round_layers(model: Any, batch: Any) -> dict[str, dict[str, Any]]:
    """Round every linear layer below the output layer; return the packed tensors by weight."""
    import torch

    layers = {n: m for n, m in model.model.named_modules() if isinstance(m, torch.nn.Linear)}
    rounded: dict[str, dict[str, Any]] = {}

    def rounder(name: str) -> Callable[[Any, Any], None]:
        def round_now(layer: Any, arguments: Any) -> None:
            rounded[f"model.{name}.weight"] = _round_layer(layer, arguments[0])
            report("quantise", len(rounded), len(layers))

        return round_now

    for name, layer in layers.items():
        layer.register_forward_pre_hook(rounder(name))
    model.model(batch, use_cache=False)
    return rounded


def _round_layer(layer: Any, inputs: Any) -> dict[str, Any]:
    """Round a layer in place; return its tensors as compressed-tensors names them."""
    import torch
    from compressed_tensors.compressors.pack_quantized.helpers import pack_to_int32

    from workbench.services.weights.rounding import restore, round_matrix

    integers, scales = round_matrix(layer.weight, GROUP, inputs.flatten(0, -2))
    layer.weight.data = restore(integers, scales).to(layer.weight.dtype)
    return {
        "packed": pack_to_int32(integers, 4),
        "scale": scales.to(layer.weight.dtype),
        "shape": torch.tensor(integers.shape),
    }


def _tied(model: Any) -> bool:
    return bool(model.config.tie_word_embeddings)


def _write_settings(base: Path, folder: Path) -> None:
    for path in base.iterdir():
        if path.suffix in (".json", ".jinja") and path.name != "manifest.json":
            shutil.copyfile(path, folder / path.name)
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    config["quantization_config"] = quantization_config()
    (folder / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")


def quantization_config() -> dict[str, Any]:
    """Return the part of `config.json` that tells vLLM how the weights are stored."""
    weights = {
        "num_bits": 4,
        "type": "int",
        "symmetric": True,
        "strategy": "group",
        "group_size": GROUP,
    }
    group = {"targets": ["Linear"], "weights": weights, "input_activations": None}
    return {
        "quant_method": "compressed-tensors",
        "format": FORMAT,
        "quantization_status": "compressed",
        "config_groups": {"group_0": group},
        "ignore": ["lm_head"],
    }


def _main(arguments: list[str]) -> None:
    base, folder = arguments
    quantise(Path(base), Path(folder))


if __name__ == "__main__":
    child_main(_main)
