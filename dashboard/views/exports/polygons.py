"""The outlines of regions in degrees of WGS 84, a part at a time so that no single step takes long."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from dashboard.domain.hierarchy import GRID, Hierarchy
from geodata import Pack
from geodata.tables import Geometry

Polygons = NDArray[np.object_]
AT_ONCE = 200
"""Regions that are made in one go: shapely keeps Python's lock while it reads and writes."""
_DEGREES = 7
"""Decimals of a degree: a centimetre, a tenth of what a pack knows."""


def region_polygons(pack: Pack, hierarchy: Hierarchy, regions: NDArray[np.int64]) -> Iterator[Polygons]:
    """The (multi)polygons of regions in their order, up to `AT_ONCE` at a time; RFC 7946's way round.

    Neighbours share their vertices, as every outline is the union of its grids'.
    """
    for first in range(0, len(regions), AT_ONCE):
        some = regions[first : first + AT_ONCE]
        units = np.empty(len(some), dtype=object)
        units[:] = [_outline(pack, hierarchy, int(region)) for region in some]
        yield _degrees(pack, units)


def _outline(pack: Pack, hierarchy: Hierarchy, region: int) -> shapely.Geometry:
    """A region in map units."""
    low, high = hierarchy.slice_of(region)
    parts = [grid_polygons(pack.geometry, at, min(at + AT_ONCE, high)) for at in range(low, high, AT_ONCE)]
    if hierarchy.tier[region] == GRID:
        alone: shapely.Geometry = parts[0][0]
        return alone
    unions = [shapely.coverage_union_all(part) for part in parts]
    return unions[0] if len(unions) == 1 else shapely.coverage_union_all(unions)


def grid_polygons(geometry: Geometry, low: int, high: int) -> Polygons:
    """The polygons of the grids `low` … `high` - 1 in map units, from the pack's own rings."""
    ring_start = geometry.grid_ring_start[low : high + 1].astype(np.int64)
    start = geometry.ring_start[ring_start[0] : ring_start[-1] + 1].astype(np.int64)
    vertices = geometry.ring_vertex[start[0] : start[-1]]
    ring_of = np.repeat(np.arange(len(start) - 1), np.diff(start))
    rings = shapely.linearrings(geometry.vertex_xy[vertices].astype(np.float64), indices=ring_of)
    grid_of = np.repeat(np.arange(high - low), np.diff(ring_start))
    return _assembled(np.asarray(rings), grid_of, high - low)


def _assembled(rings: Polygons, grid_of: NDArray[np.int64], count: int) -> Polygons:
    """Rings as polygons: most grids have one; holes and further outlines are put together one by one."""
    made: Polygons = np.asarray(shapely.polygons(rings))
    found: Polygons = np.empty(count, dtype=object)
    per_grid = np.bincount(grid_of, minlength=count)
    alone = per_grid[grid_of] == 1
    found[grid_of[alone]] = made[alone]
    for grid in np.flatnonzero(per_grid > 1).tolist():
        mine = grid_of == grid
        whole = made[mine][shapely.is_ccw(rings[mine])]
        holes = made[mine][~shapely.is_ccw(rings[mine])]
        found[grid] = shapely.difference(shapely.union_all(whole), shapely.union_all(holes))
    return found


def _degrees(pack: Pack, units: Polygons) -> Polygons:
    """Outlines anticlockwise, holes clockwise."""

    def turned(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.round(np.stack(pack.to_lonlat(xy), axis=-1), _DEGREES), dtype=np.float64)

    found: Polygons = np.asarray(shapely.orient_polygons(shapely.transform(units, turned)))
    return found
