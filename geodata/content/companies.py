"""Community property companies (红色物业), their helpers, and the old estates that they look after."""

from __future__ import annotations

import numpy as np

from geodata.content.apportion import I64, apportion, spread_out
from geodata.content.ground import Ground
from geodata.content.seeds import generator
from geodata.content.stations import URBAN
from geodata.content.totals import Totals
from geodata.land import Land
from geodata.tables import Companies

_ESTATES_PER_COMPANY = 10
_SPREAD = 0.2


def companies_of(land: Land, totals: Totals, people: I64, ground: Ground) -> Companies:
    """Companies in urban grids, sorted by grid, evenly over the people who live in such grids.

    How many old estates there are isn't published: ten to a company stand in. Served are that number times
    `estates_served_share`, rounded to the nearest whole (Weifang: 1,225 of 1,250, 98 %).
    """
    rng = generator(land.code[0], "companies")
    urban = land.urban >= URBAN
    grid = spread_out(totals.companies, people * urban if urban.any() else people * land.urban)
    size = np.exp(rng.normal(0.0, 0.35, len(grid)))
    estates = apportion(_ESTATES_PER_COMPANY * len(grid), size * np.exp(rng.normal(0.0, 0.2, len(grid))), 1)
    served = round(totals.estates_served_share * int(estates.sum()))
    unserved = apportion(int(estates.sum()) - served, estates)
    return Companies(
        xy=ground.places(grid, _SPREAD, rng),
        grid=grid.astype(np.uint32),
        helpers=apportion(totals.company_helpers, size, 1).astype(np.uint16),
        estates=estates.astype(np.uint16),
        estates_served=(estates - unserved).astype(np.uint16),
    )
