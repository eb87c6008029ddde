"""The seat of every region: its most urban grid, and of equals the one with most people."""

from __future__ import annotations

import numpy as np

from geodata.content.apportion import I64
from geodata.land import Land


def seats_of(land: Land, people: I64) -> I64:
    """The seat of each region of the city, counties, towns and villages, as a grid number, i64[regions]."""
    order = np.lexsort((np.arange(land.grid_count)[::-1], people, land.urban))
    rank = np.empty(land.grid_count, dtype=np.int64)
    rank[order] = np.arange(land.grid_count)
    seats = []
    for tier in range(len(land.polygons) - 1):
        first, last = int(land.tier_start[tier]), int(land.tier_start[tier + 1])
        # The regions of a tier tile the numbers of the grids, so reduceat needs only their lower ends.
        seats.append(order[np.maximum.reduceat(rank, land.grid_lo[first:last].astype(np.int64))])
    return np.concatenate(seats)
