"""The built geography of a city, before anything stands on it: regions and their polygons in metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.tables import GRID

Polygons = NDArray[np.object_]
"""An array of shapely polygons (or multipolygons)."""


@dataclass(frozen=True)
class Land:
    """Regions in their final order and numbering, with polygons in the metric CRS `crs` (a text for pyproj).

    `polygons` has one array per tier, city first, in region order: a valid coverage each, noded on a 1 cm
    grid, every tier dissolved from the one below. `tier`, `parent`, `grid_lo`, `grid_hi`, `tier_start`,
    `derived`: as in `geodata.tables.Regions`. `urban` f64[G] in 0 … 1: how urban a grid is (1: the heart of
    a town's subdistricts), from names (街道 / 镇), distance to the county's seat and the size of villages.
    """

    crs: str
    code: tuple[str, ...]
    name: tuple[str, ...]
    name_en: tuple[str, ...]
    tier: NDArray[np.uint8]
    parent: NDArray[np.int32]
    grid_lo: NDArray[np.uint32]
    grid_hi: NDArray[np.uint32]
    tier_start: NDArray[np.uint32]
    derived: NDArray[np.uint8]
    polygons: tuple[Polygons, ...]
    urban: NDArray[np.float64]

    @property
    def grids(self) -> Polygons:
        """Polygons of the grids, [G]."""
        return self.polygons[GRID]

    @property
    def grid_count(self) -> int:
        """G"""
        return len(self.polygons[GRID])

    def polygon_of(self, region: int) -> Any:
        """The polygon of a region by number."""
        tier = int(self.tier[region])
        return self.polygons[tier][region - int(self.tier_start[tier])]
