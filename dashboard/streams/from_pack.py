"""A city's hierarchy and what the projector must know of it, from its pack."""

from __future__ import annotations

import numpy as np

from dashboard.domain.hierarchy import GRID, Hierarchy
from dashboard.domain.safety_index import IndexParameters
from dashboard.streams.city import CityModel
from geodata import Pack
from geodata.locator import Locator


def hierarchy_of(pack: Pack) -> Hierarchy:
    """The hierarchy of a pack's regions."""
    regions = pack.regions
    return Hierarchy(
        regions.tier, regions.parent, regions.grid_lo, regions.grid_hi, regions.tier_start, regions.code
    )


def city_of(pack: Pack, parameters: IndexParameters | None = None) -> CityModel:
    """The city of a pack; `parameters` of the index are the default ones for its population when None."""
    regions, hierarchy = pack.regions, hierarchy_of(pack)
    grids = hierarchy.tier_slice(GRID)
    locator = Locator(pack)
    return CityModel(
        code=regions.code[0],
        pack=pack.digest,
        hierarchy=hierarchy,
        population=regions.population[grids].astype(np.int64),
        grid_xy=regions.label_xy[grids],
        locate=locator.locate,
        to_map_units=pack.from_lonlat,
        networked=pack.cameras.networked,
        unit_numbers={call_sign: number for number, call_sign in enumerate(pack.units.call_sign)},
        unit_xy=pack.units.xy,
        parameters=parameters or IndexParameters.default(int(regions.population[0])),
        timezone=pack.manifest["timezone"],
        names=regions.name,
        unit_kind=pack.units.kind,
        unit_home=pack.units.home_grid,
    )
