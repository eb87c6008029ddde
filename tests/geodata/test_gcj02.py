"""GCJ-02 against the algorithm as it is published, written out plainly here, and against itself backwards."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import gcj02

LONS, LATS = st.floats(73.7, 134.0), st.floats(5.0, 53.0)


def published(lon: float, lat: float) -> tuple[float, float]:
    """The public algorithm, scalar by scalar, in the order in which it is usually printed."""
    x, y, pi = lon - 105.0, lat - 35.0, math.pi
    dy = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    dy += (20 * math.sin(6 * x * pi) + 20 * math.sin(2 * x * pi)) * 2 / 3
    dy += (20 * math.sin(y * pi) + 40 * math.sin(y / 3 * pi)) * 2 / 3
    dy += (160 * math.sin(y / 12 * pi) + 320 * math.sin(y * pi / 30)) * 2 / 3
    dx = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    dx += (20 * math.sin(6 * x * pi) + 20 * math.sin(2 * x * pi)) * 2 / 3
    dx += (20 * math.sin(x * pi) + 40 * math.sin(x / 3 * pi)) * 2 / 3
    dx += (150 * math.sin(x / 12 * pi) + 300 * math.sin(x / 30 * pi)) * 2 / 3
    a, ee = 6378245.0, 0.00669342162296594323
    magic = 1 - ee * math.sin(lat / 180 * pi) ** 2
    dlat = dy * 180 / ((a * (1 - ee)) / (magic * math.sqrt(magic)) * pi)
    dlon = dx * 180 / (a / math.sqrt(magic) * math.cos(lat / 180 * pi) * pi)
    return lon + dlon, lat + dlat


@given(LONS, LATS)
@settings(max_examples=150)
def test_is_the_published_algorithm(lon: float, lat: float) -> None:
    assert np.allclose(gcj02.from_wgs84(lon, lat), published(lon, lat), rtol=0, atol=1e-12)


@given(LONS, LATS)
@settings(max_examples=150)
def test_there_and_back_is_under_a_ten_millionth_of_a_degree(lon: float, lat: float) -> None:
    back = gcj02.to_wgs84(*gcj02.from_wgs84(lon, lat))
    assert np.allclose(back, (lon, lat), rtol=0, atol=1e-7)


def test_a_known_place_moves_by_what_is_known_of_it() -> None:
    lon, lat = gcj02.from_wgs84([116.3913], [39.9075])  # Tian'anmen, as in every article on the subject
    assert lon[0] - 116.3913 == pytest.approx(0.00624, abs=5e-5)
    assert lat[0] - 39.9075 == pytest.approx(0.00140, abs=5e-5)


@pytest.mark.parametrize("place", [(-123.1, 49.25), (139.7, 35.7), (2.35, 48.86), (0.0, 0.0)])
def test_outside_of_china_nothing_moves(place: tuple[float, float]) -> None:
    assert gcj02.from_wgs84(*place) == place
    assert gcj02.to_wgs84(*place) == place


def test_a_missing_coordinate_stays_missing_and_spoils_no_other() -> None:
    lon, lat = gcj02.to_wgs84([np.nan, 119.1], [36.7, 36.7])
    assert np.isnan(lon[0])
    assert np.allclose(gcj02.from_wgs84(lon[1], lat[1]), (119.1, 36.7), rtol=0, atol=1e-7)


def test_arrays_are_of_the_common_shape_and_arguments_stay_as_they_were() -> None:
    lons = np.full((2, 3), 119.1)
    lon, lat = gcj02.from_wgs84(lons, 36.7)
    assert lon.shape == lat.shape == (2, 3)
    assert (lons == 119.1).all()
