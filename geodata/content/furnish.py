"""`furnish`: everything that stands on a city's land, exact to its totals and the same for the same land."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geodata.content.borders import borders_of, ring_borders
from geodata.content.branches import branches_of
from geodata.content.cameras import cameras_of
from geodata.content.centres import centres_of
from geodata.content.checkpoints import guard
from geodata.content.companies import companies_of
from geodata.content.ground import Ground
from geodata.content.people import people_of
from geodata.content.seats import seats_of
from geodata.content.stations import stations_of
from geodata.content.totals import Totals
from geodata.content.units import units_of
from geodata.land import Land
from geodata.tables import (
    F64,
    I32,
    U32,
    Branches,
    Cameras,
    Centres,
    Checkpoints,
    Companies,
    Stations,
    Units,
)


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
    branches: Branches


def furnish(land: Land, totals: Totals, to_map_units: Callable[[F64], I32]) -> Content:
    """The content of a city; `to_map_units` turns metres of the land's CRS [n, 2] into map units [n, 2].

    Raises `PackError` where the totals can't be met on this land.
    """
    ground = Ground(land, to_map_units)
    borders = borders_of(land)
    people, dwellings = people_of(land, totals)
    seats = seats_of(land, people)
    guarded = guard(ring_borders(borders, land), totals.checkpoints, ground)
    cameras, camera_of_checkpoint = cameras_of(land, totals, people, seats, guarded, ground)
    return Content(
        population=people.astype(np.uint32),
        dwellings=dwellings.astype(np.uint32),
        cameras=cameras,
        checkpoints=guarded.with_cameras(camera_of_checkpoint),
        units=units_of(land, totals, people, seats, ground),
        centres=centres_of(land, totals, people, seats, ground),
        stations=stations_of(land, people, borders, ground),
        companies=companies_of(land, totals, people, ground),
        branches=branches_of(dwellings),
    )
