"""Turns a GGUF file into a Hugging Face folder. Run as a process: see `child.py`.

    python -m workbench.services.weights.convert FILE.gguf FOLDER [--tied]

vLLM no longer reads GGUF, so the tensors are dequantised to bfloat16 once.
"""

from pathlib import Path
from typing import Any

from workbench.services.weights.child import child_main, report

STEPS = 3
LARGEST_DIFFERENCE = 0.15
"""Two quantisations of one tensor differ by less than this share of its norm (4-bit blocks: 0.08);
independent tensors differ by about 1.4."""


def convert(gguf: Path, folder: Path, *, tied: bool) -> None:
    """Write config, tokenizer with chat template, generation settings and safetensors.

    Args:
        gguf: The file.
        folder: Where the result goes.
        tied: Whether input embedding and output layer are one tensor in the original; a GGUF file
            may hold it twice, in different quantisations. The output layer's copy, the finer one,
            then serves as both.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    report("convert", 0, STEPS)
    place = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    model = AutoModelForCausalLM.from_pretrained(
        **place,
        dtype=torch.bfloat16,
        quantization_config=GgufConfig(gguf_file=gguf.name, dequantize=True),
    )
    if tied:
        tie(model)
    report("convert", 1, STEPS)
    tokenizer = AutoTokenizer.from_pretrained(**place)
    if not tokenizer.chat_template:
        raise ValueError(f"{gguf.name} has no chat template")
    end_at_padding(model.generation_config)
    tokenizer.save_pretrained(folder)
    report("convert", 2, STEPS)
    model.save_pretrained(folder)
    report("convert", STEPS, STEPS)


def tie(model: Any) -> None:
    """Make a model's input embedding its output layer's tensor, which is then stored once.

    Raises:
        ValueError: The two are different tensors, not two copies of one.
    """
    embedding, output = model.get_input_embeddings(), model.get_output_embeddings()
    difference = float((embedding.weight - output.weight).norm() / output.weight.norm())
    if difference > LARGEST_DIFFERENCE:
        raise ValueError(f"embedding and output layer differ by {difference:.0%}: not tied")
    embedding.weight = output.weight
    model.config.tie_word_embeddings = True


def end_at_padding(generation: Any) -> None:
    """Let the padding token end a text as well, as Qwen's own generation settings do."""
    ends = dict.fromkeys([generation.eos_token_id, generation.pad_token_id])
    kept = [token for token in ends if token is not None]
    generation.eos_token_id = kept if len(kept) > 1 else kept[0]


def _main(arguments: list[str]) -> None:
    gguf, folder, *options = arguments
    convert(Path(gguf), Path(folder), tied="--tied" in options)


if __name__ == "__main__":
    child_main(_main)
