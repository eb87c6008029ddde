from __future__ import annotations

from math import cos, radians, sin

from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.bearings import BEARINGS, bearing

MIDDLES = {"e": 0, "ne": 45, "n": 90, "nw": 135, "w": 180, "sw": 225, "s": 270, "se": 315}
"""Degrees anticlockwise from the east."""


@given(st.floats(0, 360), st.floats(0.01, 1e7))
def test_each_direction_goes_to_the_nearest_of_the_eight(angle: float, length: float) -> None:
    found = bearing(length * cos(radians(angle)), length * sin(radians(angle)))
    off = {slug: abs((angle - middle + 180) % 360 - 180) for slug, middle in MIDDLES.items()}
    assert off[found] <= min(off.values()) + 1e-6


def test_opposite_ways_have_opposite_names() -> None:
    opposite = {"e": "w", "ne": "sw", "n": "s", "nw": "se"}
    for one, other in opposite.items():
        x, y = cos(radians(MIDDLES[one])), sin(radians(MIDDLES[one]))
        assert (bearing(x, y), bearing(-x, -y)) == (one, other)


def test_no_way_at_all_has_no_name() -> None:
    assert bearing(0, 0) == ""
    assert set(BEARINGS) == set(MIDDLES)
