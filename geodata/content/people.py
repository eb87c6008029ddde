"""People and dwellings of the grids."""

from __future__ import annotations

import numpy as np
import shapely

from geodata.content.apportion import I64, apportion
from geodata.content.seeds import generator
from geodata.content.totals import Totals
from geodata.land import Land

# People of a grid before all is scaled to the total: in the country, and in the heart of a town.
_RURAL, _URBAN = 230.0, 1_150.0
# Nobody lives more densely than this, so that a sliver of a grid stays nearly empty.
_PEOPLE_PER_M2 = 0.045


def people_of(land: Land, totals: Totals) -> tuple[I64, I64]:
    """People and dwellings by grid, i64[G] each.

    Grids are drawn to hold a like number of households, but those of a town hold more, and more densely; the
    spread about that is log-normal. Households of towns are a little smaller than those of villages.
    """
    rng = generator(land.code[0], "people")
    usual = _RURAL + (_URBAN - _RURAL) * land.urban**1.5
    drawn = usual * np.exp(rng.normal(0.0, 0.22, land.grid_count))
    people = apportion(totals.people, np.minimum(drawn, shapely.area(land.grids) * _PEOPLE_PER_M2))
    households = people / (2.1 - 0.25 * land.urban) * np.exp(rng.normal(0.0, 0.04, land.grid_count))
    return people, apportion(totals.dwellings, households)
