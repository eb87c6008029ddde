"""The borders between grids: every edge of the coverage once, with the two grids that it divides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.land import Land
from geodata.tables import CITY, COUNTY, F64, GRID, TOWN

I64 = NDArray[np.int64]
OUTSIDE = -1

RING_TIERS = (CITY, COUNTY, TOWN)
"""Ring number - 1 → the tier whose borders it guards; a line that is the border of two is the coarser's."""

_CM = 100.0  # the land is noded on a grid of 1 cm
_SHIFT = np.int64(2**31)


@dataclass(frozen=True)
class Borders:
    """`xy` f64[V, 2]: the vertices (metric CRS), from west to east. Edge e runs from vertex `ends[e, 0]` to
    the higher-numbered `ends[e, 1]` between the grids `sides[e]` [E, 2]; `OUTSIDE` is where the city ends.
    """

    xy: F64
    ends: I64
    sides: I64

    def only(self, chosen: NDArray[np.bool_]) -> Borders:
        """The chosen edges, over the same vertices."""
        return Borders(self.xy, self.ends[chosen], self.sides[chosen])

    @property
    def length_m(self) -> F64:
        """Length of each edge."""
        return np.asarray(np.linalg.norm(self.xy[self.ends[:, 1]] - self.xy[self.ends[:, 0]], axis=1))


def borders_of(land: Land) -> Borders:
    """All edges of the grids' coverage; edges inside a grid (of a cell that touches itself) are left out."""
    parts, grid_of_part = shapely.get_parts(land.grids, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    xy, ring_of_vertex = shapely.get_coordinates(rings, return_index=True)
    vertex, points = _numbered(xy)
    start = np.flatnonzero(ring_of_vertex[1:] == ring_of_vertex[:-1])
    low, high = np.minimum(vertex[start], vertex[start + 1]), np.maximum(vertex[start], vertex[start + 1])
    grid = grid_of_part[part_of_ring[ring_of_vertex[start]]].astype(np.int64)
    order = np.lexsort((grid, high, low))
    low, high, grid = low[order], high[order], grid[order]
    first = np.flatnonzero(np.r_[True, (low[1:] != low[:-1]) | (high[1:] != high[:-1])])
    last = np.r_[first[1:], len(low)] - 1
    sides = np.stack([grid[first], np.where(last > first, grid[last], OUTSIDE)], axis=1)
    real = (sides[:, 0] != sides[:, 1]) & (low[first] != high[first])
    return Borders(points, np.stack([low[first], high[first]], axis=1)[real], sides[real])


def tier_of_edges(borders: Borders, land: Land) -> I64:
    """The coarsest tier whose border each edge is: `CITY` where the city ends, `GRID` inside a village."""
    tier = np.full(len(borders.ends), GRID, dtype=np.int64)
    for level in range(GRID - 1, CITY, -1):
        owner = owners(land, level)
        tier[owner[borders.sides[:, 0]] != owner[borders.sides[:, 1]]] = level
    tier[borders.sides[:, 1] == OUTSIDE] = CITY
    return tier


def ring_borders(borders: Borders, land: Land) -> list[Borders]:
    """The borders that each ring guards, city ring first; the rings have no edge in common."""
    tier = tier_of_edges(borders, land)
    return [borders.only(tier == level) for level in RING_TIERS]


def owners(land: Land, tier: int) -> I64:
    """The region of a tier that each grid belongs to, as its number within the tier, i64[G]."""
    first, last = int(land.tier_start[tier]), int(land.tier_start[tier + 1])
    size = land.grid_hi[first:last].astype(np.int64) - land.grid_lo[first:last]
    return np.repeat(np.arange(last - first, dtype=np.int64), size)


def _numbered(xy: NDArray[Any]) -> tuple[I64, F64]:
    """The vertex number of every coordinate pair, and the vertices."""
    cm = np.rint(xy * _CM).astype(np.int64)
    cm -= cm.min(axis=0)
    _, first, number = np.unique(cm[:, 0] * _SHIFT + cm[:, 1], return_index=True, return_inverse=True)
    return number.astype(np.int64), xy[first]
