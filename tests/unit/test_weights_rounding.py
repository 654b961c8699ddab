import pytest
import torch
from compressed_tensors.compressors.pack_quantized.helpers import pack_to_int32, unpack_from_int32

from workbench.services.weights import rounding
from workbench.services.weights.rounding import group_scales, restore, round_matrix

GROUP = 16


@pytest.fixture
def matrix():
    return torch.randn(48, 64, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def inputs():
    """Correlated inputs, as a network's are."""
    generator = torch.Generator().manual_seed(2)
    return torch.randn(400, 12, generator=generator) @ torch.randn(12, 64, generator=generator)


def nearest(matrix, scales):
    wide = scales.repeat_interleave(GROUP, 1)
    return (matrix / wide).round().clamp(-8, 7) * wide


def test_a_matrix_that_4_bits_can_hold_is_kept_exactly():
    integers = torch.randint(-8, 8, (32, 64), generator=torch.Generator().manual_seed(3))
    integers[:, ::GROUP] = -8
    scales = torch.full((32, 4), 0.25)
    matrix = integers * scales.repeat_interleave(GROUP, 1)
    found, found_scales = round_matrix(matrix, GROUP, torch.eye(64))
    assert torch.equal(restore(found, found_scales), matrix)


def test_searched_scales_lose_less_than_the_full_range(matrix):
    ones = torch.ones(64)
    searched = group_scales(matrix, GROUP, ones)
    full = (matrix.view(48, 4, GROUP).abs().amax(-1) / 7).bfloat16().float()

    def loss(scales):
        return (nearest(matrix, scales) - matrix).square().sum()

    assert loss(searched) < 0.85 * loss(full)


def test_scales_are_what_bfloat16_can_hold(matrix):
    scales = group_scales(matrix, GROUP, torch.ones(64))
    assert torch.equal(scales, scales.bfloat16().float())


def test_important_inputs_are_rounded_more_finely(matrix):
    importance = torch.ones(64)
    importance[5] = 1_000.0
    even, uneven = (
        (nearest(matrix, group_scales(matrix, GROUP, counts)) - matrix)[:, 5].square().sum()
        for counts in (torch.ones(64), importance)
    )
    assert uneven < even


def test_columns_make_up_for_one_another(matrix, inputs):
    integers, scales = round_matrix(matrix, GROUP, inputs)
    calibrated = (inputs @ (restore(integers, scales) - matrix).T).square().sum()
    plain = (inputs @ (nearest(matrix, scales) - matrix).T).square().sum()
    assert calibrated < 0.5 * plain


def test_a_wide_matrix_is_treated_in_spans(matrix, inputs, monkeypatch):
    monkeypatch.setattr(rounding, "SPAN", 32)
    monkeypatch.setattr(rounding, "LAZY", 8)
    integers, scales = round_matrix(matrix, GROUP, inputs)
    loss = (inputs @ (restore(integers, scales) - matrix).T).square().sum()
    assert loss < (inputs @ (nearest(matrix, scales) - matrix).T).square().sum()


def test_integers_fit_4_bits_and_survive_packing(matrix, inputs):
    integers, _ = round_matrix(matrix, GROUP, inputs)
    assert integers.dtype == torch.int8
    assert (integers.min(), integers.max()) >= (-8, -8)
    packed = pack_to_int32(integers, 4)
    assert packed.shape == (48, 8)
    assert torch.equal(unpack_from_int32(packed, 4, integers.shape), integers)


def test_zeros_and_unseen_inputs_do_no_harm():
    integers, scales = round_matrix(torch.zeros(32, 64), GROUP, torch.zeros(10, 64))
    assert not restore(integers, scales).any()
    matrix = torch.ones(32, 64)
    assert torch.equal(restore(*round_matrix(matrix, GROUP, torch.zeros(10, 64))), matrix)
