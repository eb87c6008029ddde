"""`furnish`: everything that stands on a city's land, exact to its totals and the same for the same land."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from geodata.content.totals import Totals
from geodata.land import Land
from geodata.tables import F64, I32, U32, Cameras, Centres, Checkpoints, Companies, Stations, Units


@dataclass(frozen=True)
class Content:
    """What stands on the land: `population` and `dwellings` u32[G] by grid, and the tables of a pack."""

    population: U32
    dwellings: U32
    cameras: Cameras
    checkpoints: Checkpoints
    units: Units
    centres: Centres
    stations: Stations
    companies: Companies


def furnish(land: Land, totals: Totals, to_map_units: Callable[[F64], I32]) -> Content:
    """The content of a city; `to_map_units` turns metres of the land's CRS [n, 2] into map units [n, 2]."""
    raise NotImplementedError
