"""Lists of things as the bits of whole numbers: which departments, which services."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.tables import U32


def first_bits(count: ArrayLike) -> U32:
    """Numbers whose lowest `count` bits are set: the first so many of a list, at most 31."""
    return np.asarray((np.uint32(1) << np.asarray(count, dtype=np.uint32)) - np.uint32(1), dtype=np.uint32)


def bit_counts(bits: NDArray[Any], size: int) -> list[int]:
    """How many of the numbers have each of the lowest `size` bits set."""
    return [int(np.count_nonzero(bits >> position & 1)) for position in range(size)]


def how_many(bits: NDArray[Any], size: int) -> NDArray[np.int64]:
    """How many of the lowest `size` bits each number has set, i64[n]."""
    places = np.arange(size)
    return np.asarray((bits.astype(np.int64)[:, None] >> places & 1).sum(axis=1), dtype=np.int64)
