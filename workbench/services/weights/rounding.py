"""Rounding a matrix to 4 bits: the scale of each group, and columns that make up for one another.

Weights `[out, in]` become integers -8..7 with one scale for each group of consecutive inputs. The
column step is GPTQ (Frantar et al. 2022, arXiv 2210.17323): rounding a column leaves an error in
the layer's output, which the columns not yet rounded are moved to cancel, as far as the inputs seen
in calibration are correlated.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

Tensor = Any
"""A `torch.Tensor`; torch is read without types here."""

LOWEST, HIGHEST = -8, 7
SHRINK = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7)
"""Shares of the full range tried for a scale: a shorter range clips the largest weight of a group
but places the others more finely."""
DAMPING = 0.01
"""Added to the Gram matrix's diagonal, as a share of its mean, as in the paper."""
SPAN = 2240
"""Inputs whose errors make up for one another; a wider matrix is treated in spans, because the
inverse costs the cube of the width."""
LAZY = 64
"""Columns after which the rest of the span is brought up to date."""


def group_scales(weight: Tensor, group: int, importance: Tensor) -> Tensor:
    """Search the scale of each group that loses the least.

    Args:
        weight: `[out, in]`, float32.
        group: Inputs that share a scale.
        importance: `[in]`, how much an input's error counts: its mean square in calibration.

    Returns:
        `[out, in / group]`, in bfloat16 precision. A scale is negative where the weight of the
        largest size is positive, for the range reaches to -8 but only to 7.
    """
    out = weight.shape[0]
    grouped = weight.view(out, -1, group)
    counts = importance.view(1, -1, group)
    place = grouped.abs().argmax(-1, keepdim=True)
    full = grouped.gather(-1, place).squeeze(-1) / LOWEST
    best = torch.full_like(full, torch.inf)
    scales = full.clone()
    for share in SHRINK:
        tried = nonzero((full * share).bfloat16().float())
        rounded = (grouped / tried[..., None]).round().clamp(LOWEST, HIGHEST) * tried[..., None]
        loss = ((rounded - grouped).square() * counts).sum(-1)
        better = loss < best
        best = torch.where(better, loss, best)
        scales = torch.where(better, tried, scales)
    return scales


def round_matrix(weight: Tensor, group: int, inputs: Tensor) -> tuple[Tensor, Tensor]:
    """Round a matrix to 4 bits.

    Args:
        weight: `[out, in]`.
        group: Inputs that share a scale; divides `in`.
        inputs: `[tokens, in]`, what the layer was given in calibration.

    Returns:
        The integers -8..7 as int8 `[out, in]`, and the scales as float32 `[out, in / group]`.
    """
    weight = weight.float().clone()
    width = weight.shape[1]
    importance = inputs.float().square().mean(0) + 1e-8
    scales = group_scales(weight, group, importance)
    integers = torch.empty(weight.shape, dtype=torch.int8)
    for start in range(0, width, SPAN):
        stop = min(start + SPAN, width)
        part = inputs[:, start:stop].float()
        columns = scales[:, start // group : stop // group].repeat_interleave(group, 1)
        integers[:, start:stop] = _round_span(weight[:, start:stop], columns, part.T @ part)
    return integers, scales


def restore(integers: Tensor, scales: Tensor) -> Tensor:
    """Return the float32 matrix that the integers and scales stand for."""
    group = integers.shape[1] // scales.shape[1]
    return integers.float() * scales.repeat_interleave(group, 1)


def nonzero(scales: Tensor) -> Tensor:
    """Return scales without zeros, which only groups of zeros have."""
    return torch.where(scales == 0, torch.ones_like(scales), scales)


def _round_span(weight: Tensor, columns: Tensor, gram: Tensor) -> Tensor:
    """Round one span; `columns` holds the scale of each weight, `gram` the inputs' products.

    Inputs are rounded in the order of their importance. The matrix is held with inputs as rows,
    so that each step reads consecutive memory.
    """
    order = gram.diagonal().argsort(descending=True)
    rows, scales = weight.T[order], columns.T[order]
    factor = _inverse_factor(gram[order][:, order])
    integers = torch.empty_like(rows)
    with _one_thread():
        _round_rows(rows, scales, factor, integers)
    restored = torch.empty_like(integers)
    restored[order] = integers
    return restored.T.to(torch.int8)


def _round_rows(rows: Tensor, scales: Tensor, factor: Tensor, integers: Tensor) -> None:
    """Fill `integers`; `rows` is used up."""
    for start in range(0, len(rows), LAZY):
        stop = min(start + LAZY, len(rows))
        errors = torch.empty_like(rows[start:stop])
        for row in range(start, stop):
            integers[row] = (rows[row] / scales[row]).round().clamp(LOWEST, HIGHEST)
            error = (rows[row] - integers[row] * scales[row]) / factor[row, row]
            rows[row:stop].addr_(factor[row, row:stop], error, alpha=-1)
            errors[row - start] = error
        rows[stop:].addmm_(factor[start:stop, stop:].T, errors, alpha=-1)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Run many small steps in one thread: handing them out costs more than it saves."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _inverse_factor(gram: Tensor) -> Tensor:
    """Return the upper Cholesky factor of the damped Gram matrix's inverse."""
    damped = gram.clone()
    damped.diagonal().add_(DAMPING * gram.diagonal().mean() + 1e-8)
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(damped))
    return torch.linalg.cholesky(inverse, upper=True)
