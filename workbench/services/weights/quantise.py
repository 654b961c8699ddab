"""Makes the 4-bit variant of a converted model. Run as a process: see `child.py`.

    python -m workbench.services.weights.quantise BASE_FOLDER FOLDER

The result is in the format of compressed-tensors, `pack-quantized`, with 4-bit weights and 16-bit
activations. Embedding, output layer, norms and biases stay as they are.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from workbench.services.weights.child import child_main, report

GROUP = 32
"""Inputs that share a scale."""
FORMAT = "pack-quantized"
WEIGHTS = "*.safetensors"
NOT_COPIED = ("manifest.json", "model.safetensors.index.json")


def quantise(base: Path, folder: Path) -> None:
    """Write the 4-bit variant of the model in `base` to `folder`, tensor by tensor."""
    from safetensors import safe_open
    from safetensors.torch import save_file

    kept: dict[str, Any] = {}
    for path in sorted(base.glob(WEIGHTS)):
        with safe_open(path, "pt") as file:
            names = list(file.keys())
            for done, name in enumerate(names):
                report("quantise", done, len(names))
                tensor = file.get_tensor(name)
                kept |= round_tensor(name, tensor) if is_layer(name, tensor) else {name: tensor}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    _write_settings(base, folder)
    report("quantise", 1, 1)


def is_layer(name: str, tensor: Any) -> bool:
    """Tell whether a tensor is the matrix of a linear layer below the output layer."""
    return name.startswith("model.layers.") and tensor.ndim == 2


def round_tensor(name: str, tensor: Any) -> dict[str, Any]:
    """Round a layer's matrix; return its parts as compressed-tensors names them."""
    import torch
    from compressed_tensors.compressors.pack_quantized.helpers import pack_to_int32

    from workbench.services.weights.rounding import round_matrix

    integers, scales = round_matrix(tensor, GROUP)
    return {
        f"{name}_packed": pack_to_int32(integers, 4),
        f"{name}_scale": scales.to(tensor.dtype),
        f"{name}_shape": torch.tensor(integers.shape),
    }


def _write_settings(base: Path, folder: Path) -> None:
    for path in base.iterdir():
        if path.suffix in (".json", ".jinja") and path.name not in NOT_COPIED:
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
