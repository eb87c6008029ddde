"""`build_land`: outlines made exact, each finer tier cut out of the one above, all numbered depth first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

import numpy as np
import shapely

from geodata.errors import PackError
from geodata.land import Land, Polygons
from geodata.land_building.apportion import apportion
from geodata.land_building.coverage import Numbers, dissolve, faces_of
from geodata.land_building.given import ListedTier, Points, Sources
from geodata.land_building.made_up import made_up_tier
from geodata.land_building.subdivide import Parents, subdivide
from geodata.land_building.urban import F64, grid_weight, kinds, urban_of_grids
from geodata.tables import CITY, COUNTY, GRID, TIERS, TOWN, VILLAGE

Progress = Callable[[str, int, int], None]
"""Called with a stage's slug, how much of it is done, and of how much."""

# Of listed regions around their parent's heart; made-up ones are even.
_CROWDING = {TOWN: 8.0, VILLAGE: 6.0}


def build_land(sources: Sources, progress: Progress) -> Land:
    """The land of `sources`. Stages: outlines, then each subdivided tier by name, dissolve.

    Raises `PackError` when there are fewer grids than regions to hold them, or a region too small to divide.
    """
    tiers, grids = _cut_down(sources, progress)
    polygons = _dissolved_up(tiers, grids, progress)
    codes = [code for tier in tiers for code in tier.code]
    if len(set(codes)) != len(codes):
        twice = next(code for code, count in Counter(codes).items() if count > 1)
        raise PackError(f"Code {twice} is given twice; give every region a code of its own.")
    starts = np.cumsum([0, *(len(tier) for tier in tiers)])
    parents = [tier.parent + (starts[number - 1] if number else 0) for number, tier in enumerate(tiers)]
    lo, hi = _slices(tiers)
    numbers = np.repeat(np.arange(len(tiers)), np.diff(starts))
    return Land(
        crs=sources.crs,
        code=tuple(codes),
        name=tuple(name for tier in tiers for name in tier.name),
        name_en=tuple(name for tier in tiers for name in tier.name_en),
        tier=numbers.astype(np.uint8),
        parent=np.concatenate(parents).astype(np.int32),
        grid_lo=lo.astype(np.uint32),
        grid_hi=hi.astype(np.uint32),
        tier_start=starts.astype(np.uint32),
        derived=(numbers > sources.outline_tier).astype(np.uint8),
        polygons=polygons,
        urban=_urban(tiers, polygons, len(sources.tiers) - 1),
    )


def _cut_down(sources: Sources, progress: Progress) -> tuple[list[ListedTier], Polygons]:
    """All five tiers as lists, and the polygons of the grids."""
    tiers = list(sources.tiers)
    above = sources.outline_tier
    progress("outlines", 0, 1)
    polygons = exact_outlines(sources.outlines)
    progress("outlines", 1, 1)
    hearts = _hearts(tiers[above].point, polygons)
    for tier in range(above + 1, GRID + 1):
        listed = tier < len(tiers)
        if not listed:
            share = _shares(sources, tiers, polygons)
            tiers.append(made_up_tier(tier, tiers[-1], share))
        parents = Parents(tiers[tier - 1].code, polygons, hearts)
        crowding = _CROWDING.get(tier, 1.0) if listed else 1.0
        rows = tiers[tier]
        tick = partial(progress, TIERS[tier])
        polygons, hearts = subdivide(parents, rows.parent, rows.point, _nearness(tiers, tier), crowding, tick)
    return tiers, polygons


def _nearness(tiers: list[ListedTier], tier: int) -> Numbers:
    """Low for the regions that belong near their parent's heart: as codes run (communities, then villages).

    Towns whose villages are listed go by subdistrict or not, by the share of communities (居委会) in their
    villages, and by how many villages they have to hold: inner-city ones are few and small.
    """
    rows = tiers[tier]
    order = np.arange(len(rows))
    if tier == TOWN and len(tiers) > VILLAGE:
        country = np.array(["街道" not in name for name in rows.name])
        held = tiers[VILLAGE].parent
        villages = np.bincount(held, minlength=len(rows))
        communities = np.bincount(held, ["居" in name for name in tiers[VILLAGE].name], len(rows))
        order = np.lexsort((order, villages, -communities / villages, country))
    rank = np.empty(len(rows), dtype=np.int64)
    rank[order] = np.arange(len(rows))
    return rank


def exact_outlines(outlines: Polygons) -> Polygons:
    """The given outlines, a coverage but for rounding, noded on the 1 cm grid."""
    faces = faces_of(shapely.boundary(outlines))
    inner = shapely.point_on_surface(faces)
    face, owner = shapely.STRtree(outlines).query(inner, predicate="intersects")
    face, first = np.unique(face, return_index=True)
    return dissolve(faces[face], owner[first].astype(np.int64), len(outlines))


def _hearts(known: Points, polygons: Polygons) -> Points:
    """Each region's heart: the known one, else a point in its middle."""
    middle = shapely.get_coordinates(shapely.point_on_surface(polygons))
    return np.where(np.isnan(known), middle, known)


def _shares(sources: Sources, tiers: list[ListedTier], polygons: Polygons) -> Numbers:
    """How many made-up children each region of the last tier gets.

    Where several tiers are missing the number of regions grows by the same factor from tier to tier.
    """
    have = len(polygons)
    missing = GRID - len(tiers) + 1
    if sources.grids < have:
        raise PackError(f"{sources.grids} grids are too few for {have} regions; ask for {have} or more.")
    total = max(have, round(have * (sources.grids / have) ** (1 / missing)))
    weights = shapely.area(polygons)
    if len(tiers) == GRID:
        weights = grid_weight(weights, *_village_kinds(tiers))
    return apportion(total, weights)


def _village_kinds(tiers: list[ListedTier]) -> tuple[F64, F64]:
    towns = [tiers[TOWN].name[row] for row in tiers[VILLAGE].parent]
    return kinds(tiers[VILLAGE].name, towns)


def _dissolved_up(tiers: list[ListedTier], grids: Polygons, progress: Progress) -> tuple[Polygons, ...]:
    """Polygons of all tiers, city first, each the union of those below it."""
    polygons = [dissolve(grids, np.arange(len(grids)), len(grids))]
    for tier in range(GRID - 1, CITY - 1, -1):
        polygons.insert(0, dissolve(polygons[0], tiers[tier + 1].parent, len(tiers[tier])))
        progress("dissolve", GRID - tier, GRID)
    return tuple(polygons)


def _slices(tiers: list[ListedTier]) -> tuple[Numbers, Numbers]:
    """`[grid_lo, grid_hi)` of all regions, in order."""
    lo = [np.arange(len(tiers[GRID]))]
    hi = [lo[0] + 1]
    for tier in range(GRID, CITY, -1):
        parents = np.arange(len(tiers[tier - 1]))
        first = np.searchsorted(tiers[tier].parent, parents, side="left")
        last = np.searchsorted(tiers[tier].parent, parents, side="right") - 1
        lo.insert(0, lo[0][first])
        hi.insert(0, hi[0][last])
    return np.concatenate(lo), np.concatenate(hi)


def _urban(tiers: list[ListedTier], polygons: tuple[Polygons, ...], finest_listed: int) -> F64:
    of_grid = {GRID: np.arange(len(tiers[GRID]))}
    for tier in range(GRID, CITY, -1):
        of_grid[tier - 1] = tiers[tier].parent[of_grid[tier]]
    seats = tiers[COUNTY].point
    reach = np.sqrt(shapely.area(polygons[COUNTY]) / np.pi)
    if np.isnan(seats).any():  # not all seats are known: the city's heart is the one centre
        seats = np.repeat(_hearts(tiers[CITY].point, polygons[CITY]), len(seats), axis=0)
        reach = np.full(len(seats), np.sqrt(shapely.area(polygons[CITY][0]) / np.pi))
    told = min(finest_listed, VILLAGE)
    return urban_of_grids(
        polygons[GRID],
        _village_kinds(tiers)[0][of_grid[VILLAGE]],
        shapely.area(polygons[told])[of_grid[told]],
        seats[of_grid[COUNTY]],
        reach[of_grid[COUNTY]],
    )
