"""The seat of every region: its most urban grid; the city's is that of its most densely peopled county."""

from __future__ import annotations

import numpy as np
import shapely

from geodata.content.apportion import I64
from geodata.content.borders import owners
from geodata.land import Land
from geodata.tables import CITY, COUNTY


def seats_of(land: Land, people: I64) -> I64:
    """The seat of each region of the city, counties, towns and villages, as a grid number, i64[regions].

    Of equally urban grids the one with most people counts. Every county has a heart as urban as the next's,
    so for the city the density of whole counties decides.
    """
    order = np.lexsort((np.arange(land.grid_count)[::-1], people, land.urban))
    rank = np.empty(land.grid_count, dtype=np.int64)
    rank[order] = np.arange(land.grid_count)
    seats = []
    for tier in range(len(land.polygons) - 1):
        first, last = int(land.tier_start[tier]), int(land.tier_start[tier + 1])
        # The regions of a tier tile the numbers of the grids, so reduceat needs only their lower ends.
        seats.append(order[np.maximum.reduceat(rank, land.grid_lo[first:last].astype(np.int64))])
    by_region = np.concatenate(seats)
    density = np.bincount(owners(land, COUNTY), people) / shapely.area(land.polygons[COUNTY])
    by_region[CITY] = by_region[int(land.tier_start[COUNTY]) + int(np.argmax(density))]
    return by_region
