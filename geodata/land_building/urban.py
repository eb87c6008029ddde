"""How urban a place is, and how many grids it gets: read from names, distance to the seat and size.

Chinese names tell the kind of a place: a residents' committee (居委会) under a subdistrict (街道) is town, a
villagers' committee (村委会) is country. Names of other countries tell nothing, so distance and size decide.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.land import Polygons
from geodata.land_building.given import Points

F64 = NDArray[np.float64]

# (in the village's name, in its town's name, how urban, people as a multiple of a village's), first fit.
_KINDS = (
    ("居", "街道", 1.0, 7.0),
    ("社区", "街道", 0.7, 3.0),
    ("居", "镇", 0.6, 3.5),
    ("社区", "镇", 0.35, 1.6),
    ("", "街道", 0.3, 1.1),
    ("", "镇", 0.1, 1.0),
    ("", "乡", 0.0, 0.9),
)
_FAR_SHARE = 0.5  # of a parent's radius: where nearness to the seat has fallen to 1/e


def kinds(villages: Sequence[str], towns: Sequence[str]) -> tuple[F64, F64]:
    """How urban each village is by its name and its town's (NaN: no telling), and its weight in people."""
    urban, people = np.full(len(villages), np.nan), np.ones(len(villages))
    for row, (village, town) in enumerate(zip(villages, towns, strict=True)):
        for own, above, how, weight in _KINDS:
            if own in village and above in town:
                urban[row], people[row] = how, weight
                break
    return urban, people


def grid_weight(area_m2: F64, urban: F64, people: F64) -> F64:
    """A village's weight when grids are shared out: by people where names tell, else by area.

    A larger village has more people, but by the root of its area only: the rest of it is fields.
    """
    told = ~np.isnan(urban)
    if not told.any():
        return area_m2
    size = np.sqrt(area_m2 / np.median(area_m2))
    return np.where(urban >= 0.6, people, people * np.clip(size, 0.6, 2.5))


def urban_of_grids(grids: Polygons, kind: F64, listed_area_m2: F64, seat: Points, reach_m: F64) -> F64:
    """0 … 1 for each grid: half the kind of its village, a quarter nearness to its seat, a quarter smallness.

    All by grid: `kind` f64[G] of its village (NaN: names don't tell), area of the finest listed region that
    it lies in, `seat` f64[G, 2] and `reach_m` f64[G] the seat of its county and that county's radius.
    """
    centre = shapely.get_coordinates(shapely.centroid(grids))
    near = np.exp(-((np.linalg.norm(centre - seat, axis=1) / (reach_m * _FAR_SHARE)) ** 2))
    sizes, rank = np.unique(listed_area_m2, return_inverse=True)
    small = 1 - rank / max(len(sizes) - 1, 1)
    kind = np.where(np.isnan(kind), (near + small) / 2, kind)
    urban: F64 = np.clip(kind / 2 + near / 4 + small / 4, 0, 1)
    return urban
