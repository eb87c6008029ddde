"""`lighten`: borders with more vertices than a page should have to draw, simplified on all tiers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from geodata.land import Land, Polygons
from geodata.tables import GRID

MOST_VERTICES = 300_000
_FIRST_M = 1.0  # the tolerance to begin with; it doubles until the vertices are few enough
_ROUNDS = 12


def lighten(land: Land, most: int = MOST_VERTICES) -> tuple[Land, tuple[str, ...]]:
    """A land of `most` vertices or somewhat more, and what was done to it in sentences; mostly nothing.

    The grids are simplified together, so that they still meet, and every tier is dissolved from them anew.
    """
    tolerance_m, grids = _FIRST_M, land.grids
    for _ in range(_ROUNDS):
        if _vertices(grids) <= most:
            break
        grids = shapely.coverage_simplify(land.grids, tolerance_m)
        tolerance_m *= 2
    if grids is land.grids:
        return land, ()
    said = f"borders were simplified by up to {tolerance_m / 2:g} m, from {_vertices(land.grids):,} vertices"
    return replace(land, polygons=_dissolved(land, grids)), (said,)


def _vertices(grids: Polygons) -> int:
    """Vertices of a coverage; most belong to two of its polygons."""
    return int(shapely.get_num_coordinates(grids).sum()) // 2


def _dissolved(land: Land, grids: Polygons) -> tuple[Polygons, ...]:
    """The polygons of all tiers, city first, each tier the unions of the one below."""
    tiers = [grids]
    for tier in range(GRID - 1, -1, -1):
        rows, below = (slice(*land.tier_start[t : t + 2].tolist()) for t in (tier, tier + 1))
        first = np.searchsorted(land.grid_lo[below], land.grid_lo[rows])
        parts = np.split(tiers[0], first[1:])
        unions = np.empty(len(parts), dtype=object)
        unions[:] = [shapely.coverage_union_all(part) for part in parts]
        tiers.insert(0, unions)
    return tuple(tiers)
