"""Whole numbers in proportion to weights, with an exact sum: largest remainders (Hamilton's method)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.errors import PackError

I64 = NDArray[np.int64]


def apportion(total: int, weights: ArrayLike, least: ArrayLike = 0) -> I64:
    """`total` over the places in proportion to `weights` (0 or more), i64[n]; the sum is exact.

    Without `least`, every place gets its quota `total · w / Σw` rounded down or up; those with the largest
    remainders get what is left, the first of equals first. Places whose quota is below their `least` get
    just that, and the others share the rest. Weights that are all 0 count as equal. Raises `PackError`
    when `total` is less than the sum of `least`, or there is no place for it.
    """
    weight = np.asarray(weights, dtype=np.float64)
    floor = np.broadcast_to(np.asarray(least, dtype=np.int64), weight.shape)
    if total < int(floor.sum()) or (total and not len(weight)):
        raise PackError(
            f"{total} can't be shared by {len(weight)} places that need {int(floor.sum())} in all; "
            "raise that total in [totals]."
        )
    counts, free = floor.copy(), np.ones(len(weight), dtype=bool)
    while free.any():
        rest = total - int(floor[~free].sum())
        quota = _quota(rest, weight[free])
        low = quota < floor[free]
        if not low.any():
            counts[free] = _largest_remainders(rest, quota)
            break
        free[np.flatnonzero(free)[low]] = False
    return counts


def spread_out(count: int, weights: ArrayLike) -> I64:
    """`count` places drawn in proportion to their weights, i64[count], ascending: every `Σw / count`-th.

    Systematic sampling: places in a spatial order are drawn evenly over the whole city, and one whose weight
    is above the step is drawn more than once.
    """
    weight = np.asarray(weights, dtype=np.float64)
    if not weight.sum():
        weight = np.ones(len(weight))
    heights = np.cumsum(weight)
    at = (np.arange(count) + 0.5) * (heights[-1] / max(count, 1))
    return np.asarray(np.searchsorted(heights, at, side="right"), dtype=np.int64)


def numbered_within(groups: NDArray[Any]) -> I64:
    """Each element's number among those of its group, from 0, in the order of the array."""
    order = np.argsort(groups, kind="stable")
    ranked = groups[order]
    first = np.searchsorted(ranked, ranked)
    number = np.empty(len(groups), dtype=np.int64)
    number[order] = np.arange(len(groups)) - first
    return number


def _quota(total: int, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    whole = weight.sum()
    return np.asarray(weight / whole * total) if whole > 0 else np.full(len(weight), total / len(weight))


def _largest_remainders(total: int, quota: NDArray[np.float64]) -> I64:
    counts = np.floor(quota).astype(np.int64)
    left = total - int(counts.sum())
    counts[np.argsort(counts - quota, kind="stable")[:left]] += 1
    return counts
