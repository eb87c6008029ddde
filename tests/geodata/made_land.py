"""A small land that nobody surveyed: a shaken lattice with an enclave and a grid in two parts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import shapely

from geodata.land import Land, Polygons

CRS = "EPSG:4549"
_CORNER_M = (420_000.0, 4_020_000.0)  # somewhere in Weifang
_SPLITS = ((2, 1), (1, 2), (2, 2), (2, 2))  # columns and rows that a city, county, town, village falls into


def made_land(
    seed: int = 3, cell_m: float = 900.0, per_edge: int = 3, odd: bool = True, shake: float = 1 / 8
) -> Land:
    """1 city, 2 counties, 4 towns, 16 villages, 64 grids; `odd` adds an enclave, an exclave and a hole."""
    rng = np.random.default_rng(seed)
    columns, rows = np.prod(_SPLITS, axis=0)
    lattice = _Lattice(int(columns), int(rows), cell_m, per_edge, shake, rng)
    grids = np.array([lattice.cell(i, j) for i, j in _depth_first(0, 0, int(columns), int(rows), 0)], object)
    if odd:
        _make_odd(grids)
    tiers = [grids]
    for across, up in reversed(_SPLITS):
        parts = np.split(tiers[0], len(tiers[0]) // (across * up))
        tiers.insert(0, np.array([shapely.coverage_union_all(part) for part in parts], object))
    return _land(tuple(tiers))


def _depth_first(i: int, j: int, columns: int, rows: int, tier: int) -> Iterator[tuple[int, int]]:
    if tier == len(_SPLITS):
        yield i, j
        return
    across, up = columns // _SPLITS[tier][0], rows // _SPLITS[tier][1]
    for y in range(_SPLITS[tier][1]):
        for x in range(_SPLITS[tier][0]):
            yield from _depth_first(i + x * across, j + y * up, across, up, tier + 1)


class _Lattice:
    """Corners and points along the edges, shaken once, so that neighbours share them."""

    def __init__(
        self, columns: int, rows: int, cell_m: float, per_edge: int, shake: float, rng: np.random.Generator
    ) -> None:
        self.step = per_edge + 1
        shape = (columns * self.step + 1, rows * self.step + 1)
        place = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)
        shaken = place * cell_m / self.step + rng.normal(0, cell_m / self.step * shake, (*shape, 2))
        self.xy = np.round(shaken + _CORNER_M, 2)

    def cell(self, i: int, j: int) -> shapely.Polygon:
        """The polygon of a cell."""
        x, y, s = i * self.step, j * self.step, self.step
        along = np.arange(s)
        bottom, right = self.xy[x + along, y], self.xy[x + s, y + along]
        top, left = self.xy[x + s - along, y + s], self.xy[x, y + s - along]
        return shapely.Polygon(np.concatenate([bottom, right, top, left]))


def _make_odd(grids: Polygons) -> None:
    """Grid 1 lies inside grid 0, grid 5 has a second part inside 4, and 63 a hole that is outside."""
    inner, piece, pond = (_hexagon(grids[g], share) for g, share in ((0, 0.2), (4, 0.1), (63, 0.15)))
    grids[0] = shapely.coverage_union(grids[0], grids[1]).difference(inner)
    grids[1] = inner
    grids[4] = grids[4].difference(piece)
    grids[5] = shapely.MultiPolygon([grids[5], piece])
    grids[63] = grids[63].difference(pond)


def _hexagon(polygon: shapely.Polygon, share: float) -> shapely.Polygon:
    angle = np.arange(6) * np.pi / 3
    radius = share * np.sqrt(polygon.area)
    around = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius
    return shapely.Polygon(np.round(around + shapely.get_coordinates(polygon.centroid), 2))


def _land(polygons: tuple[Polygons, ...]) -> Land:
    counts = [len(tier) for tier in polygons]
    start = np.concatenate([[0], np.cumsum(counts)])
    total, grids = int(start[-1]), counts[-1]
    tier = np.repeat(np.arange(5), counts).astype(np.uint8)
    within = np.arange(total) - start[tier]
    size = grids // np.array(counts)[tier]
    siblings = np.array([1, *(below // above for above, below in pairwise(counts))])[tier]
    parent = np.where(tier > 0, start[np.maximum(tier, 1) - 1] + within // siblings, -1)
    codes = ["370700"]
    for region in range(1, total):
        nth = int(within[region] % siblings[region]) + 1
        codes.append(f"3707{nth + 1:02}" if tier[region] == 1 else f"{codes[parent[region]]}{nth:03}")
    return Land(
        crs=CRS, code=tuple(codes), name=tuple(f"某{code}" for code in codes),
        name_en=tuple(f"Place {code}" for code in codes), tier=tier, parent=parent.astype(np.int32),
        grid_lo=(within * size).astype(np.uint32), grid_hi=((within + 1) * size).astype(np.uint32),
        tier_start=start.astype(np.uint32), derived=(tier > 1).astype(np.uint8), polygons=polygons,
        urban=np.linspace(0, 1, grids),
    )  # fmt: skip
