"""Mean-pooled encoding of token sequences in batches, with torch."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BATCH_TOKENS = 2_048
"""Padded tokens per batch; larger batches leave the caches of a small CPU."""


def length_batches(lengths: list[int], budget: int = BATCH_TOKENS) -> Iterator[list[int]]:
    """Yield groups of positions of `lengths`, shortest first, each padded to at most `budget`.

    Sequences of like length share a batch, so that little of it is padding.
    """
    group: list[int] = []
    for position in sorted(range(len(lengths)), key=lengths.__getitem__):
        if group and (len(group) + 1) * lengths[position] > budget:
            yield group
            group = []
        group.append(position)
    if group:
        yield group


class BatchEncoder:
    """A transformers encoder in inference mode, on a GPU where there is one.

    Args:
        source: A folder, or the name of a model on the hub.
        mean_pooling: Whether a sequence's vector is the mean over its tokens; else its first token.
    """

    def __init__(self, source: str | Path, *, mean_pooling: bool = True) -> None:
        import torch
        import transformers

        self._torch = torch
        self._mean_pooling = mean_pooling
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        # bf16 turns no vector by more than a degree, but only some processors compute in it
        fast = self._device == "cuda" or torch.cpu._is_avx512_bf16_supported()
        dtype = torch.bfloat16 if fast else torch.float32
        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        model = transformers.AutoModel.from_pretrained(source, dtype=dtype)
        self._model = model.to(self._device).eval()

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._model.config.hidden_size)

    def encode(self, sequences: list[list[int]]) -> list[list[float]]:
        """Return one vector per sequence of token ids, in the same order, not normalised."""
        vectors: list[list[float]] = [[] for _ in sequences]
        budget = BATCH_TOKENS * (16 if self._device == "cuda" else 1)
        for group in length_batches([len(ids) for ids in sequences], budget):
            found = self._encode_batch([sequences[position] for position in group])
            for position, vector in zip(group, found, strict=True):
                vectors[position] = vector
        return vectors

    def _encode_batch(self, sequences: list[list[int]]) -> list[list[float]]:
        torch = self._torch
        columns = list(itertools.zip_longest(*sequences, fillvalue=-1))
        ids = torch.tensor(columns, device=self._device).T
        mask = (ids >= 0).long()
        with torch.inference_mode():
            output: Any = self._model(input_ids=ids.clamp(min=0), attention_mask=mask)
            states = output.last_hidden_state.float()
            if self._mean_pooling:
                weights = mask[..., None].float()
                pooled = (states * weights).sum(1) / weights.sum(1)
            else:
                pooled = states[:, 0]
        found: list[list[float]] = pooled.cpu().tolist()
        return found
