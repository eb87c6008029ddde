"""The hierarchy city → county → town → village → grid as arrays: a region is a slice of grids.

Grids are numbered depth-first, so every region owns one contiguous range of grid numbers. Regions
are numbered tier by tier (the city is 0, then counties, towns, villages, grids), each tier in the
same depth-first order, so a region's children are a contiguous range of the next tier too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

TIERS: tuple[tuple[str, str], ...] = (
    ("city", "市"),
    ("county", "县市区"),
    ("town", "镇街"),
    ("village", "村社区"),
    ("grid", "网格"),
)
"""Slug and Chinese name of each tier, coarse to fine; a tier's number is its position here."""
CITY, COUNTY, TOWN, VILLAGE, GRID = range(5)

Number = TypeVar("Number", bound=np.generic)


class Hierarchy:
    """Regions as arrays, and the sums over them.

    `tier` u8[R], `parent` i32[R] (-1 for the city), `grid_lo` and `grid_hi` i32[R] (grids
    `grid_lo[r]:grid_hi[r]` are region r's), `tier_start` i32[6] (tier t is regions
    `tier_start[t]:tier_start[t + 1]`), `codes`: R strings, or empty when nobody asks by code.
    Raises `ValueError` for arrays that do not form such a hierarchy.
    """

    def __init__(
        self,
        tier: NDArray[Any],
        parent: NDArray[Any],
        grid_lo: NDArray[Any],
        grid_hi: NDArray[Any],
        tier_start: NDArray[Any] | Sequence[int],
        codes: Sequence[str] = (),
    ) -> None:
        self.tier = np.asarray(tier, dtype=np.uint8)
        self.parent = np.asarray(parent, dtype=np.int32)
        self.grid_lo = np.asarray(grid_lo, dtype=np.int32)
        self.grid_hi = np.asarray(grid_hi, dtype=np.int32)
        self.tier_start: tuple[int, ...] = tuple(int(start) for start in tier_start)
        self.codes = list(codes)
        self.region_count = len(self.tier)
        _check(self)
        self.grid_count = int(self.grid_hi[0])
        self._number = {code: number for number, code in enumerate(self.codes)}
        self.child_lo, self.child_hi = _child_ranges(self)

    def __len__(self) -> int:
        return self.region_count

    def tier_slice(self, tier: int) -> slice:
        """The region numbers of one tier."""
        return slice(self.tier_start[tier], self.tier_start[tier + 1])

    def region_of_grid(self, grid: int) -> int:
        """The region number of a grid number."""
        return self.tier_start[GRID] + grid

    def number_of(self, code: str) -> int:
        """The region number of a code; raises `KeyError` for a code that is not of this city."""
        return self._number[code]

    def grid_of(self, code: str) -> int | None:
        """The grid number of a grid's code, or None when this city has no such grid."""
        number = self._number.get(code, -1)
        return number - self.tier_start[GRID] if number >= self.tier_start[GRID] else None

    def slice_of(self, region: int) -> tuple[int, int]:
        """The first grid number of a region, and one past its last."""
        return int(self.grid_lo[region]), int(self.grid_hi[region])

    def ancestors(self, region: int) -> list[int]:
        """The regions above `region`, nearest first, ending with the city; empty for the city."""
        above: list[int] = []
        while (region := int(self.parent[region])) >= 0:
            above.append(region)
        return above

    def children(self, region: int) -> range:
        """The regions directly inside `region`; empty for a grid."""
        return range(int(self.child_lo[region]), int(self.child_hi[region]))

    def contains(self, outer: int, inner: int) -> bool:
        """Whether region `inner` is region `outer` or lies inside it."""
        return bool(
            self.tier[outer] <= self.tier[inner]
            and self.grid_lo[outer] <= self.grid_lo[inner]
            and self.grid_hi[inner] <= self.grid_hi[outer]
        )

    def contains_code(self, outer: str, inner: str) -> bool:
        """`contains` for codes; False when either is not of this city."""
        if outer not in self._number or inner not in self._number:
            return False
        return self.contains(self._number[outer], self._number[inner])

    def sum_to_regions(self, per_grid: NDArray[Number]) -> NDArray[Number]:
        """Sums of `per_grid` [G, ...] over every region, [R, ...], in the same dtype.

        Each tier is summed from the tier below it. Counts of a small dtype can overflow: widen first.
        """
        summed = np.empty((self.region_count, *per_grid.shape[1:]), dtype=per_grid.dtype)
        summed[self.tier_slice(GRID)] = per_grid
        for tier in (VILLAGE, TOWN, COUNTY, CITY):
            here, below = self.tier_slice(tier), self.tier_slice(tier + 1)
            starts = self.child_lo[here] - below.start
            np.add.reduceat(summed[below], starts, axis=0, out=summed[here], dtype=per_grid.dtype)
        return summed


def _check(hierarchy: Hierarchy) -> None:
    """Raises `ValueError` unless every tier cuts the grids into contiguous, non-empty, nested slices."""
    start, count = hierarchy.tier_start, hierarchy.region_count
    if len(start) != len(TIERS) + 1 or start[0] != 0 or start[1] != 1 or start[-1] != count:
        raise ValueError(f"tier_start must run 0, 1, … {count} over {len(TIERS)} tiers, not {start}.")
    if hierarchy.codes and len(hierarchy.codes) != count:
        raise ValueError(f"{len(hierarchy.codes)} codes for {count} regions.")
    if len(set(hierarchy.codes)) < len(hierarchy.codes):
        raise ValueError("two regions have the same code.")
    if hierarchy.parent[0] != -1:
        raise ValueError("the city must have no parent.")
    grids = start[-1] - start[GRID]
    for tier, (name, _) in enumerate(TIERS):
        here = slice(start[tier], start[tier + 1])
        low, high = hierarchy.grid_lo[here], hierarchy.grid_hi[here]
        contiguous = low[0] == 0 and high[-1] == grids and bool(np.all(low[1:] == high[:-1]))
        if not contiguous or np.any(low >= high):
            raise ValueError(f"the slices of tier {name} do not cover the {grids} grids one after the other.")
        if tier == CITY:
            continue
        above = hierarchy.parent[here]
        nested = (hierarchy.grid_lo[above] <= low) & (high <= hierarchy.grid_hi[above])
        if not (np.all(nested) and np.all(hierarchy.tier[above] == tier - 1)):
            raise ValueError(f"a {name}'s slice does not lie inside its parent's.")


def _child_ranges(hierarchy: Hierarchy) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and past-the-last child of every region; equal for grids, which have none."""
    low = np.full(hierarchy.region_count, hierarchy.region_count, dtype=np.int64)
    high = low.copy()
    for tier in range(GRID):
        here, below = hierarchy.tier_slice(tier), hierarchy.tier_slice(tier + 1)
        low[here] = below.start + np.searchsorted(hierarchy.grid_lo[below], hierarchy.grid_lo[here])
        high[here] = below.start + np.searchsorted(hierarchy.grid_lo[below], hierarchy.grid_hi[here])
    return low, high


def from_parents(parents: Sequence[Sequence[int]], codes: Sequence[str] = ()) -> Hierarchy:
    """A hierarchy from, for county, town, village and grid in turn, each one's parent.

    `parents[i][j]` is the position inside its tier of the parent of the j-th region of tier i + 1;
    every list must be non-decreasing and name every parent at least once.
    """
    counts = [1, *(len(tier) for tier in parents)]
    start = np.concatenate([[0], np.cumsum(counts)])
    tier = np.repeat(np.arange(len(counts)), counts)
    parent = np.full(start[-1], -1)
    low = np.zeros(start[-1], dtype=np.int64)
    high = np.zeros(start[-1], dtype=np.int64)
    low[start[GRID] :] = np.arange(counts[GRID])
    high[start[GRID] :] = low[start[GRID] :] + 1
    for above in range(GRID - 1, -1, -1):
        inside = np.asarray(parents[above])
        members = np.arange(counts[above])
        below = start[above + 1]
        parent[below : start[above + 2]] = start[above] + inside
        low[start[above] : below] = low[below + np.searchsorted(inside, members)]
        high[start[above] : below] = high[below + np.searchsorted(inside, members, side="right") - 1]
    return Hierarchy(tier, parent, low, high, start, codes)
