"""Sharing a whole number out by weight: the method of largest remainders."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

_EQUAL = 1e-4


def apportion(total: int, weights: ArrayLike, at_least: int = 1) -> NDArray[np.int64]:
    """Shares i64[n] that sum to `total`, near to proportional to `weights`, none below `at_least`.

    Equal remainders (to a ten-thousandth: a hair doesn't decide) go to the first. Raises `ValueError` when
    `total` is too small for the minimum.
    """
    weight = np.asarray(weights, dtype=np.float64)
    spare = total - at_least * len(weight)
    if spare < 0:
        raise ValueError(f"{total} can't give {at_least} to each of {len(weight)}")
    if weight.sum() <= 0:
        weight = np.ones_like(weight)
    ideal = weight / weight.sum() * total
    extra = np.maximum(ideal - at_least, 0)
    if extra.sum() > 0:
        extra *= spare / extra.sum()
    shares: NDArray[np.int64] = np.floor(extra + _EQUAL).astype(np.int64)
    order = np.argsort(np.round((shares - extra) / _EQUAL), kind="stable")
    shares[order[: spare - int(shares.sum())]] += 1
    shares += at_least
    return shares
