"""Social-governance centres of the city, the counties, the towns and the villages."""

from __future__ import annotations

import numpy as np

from geodata.bits import first_bits
from geodata.content.apportion import I64, apportion
from geodata.content.ground import Ground
from geodata.content.seeds import generator
from geodata.content.totals import MIN_STAFF, Totals
from geodata.land import Land
from geodata.tables import CITY, COUNTY, DEPARTMENTS, GRID, TOWN, VILLAGE, Centres

# Of the posts, by tier; the city's and counties' centres have rooms for several departments each.
_STAFF_SHARE = {CITY: 0.05, COUNTY: 0.27, TOWN: 0.68}
# Desks of departments in a centre of each tier: in a village the community's police and mediation, by turns.
_DESKS = np.array([len(DEPARTMENTS), 14, 8, 2])
_SPREAD = 0.06  # about the heart of the seat, so that the centres of several tiers in one grid lie apart


def centres_of(land: Land, totals: Totals, people: I64, seats: I64, ground: Ground) -> Centres:
    """One centre to each region of the four tiers, in its seat, in region order.

    The posts go to city, counties and towns, by people within a tier and `MIN_STAFF` at least; a village's
    centre is run by its grid workers and has none. Departments have a desk by rank (`DEPARTMENTS`): at most
    `_DESKS` of a tier, and where there are posts no more desks than posts.
    """
    count = int(land.tier_start[GRID])
    by_grid = np.concatenate([[0], np.cumsum(people)])
    lived_in = by_grid[land.grid_hi[:count].astype(np.int64)] - by_grid[land.grid_lo[:count].astype(np.int64)]
    weight = np.zeros(int(land.tier_start[VILLAGE]))
    for tier, share in _STAFF_SHARE.items():
        mine = slice(int(land.tier_start[tier]), int(land.tier_start[tier + 1]))
        weight[mine] = share * lived_in[mine] / max(int(lived_in[mine].sum()), 1)
    staff = np.zeros(count, dtype=np.uint16)
    staff[: len(weight)] = apportion(totals.centre_staff, weight, least=MIN_STAFF)
    rng = generator(land.code[0], "centres")
    desks = _DESKS[land.tier[:count]]
    desks[: len(weight)] = np.minimum(desks[: len(weight)], staff[: len(weight)])
    return Centres(
        region=np.arange(count, dtype=np.uint32),
        xy=ground.places(seats, _SPREAD, rng),
        staff=staff,
        departments=first_bits(desks),
    )
