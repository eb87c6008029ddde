"""The three perimeter rings: how much of each is watched, and where the gaps are.

A checkpoint watches its stretch of the boundary while its camera is online. The integrity of a ring
is the share of its length that is watched, not the share of its checkpoints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RINGS: dict[int, tuple[str, str, str]] = {
    1: ("city", "环市圈", "city ring"),
    2: ("county", "环县圈", "county rings"),
    3: ("police", "派出所辖区圈", "police-station rings"),
}
"""Slug, Chinese and English name by ring number; 0 in the pack means none."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A run of neighbouring stretches that nobody watches: checkpoint numbers and metres."""

    ring: int
    checkpoints: tuple[int, ...]
    length_m: float


@dataclass(frozen=True, slots=True)
class Integrity:
    """One ring: checkpoints, those online, metres, metres watched; `share` is 1.0 for an empty ring."""

    ring: int
    checkpoints: int
    online: int
    length_m: float
    covered_m: float

    @property
    def share(self) -> float:
        """Watched length over length."""
        return self.covered_m / self.length_m if self.length_m > 0 else 1.0


def integrity(
    ring: NDArray[Any], length_m: NDArray[Any], online: NDArray[Any], within: slice | None = None
) -> dict[int, Integrity]:
    """Each ring's `Integrity`, by ring number; arrays are per checkpoint.

    `within`: only these checkpoints (a region's are a slice, for checkpoints are sorted by grid).
    """
    chosen = slice(None) if within is None else within
    ring, length_m, online = (
        ring[chosen],
        np.asarray(length_m[chosen], np.float64),
        online[chosen].astype(bool),
    )
    size = max(RINGS) + 1
    count = np.bincount(ring, minlength=size)
    count_online = np.bincount(ring, weights=online, minlength=size)
    length = np.bincount(ring, weights=length_m, minlength=size)
    covered = np.bincount(ring, weights=length_m * online, minlength=size)
    return {
        number: Integrity(
            number,
            int(count[number]),
            int(count_online[number]),
            float(length[number]),
            float(covered[number]),
        )
        for number in RINGS
    }


def integrity_by_region(
    ring: NDArray[Any],
    grid: NDArray[Any],
    length_m: NDArray[Any],
    online: NDArray[Any],
    grid_lo: NDArray[Any],
    grid_hi: NDArray[Any],
) -> NDArray[np.float64]:
    """Share of length watched per region and ring, f64[len(grid_lo), 3]; nan where it has no stretch.

    `grid` is each checkpoint's, sorted ascending; `grid_lo`, `grid_hi` are the regions' slices.
    """  # fmt: skip
    first, last = np.searchsorted(grid, grid_lo), np.searchsorted(grid, grid_hi)
    share = np.empty((len(first), len(RINGS)))
    for column, number in enumerate(RINGS):
        mine = np.where(ring == number, length_m, 0.0)
        length = np.concatenate([[0.0], np.cumsum(mine)])
        covered = np.concatenate([[0.0], np.cumsum(mine * online)])
        count = np.concatenate([[0], np.cumsum(ring == number)])
        some = count[last] > count[first]
        total = np.where(some, length[last] - length[first], np.nan)
        share[:, column] = (covered[last] - covered[first]) / total
    return np.clip(share, 0.0, 1.0)


def gaps(ring: NDArray[Any], length_m: NDArray[Any], online: NDArray[Any], ends: NDArray[Any]) -> list[Gap]:
    """The gaps, longest first: unwatched stretches of one ring that touch end to end.

    `ends` [n, 2, 2]: first and last point of each checkpoint's stretch; stretches are neighbours
    where such points are equal.
    """
    dark = np.flatnonzero(~np.asarray(online, dtype=bool) & np.isin(ring, list(RINGS)))
    found: dict[int, list[int]] = {}
    leader = _Groups()
    at_point: dict[tuple[int, Any, Any], int] = {}
    for number in dark.tolist():
        for x, y in np.asarray(ends[number]).tolist():
            neighbour = at_point.setdefault((int(ring[number]), x, y), number)
            leader.join(neighbour, number)
    for number in dark.tolist():
        found.setdefault(leader.of(number), []).append(number)
    result = [
        Gap(int(ring[members[0]]), tuple(members), float(np.sum(length_m[members])))
        for members in found.values()
    ]
    return sorted(result, key=lambda gap: (-gap.length_m, gap.checkpoints))


class _Groups:
    """Union-find over numbers; a group goes by its smallest member."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def of(self, number: int) -> int:
        while (above := self._above.get(number, number)) != number:
            number = above
        return number

    def join(self, first: int, second: int) -> None:
        low, high = sorted((self.of(first), self.of(second)))
        self._above[high] = low
