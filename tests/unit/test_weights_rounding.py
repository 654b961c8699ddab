import pytest
import torch
from compressed_tensors.compressors.pack_quantized.helpers import pack_to_int32, unpack_from_int32

from workbench.services.weights.rounding import (
    group_scales,
    restore,
    round_matrix,
    round_rows,
)

GROUP = 16


@pytest.fixture
def matrix():
    return torch.randn(48, 64, generator=torch.Generator().manual_seed(1))


def test_a_matrix_that_4_bits_can_hold_is_kept_exactly():
    integers = torch.randint(-8, 8, (32, 64), generator=torch.Generator().manual_seed(3))
    integers[:, ::GROUP] = -8
    matrix = integers * 0.25
    assert torch.equal(restore(*round_matrix(matrix, GROUP)), matrix)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_weight_of_either_sign_reaches_the_longer_end(sign):
    matrix = torch.zeros(1, GROUP)
    matrix[0, 3] = 8.0 * sign
    integers, scales = round_matrix(matrix, GROUP)
    assert integers[0, 3] == -8
    assert scales[0, 0] == -sign


def test_searched_scales_lose_less_than_the_full_range(matrix):
    full = (matrix.view(48, 4, GROUP).abs().amax(-1) / 7).bfloat16().float()
    wide = full.repeat_interleave(GROUP, 1)
    plain = ((matrix / wide).round().clamp(-8, 7) * wide - matrix).square().sum()
    searched = (restore(*round_matrix(matrix, GROUP)) - matrix).square().sum()
    assert searched < 0.85 * plain


def test_scales_are_what_bfloat16_can_hold(matrix):
    scales = group_scales(matrix, GROUP)
    assert torch.equal(scales, scales.bfloat16().float())


def test_integers_fit_4_bits_and_survive_packing(matrix):
    integers, _ = round_matrix(matrix, GROUP)
    assert integers.dtype == torch.int8
    assert integers.min() >= -8
    assert integers.max() <= 7
    packed = pack_to_int32(integers, 4)
    assert packed.shape == (48, 8)
    assert torch.equal(unpack_from_int32(packed, 4, integers.shape), integers)


def test_a_group_of_zeros_stays_zero():
    assert not restore(*round_matrix(torch.zeros(32, 64), GROUP)).any()


def test_8_bits_lose_little_and_keep_positive_scales(matrix):
    integers, scales = round_rows(matrix)
    assert integers.dtype == torch.int8
    assert integers.abs().max() <= 127
    assert scales.shape == (48, 1)
    assert (scales > 0).all()
    assert (restore(integers, scales) - matrix).norm() < 0.01 * matrix.norm()


def test_8_bits_keep_what_they_can_hold_and_a_row_of_zeros():
    matrix = torch.tensor([[127.0, -64.0, 1.0], [0.0, 0.0, 0.0]])
    assert torch.equal(restore(*round_rows(matrix)), matrix)
