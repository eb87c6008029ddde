"""Any city's boundary files as sources: `read_boundary_files`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import shapely

from geodata.errors import PackError
from geodata.land import Polygons
from geodata.land_building.arranging import Level, levels_of
from geodata.land_building.boundary_layers import Wanted, read_layers
from geodata.land_building.given import Sources
from geodata.land_building.listing import CityNames, listed_tiers
from geodata.land_building.mending import fitted
from geodata.land_building.projecting import equal_area_crs, layer_in_metres
from geodata.tables import CITY, COUNTY, GRID, TOWN, VILLAGE

# Without --grids: one for so much land, 12,000 at most, but so many for every area of the finest given tier.
_GRID_M2 = 500_000.0
_MOST_GRIDS = 12_000
_GRIDS_PER_AREA = {CITY: 12, COUNTY: 12, TOWN: 6, VILLAGE: 2}


def read_boundary_files(
    files: Sequence[Path],
    *,
    name: str,
    title: str | None = None,
    title_en: str | None = None,
    code: str | None = None,
    timezone: str = "UTC",
    name_column: str | None = None,
    code_column: str | None = None,
    layer: str | None = None,
    gcj02: bool = False,
    grids: int | None = None,
) -> Sources:
    """The sources of a city from boundary files in any format and coordinate system that geopandas reads.

    Files (and layers in them) may come in any order: larger areas are coarser tiers, a single largest area
    is the city; one file may hold several tiers, told by the lengths of national codes. Columns are found
    by their usual names when not named. The metric CRS is an equal-area one centred on the city. Without
    `grids` there is one per 0.5 km² (12,000 at most), but 12 or more per county, 6 per town, 2 per village.
    Raises `PackError` for files that can't be used, with what to do about it.
    """
    account: list[str] = []
    wanted = Wanted(name_column, code_column, layer, gcj02)
    layers = read_layers(files, wanted, account)
    crs = equal_area_crs(layers)
    levels = levels_of([layer_in_metres(one, crs) for one in layers], account)
    levels = _fitted_levels(levels, crs, account)
    city = CityNames(name, title, title_en, code)
    tiers, outlines = listed_tiers(levels, city, asked=code_column is not None)
    lowest = levels[-1].tier
    return Sources(
        name=name,
        title=tiers[CITY].name[0],
        title_en=tiers[CITY].name_en[0],
        timezone=timezone,
        crs=crs,
        tiers=tuple(tiers),
        outline_tier=lowest,
        outlines=outlines,
        grids=_grid_count(outlines, lowest, grids),
        account=tuple(account),
    )


def _fitted_levels(levels: list[Level], crs: str, account: list[str]) -> list[Level]:
    """The levels with the finest one a coverage; overlaps are refused on every level."""
    done: list[Level] = []
    for level in levels:
        layer = level.layer
        said = account if level is levels[-1] else []
        polygons = fitted(layer.polygons, layer.name, layer.title, crs, said)
        done.append(replace(level, layer=replace(layer, polygons=polygons)))
    return done


def _grid_count(outlines: Polygons, lowest: int, asked: int | None) -> int:
    count = len(outlines)
    if lowest == GRID:
        if asked not in (None, count):
            raise PackError(f"The files hold {count} grids; leave --grids out.")
        return count
    if asked is not None:
        if asked < count:
            raise PackError(f"{asked} grids are too few for {count} areas; ask for {count} or more.")
        return asked
    by_land = min(round(float(shapely.area(outlines).sum()) / _GRID_M2), _MOST_GRIDS)
    return max(by_land, count * _GRIDS_PER_AREA[lowest])
