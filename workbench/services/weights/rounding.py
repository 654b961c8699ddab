"""Rounding a matrix to 4 bits: the scale of each group, and columns that make up for one another.

Weights `[out, in]` become integers -8..7 with one scale for each group of consecutive inputs. The
column step is GPTQ (Frantar et al. 2022, arXiv 2210.17323): rounding a column leaves an error in
the layer's output, which the columns not yet rounded are moved to cancel, as far as the inputs seen
in calibration are correlated.
"""

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
    """Round one span; `columns` holds the scale of each weight, `gram` the inputs' products."""
    order = gram.diagonal().argsort(descending=True)
    weight, columns = weight[:, order].clone(), columns[:, order]
    factor = _inverse_factor(gram[order][:, order])
    integers = torch.empty_like(weight)
    for start in range(0, weight.shape[1], LAZY):
        stop = min(start + LAZY, weight.shape[1])
        errors = torch.empty_like(weight[:, start:stop])
        for column in range(start, stop):
            value, scale = weight[:, column], columns[:, column]
            integers[:, column] = (value / scale).round().clamp(LOWEST, HIGHEST)
            error = (value - integers[:, column] * scale) / factor[column, column]
            weight[:, column:stop] -= error[:, None] * factor[column, column:stop]
            errors[:, column - start] = error
        weight[:, stop:] -= errors @ factor[start:stop, stop:]
    restored = torch.empty_like(integers)
    restored[:, order] = integers
    return restored.to(torch.int8)


def _inverse_factor(gram: Tensor) -> Tensor:
    """Return the upper Cholesky factor of the damped Gram matrix's inverse."""
    damped = gram.clone()
    damped.diagonal().add_(DAMPING * gram.diagonal().mean() + 1e-8)
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(damped))
    return torch.linalg.cholesky(inverse, upper=True)
