"""Three furnished cities: a made-up lattice with an enclave, a small listed city, and Weifang."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from numpy.typing import NDArray

from geodata.content import Content, Totals, furnish
from geodata.land import Land
from tests.geodata.made_land import made_land


class MapUnits:
    """From metres of a land's CRS to map units, and back, by pyproj: what the pack's builder does."""

    def __init__(self, land: Land) -> None:
        self._to = pyproj.Transformer.from_crs(land.crs, "EPSG:3857", always_xy=True)
        self._origin = np.floor(self._to.transform(*shapely.bounds(land.polygons[0][0])[:2]))

    def __call__(self, xy: NDArray[Any]) -> NDArray[np.int32]:
        metres = np.stack(self._to.transform(xy[:, 0], xy[:, 1]), axis=1)
        return np.round((metres - self._origin) * 10).astype(np.int32)

    def back(self, xy: NDArray[Any]) -> NDArray[np.float64]:
        """Metres of the land's CRS."""
        there = np.asarray(xy) / 10 + self._origin
        return np.stack(self._to.transform(there[:, 0], there[:, 1], direction="INVERSE"), axis=1)


@dataclass(frozen=True)
class City:
    """A land, its totals and what was put on it."""

    land: Land
    totals: Totals
    to_map_units: MapUnits
    content: Content

    @cached_property
    def outlines(self) -> NDArray[np.object_]:
        """The grids in map units, as a pack has them."""
        return shapely.transform(self.land.grids, self.to_map_units)

    def slices(self, tier: int) -> list[slice]:
        """The grids of each region of a tier."""
        land, numbers = self.land, range(*self.land.tier_start[tier : tier + 2].tolist())
        return [slice(int(land.grid_lo[n]), int(land.grid_hi[n])) for n in numbers]


def furnished(land: Land, totals: Totals) -> City:
    """The city on that land."""
    to_map_units = MapUnits(land)
    return City(land, totals, to_map_units, furnish(land, totals, to_map_units))


def small_totals(land: Land) -> Totals:
    """More of everything than the land's own share would be, so that all kinds occur."""
    return Totals(
        people=9_001, dwellings=4_444, grid_workers=3 * land.grid_count + 1, patrol=7, fire=3, emergency=2,
        mediation=5, medical=4, cameras=2_003, networked=1_499, cameras_per_village=6, entrance_capture=9,
        augmented_reality=5, high_dome=11, checkpoints_city=7, checkpoints_county=5, checkpoints_police=13,
        centre_staff=61, companies=5, company_helpers=333, estates_served_share=0.9,
    )  # fmt: skip


@pytest.fixture(scope="session", params=["made", "small", "weifang"])
def city(request: pytest.FixtureRequest) -> City:
    """Each of the three cities in turn."""
    made = request.param == "made"
    land = made_land() if made else request.getfixturevalue(f"{request.param}_land")
    return furnished(land, Totals() if request.param == "weifang" else small_totals(land))
