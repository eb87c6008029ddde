"""Simplified borders: fewer vertices, the same places, still a coverage on every tier."""

import pytest
import shapely

from geodata.lighten import lighten
from tests.geodata.made_land import made_land


def test_a_land_that_is_light_stays_as_it_is() -> None:
    land = made_land()
    assert lighten(land) == (land, ())


@pytest.mark.parametrize("odd", [False, True])
def test_a_heavy_land_gets_fewer_vertices_and_still_fits(odd: bool) -> None:
    heavy = made_land(per_edge=60, odd=odd)
    vertices = shapely.get_num_coordinates(heavy.grids).sum() // 2
    light, said = lighten(heavy, most=vertices // 5)
    assert shapely.get_num_coordinates(light.grids).sum() // 2 <= vertices // 5
    assert "simplified" in said[0]
    assert f"{vertices:,}" in said[0]
    for before, after in zip(heavy.polygons, light.polygons, strict=True):
        assert len(after) == len(before)
        assert shapely.coverage_is_valid(after)
        assert shapely.is_valid(after).all()
        assert shapely.area(after) == pytest.approx(shapely.area(before), rel=0.02)
    children = shapely.area(light.polygons[4]).reshape(16, 4).sum(axis=1)
    assert children == pytest.approx(shapely.area(light.polygons[3]), rel=1e-12)
