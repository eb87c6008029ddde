from __future__ import annotations

import numpy as np
import pytest
import shapely

from geodata.content.borders import OUTSIDE, borders_of, owners, ring_borders, tier_of_edges
from geodata.land import Land
from geodata.tables import CITY, COUNTY, TOWN, VILLAGE
from tests.geodata.made_land import made_land

LAND = made_land()


def test_border_of_every_two_grids_is_what_shapely_finds() -> None:
    borders = borders_of(LAND)
    found: dict[tuple[int, int], float] = {}
    for sides, length in zip(borders.sides.tolist(), borders.length_m.tolist(), strict=True):
        found[min(sides), max(sides)] = found.get((min(sides), max(sides)), 0.0) + length
    rings = shapely.boundary(LAND.grids)
    wanted = {}
    for one in range(LAND.grid_count):
        for other in range(one + 1, LAND.grid_count):
            shared = shapely.intersection(rings[one], rings[other]).length
            if shared > 1e-6:
                wanted[one, other] = shared
    inner = {pair: length for pair, length in found.items() if OUTSIDE not in pair}
    assert inner.keys() == wanted.keys()
    assert all(inner[pair] == pytest.approx(wanted[pair], rel=1e-9) for pair in wanted)


@pytest.mark.parametrize("name", ["made", "small_land", "weifang_land"])
def test_rings_together_are_the_dissolved_boundary_of_each_tier(
    name: str, request: pytest.FixtureRequest
) -> None:
    land: Land = LAND if name == "made" else request.getfixturevalue(name)
    rings = ring_borders(borders_of(land), land)
    so_far = 0.0
    for ring, tier in zip(rings, (CITY, COUNTY, TOWN), strict=True):
        so_far += float(ring.length_m.sum())
        whole = shapely.union_all(shapely.boundary(land.polygons[tier]))
        assert so_far == pytest.approx(whole.length, rel=1e-9)


def test_outside_is_where_the_city_ends() -> None:
    borders = borders_of(LAND)
    outer = borders.only(borders.sides[:, 1] == OUTSIDE)
    assert float(outer.length_m.sum()) == pytest.approx(LAND.polygons[CITY][0].length, rel=1e-12)


def test_tier_is_the_coarsest_whose_border_it_is() -> None:
    borders = borders_of(LAND)
    tier = tier_of_edges(borders, LAND)
    inside = borders.sides[:, 1] != OUTSIDE
    for (one, other), level in zip(borders.sides[inside].tolist(), tier[inside].tolist(), strict=True):
        differ = [t for t in (COUNTY, TOWN, VILLAGE) if owners(LAND, t)[one] != owners(LAND, t)[other]]
        assert level == min(differ, default=4)


def test_owners_are_the_slices() -> None:
    assert owners(LAND, VILLAGE).tolist() == np.repeat(np.arange(16), 4).tolist()
