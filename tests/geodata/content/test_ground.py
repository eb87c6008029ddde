from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.content.ground import ROOMY, Ground
from tests.geodata.made_land import made_land

AWKWARD = {
    "a ring": shapely.Point(0, 0).buffer(100).difference(shapely.Point(0, 0).buffer(90)),
    "a corner": shapely.Polygon([(0, 0), (500, 0), (500, 20), (20, 20), (20, 500), (0, 500)]),
    "a slanted strip": shapely.LineString([(0, 0), (400, 300)]).buffer(4),
    "narrower than its margins": shapely.box(0, 0, 300, 0.8),
    "two parts": shapely.MultiPolygon([shapely.box(0, 0, 50, 50), shapely.box(200, 0, 260, 50)]),
}


def ground_of(polygon: shapely.Geometry) -> Ground:
    """One grid, in decimetres where it is."""
    lone = np.array([polygon], dtype=object)
    land = replace(made_land(), polygons=(lone,) * 5)
    return Ground(land, lambda xy: np.rint(xy * 10).astype(np.int32))


@pytest.mark.parametrize("name", AWKWARD)
@pytest.mark.parametrize("spread", [ROOMY, 0.1, 0.02])
def test_places_are_inside_awkward_outlines(name: str, spread: float) -> None:
    ground = ground_of(AWKWARD[name])
    xy = ground.places(np.zeros(2_000, dtype=np.int64), spread, np.random.default_rng(1))
    assert shapely.contains_xy(ground.outline[0], *xy.T.astype(float)).all()


@settings(max_examples=30, deadline=None)
@given(st.floats(0.02, 0.4), st.integers(0, 1000))
def test_a_smaller_spread_keeps_nearer_to_the_heart(spread: float, seed: int) -> None:
    ground = ground_of(shapely.box(0, 0, 1000, 1000))
    grid = np.zeros(3_000, dtype=np.int64)
    near, far = (
        np.linalg.norm(ground.places(grid, s, np.random.default_rng(seed)) - ground.heart[0], axis=1).mean()
        for s in (spread / 2, spread)
    )
    assert near < far


def test_roomy_places_fill_their_grid_evenly() -> None:
    """Each part of two holds its share of the area, within four deviations of a fair draw."""
    ground = ground_of(AWKWARD["two parts"])
    xy = ground.places(np.zeros(20_000, dtype=np.int64), ROOMY, np.random.default_rng(5))
    share = float(np.mean(xy[:, 0] < 1000))
    inner = 49.0 * 49.0 / (49.0 * 49.0 + 59.0 * 49.0)
    assert abs(share - inner) < 4 * np.sqrt(inner * (1 - inner) / 20_000)
