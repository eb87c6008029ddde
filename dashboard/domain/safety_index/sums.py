"""The decayed sums that the index is computed from: integers per region, kept up row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_types import FAMILIES
from dashboard.domain.decay import SEVERITY_UNIT, UNIT, contributions, remaining
from dashboard.domain.hierarchy import GRID, TIERS, Hierarchy

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class GridSums:
    """All that an evaluation needs to know of the cases, per family and grid: what a store keeps.

    `decaying` i64[F, G]: contributions at `epoch_ms` (see `decay`); `steady` i64[F, G]: severities that
    don't decay, in the same unit; `critical` i64[G]: unresolved level-01 cases. `record_from_ms` is when
    the record begins, None for an empty one.
    """

    epoch_ms: int
    record_from_ms: int | None
    decaying: Integers
    steady: Integers
    critical: Integers


class RegionSums:
    """The sums of every region, i64[F, R] and i64[R]: a row is added to its grid and to all above it.

    Integers: whatever the order, a region's sum is that of its grids to the bit, and what is taken out
    again leaves nothing behind.
    """

    def __init__(self, hierarchy: Hierarchy, half_life_ms: Integers) -> None:
        self.epoch_ms = 0
        self._half_life_ms = half_life_ms
        self._regions_of_grid = _regions_of_grids(hierarchy)
        self._hierarchy = hierarchy
        shape = (len(FAMILIES), hierarchy.region_count)
        self.decaying = np.zeros(shape, dtype=np.int64)
        self.steady = np.zeros(shape, dtype=np.int64)
        self.critical = np.zeros(hierarchy.region_count, dtype=np.int64)

    def restart(self, epoch_ms: int) -> None:
        """Empties the sums for another epoch."""
        self.epoch_ms = epoch_ms
        for sums in (self.decaying, self.steady, self.critical):
            sums[:] = 0

    def apply(self, signs: Integers, rows: NDArray[np.void]) -> None:
        """Adds (sign +1) or takes away (-1) rows [n] of `ledger.ROW_DTYPE`."""
        family, steady = rows["family"], rows["steady"]
        half_life_ms = self._half_life_ms[family]
        decaying = signs * contributions(rows["severity"], rows["at_ms"], half_life_ms, self.epoch_ms)
        lasting = signs * rows["severity"] * (UNIT // SEVERITY_UNIT)
        count = self._hierarchy.region_count
        for regions in self._regions_of_grid:
            region = regions[rows["grid"]]
            place = family.astype(np.int64) * count + region
            np.add.at(self.decaying.reshape(-1), place, np.where(steady, 0, decaying))
            np.add.at(self.steady.reshape(-1), place, np.where(steady, lasting, 0))
            np.add.at(self.critical, region, signs * rows["critical"])

    def severity_at(self, now_ms: int) -> NDArray[np.float64]:
        """E of every region, f64[F, R]."""
        factor = remaining(now_ms, self.epoch_ms, self._half_life_ms)
        severity = self.decaying * factor[:, None]
        for family in range(len(severity)):
            if self.steady[family, 0]:  # the city's: mostly one family has any
                severity[family] += self.steady[family] * (1.0 / UNIT)
        return np.asarray(severity, dtype=np.float64)

    def grids(self, record_from_ms: int | None) -> GridSums:
        """A copy of the grids' sums, from which all others follow."""
        grids = self._hierarchy.tier_slice(GRID)
        return GridSums(
            self.epoch_ms,
            record_from_ms,
            self.decaying[:, grids].copy(),
            self.steady[:, grids].copy(),
            self.critical[grids].copy(),
        )

    @classmethod
    def of(cls, hierarchy: Hierarchy, half_life_ms: Integers, grids: GridSums) -> RegionSums:
        """The sums of all regions from those of the grids."""
        sums = cls(hierarchy, half_life_ms)
        sums.epoch_ms = grids.epoch_ms
        sums.decaying[:] = hierarchy.sum_to_regions(grids.decaying.T).T
        sums.steady[:] = hierarchy.sum_to_regions(grids.steady.T).T
        sums.critical[:] = hierarchy.sum_to_regions(grids.critical)
        return sums


def _regions_of_grids(hierarchy: Hierarchy) -> Integers:
    """The region of every grid on every tier, i64[tiers, G]."""
    above = np.empty((len(TIERS), hierarchy.grid_count), dtype=np.int64)
    for tier in range(len(TIERS)):
        here = hierarchy.tier_slice(tier)
        sizes: NDArray[Any] = hierarchy.grid_hi[here] - hierarchy.grid_lo[here]
        above[tier] = np.repeat(np.arange(here.start, here.stop), sizes)
    return above
