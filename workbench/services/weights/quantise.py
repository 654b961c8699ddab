"""Makes a smaller variant of a converted model. Run as a process: see `child.py`.

    python -m workbench.services.weights.quantise BASE_FOLDER FOLDER METHOD

`w4a16` stores 4-bit weights and calculates in 16 bits; `w8a8` stores 8-bit weights and rounds what
goes into each layer to 8 bits as well, one scale a token, so that the processor's 8-bit products
are used. Both are formats of compressed-tensors. Embedding, output layer, norms and biases stay.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.services.weights.child import child_main, report

GROUP = 32
"""Inputs that share a scale in 4 bits."""
WEIGHTS = "*.safetensors"
NOT_COPIED = ("manifest.json", "model.safetensors.index.json")

Tensors = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """A way of storing weights.

    Attributes:
        layer: Turns a layer's name and matrix into the tensors that are stored.
        format: The name that compressed-tensors gives to that.
        weights: How it describes the weights.
        activations: How it describes what goes into a layer; `None` where that stays in 16 bits.
    """

    layer: Callable[[str, Any], Tensors]
    format: str
    weights: dict[str, Any]
    activations: dict[str, Any] | None = None


def quantise(base: Path, folder: Path, method: Method) -> None:
    """Write a variant of the model in `base` to `folder`, tensor by tensor."""
    from safetensors import safe_open
    from safetensors.torch import save_file

    kept: Tensors = {}
    for path in sorted(base.glob(WEIGHTS)):
        with safe_open(path, "pt") as file:
            names = list(file.keys())
            for done, name in enumerate(names):
                report("quantise", done, len(names))
                tensor = file.get_tensor(name)
                kept |= method.layer(name, tensor) if is_layer(name, tensor) else {name: tensor}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    _write_settings(base, folder, method)
    report("quantise", 1, 1)


def is_layer(name: str, tensor: Any) -> bool:
    """Tell whether a tensor is the matrix of a linear layer below the output layer."""
    return name.startswith("model.layers.") and tensor.ndim == 2


def to_4_bits(name: str, tensor: Any) -> Tensors:
    """Round a layer's matrix to packed 4-bit integers with a scale for each group of inputs."""
    import torch
    from compressed_tensors.compressors.pack_quantized.helpers import pack_to_int32

    from workbench.services.weights.rounding import round_matrix

    integers, scales = round_matrix(tensor, GROUP)
    return {
        f"{name}_packed": pack_to_int32(integers, 4),
        f"{name}_scale": scales.to(tensor.dtype),
        f"{name}_shape": torch.tensor(integers.shape),
    }


def to_8_bits(name: str, tensor: Any) -> Tensors:
    """Round a layer's matrix to 8-bit integers with a scale for each output."""
    from workbench.services.weights.rounding import round_rows

    integers, scales = round_rows(tensor)
    return {name: integers, f"{name}_scale": scales.to(tensor.dtype)}


_INTEGERS: dict[str, Any] = {"type": "int", "symmetric": True}
METHODS = {
    "w4a16": Method(
        to_4_bits,
        "pack-quantized",
        {**_INTEGERS, "num_bits": 4, "strategy": "group", "group_size": GROUP},
    ),
    "w8a8": Method(
        to_8_bits,
        "int-quantized",
        {**_INTEGERS, "num_bits": 8, "strategy": "channel", "dynamic": False},
        {**_INTEGERS, "num_bits": 8, "strategy": "token", "dynamic": True},
    ),
}


def _write_settings(base: Path, folder: Path, method: Method) -> None:
    for path in base.iterdir():
        if path.suffix in (".json", ".jinja") and path.name not in NOT_COPIED:
            shutil.copyfile(path, folder / path.name)
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    config["quantization_config"] = quantization_config(method)
    (folder / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")


def quantization_config(method: Method) -> dict[str, Any]:
    """Return the part of `config.json` that tells vLLM how the weights are stored."""
    group = {
        "targets": ["Linear"],
        "weights": method.weights,
        "input_activations": method.activations,
    }
    return {
        "quant_method": "compressed-tensors",
        "format": method.format,
        "quantization_status": "compressed",
        "config_groups": {"group_0": group},
        "ignore": ["lm_head"],
    }


def _main(arguments: list[str]) -> None:
    base, folder, method = arguments
    quantise(Path(base), Path(folder), METHODS[method])


if __name__ == "__main__":
    child_main(_main)
