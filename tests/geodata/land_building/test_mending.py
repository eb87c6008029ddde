from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import PackError
from geodata.land_building.build import exact_outlines
from geodata.land_building.mending import fitted
from tests.geodata.land_building.cities import UTM, wiggly_squares

NAMES = "ABCDEF"


def _fitted(polygons: list[shapely.Geometry]) -> tuple[np.ndarray, list[str]]:
    account: list[str] = []
    return fitted(np.array(polygons, dtype=object), NAMES, "a file", UTM, account), account


def test_a_coverage_is_left_as_it_is() -> None:
    squares = wiggly_squares(3, 2)
    same, account = _fitted(squares)
    assert [one.wkb for one in same] == [one.wkb for one in squares]
    assert account == []


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_borders_drawn_twice_with_a_trembling_hand_are_fitted(seed: int) -> None:
    random = np.random.default_rng(seed)
    corners = [shapely.get_coordinates(square)[:-1] for square in wiggly_squares(3, 2)]
    squares = [shapely.Polygon(xy + random.uniform(-1, 1, xy.shape)) for xy in corners]
    clean, account = _fitted(squares)
    assert shapely.coverage_is_valid(clean)
    assert shapely.coverage_is_valid(exact_outlines(clean))
    assert "borders that did not meet were fitted" in account[0]
    assert np.abs(shapely.area(clean) / shapely.area(squares) - 1).max() < 0.01
    assert not shapely.union_all(clean).interiors


def test_an_overlap_wider_than_a_sliver_is_refused() -> None:
    a, b = shapely.box(5e5, 5.5e6, 502_006, 5_502_000), shapely.box(502_000, 5.5e6, 504_000, 5_502_000)
    with pytest.raises(PackError, match=r"a file: A and B overlap by 12,000 m² near 9\.0\d+, 49\.6\d+; cut"):
        _fitted([a, b])


def test_a_thin_overlap_that_is_much_of_a_small_area_is_refused() -> None:
    a, b = shapely.box(5e5, 5.5e6, 500_020, 5_500_020), shapely.box(500_016, 5.5e6, 500_040, 5_500_020)
    with pytest.raises(PackError, match="A and B overlap by 80 m²"):
        _fitted([a, b])


def test_a_mere_line_is_refused() -> None:
    with pytest.raises(PackError, match="B is smaller than 1 m², or a mere line"):
        _fitted([shapely.box(5e5, 5.5e6, 5.01e5, 5.501e6), shapely.box(5e5, 5.6e6, 5.01e5, 5.6e6 + 0.01)])
