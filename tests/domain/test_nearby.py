"""Cameras near a place, against a plain loop."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.cameras import STATUSES
from dashboard.domain.nearby import cameras_near

SLUGS = {number: slug for slug, (number, _) in STATUSES.items()}
M_PER_UNIT = 0.08
points = st.tuples(st.integers(-9000, 9000), st.integers(-9000, 9000))


@given(
    st.lists(st.tuples(points, st.sampled_from(sorted(SLUGS))), max_size=60),
    points,
    st.floats(1, 600),
    st.integers(0, 9),
)
def test_as_a_plain_loop_finds_them(cameras, here, radius_m, listed):
    xy = np.array([place for place, _ in cameras], dtype=np.int32).reshape(-1, 2)
    status = np.array([number for _, number in cameras], dtype=np.uint8)
    found = cameras_near(here, xy, status, M_PER_UNIT, radius_m, listed)
    metres = [math.hypot(x - here[0], y - here[1]) * M_PER_UNIT for (x, y), _ in cameras]
    inside = [i for i in range(len(cameras)) if metres[i] <= radius_m]
    by_status = {slug: sum(SLUGS[cameras[i][1]] == slug for i in inside) for slug in STATUSES}
    assert found.by_status == {slug: count for slug, count in by_status.items() if count}
    assert sum(found.by_status.values()) == len(inside)
    nearest = sorted(inside, key=lambda i: (metres[i], i))[:listed]
    assert [near.camera for near in found.nearest] == nearest
    assert [near.status for near in found.nearest] == [SLUGS[cameras[i][1]] for i in nearest]
    np.testing.assert_allclose([near.distance_m for near in found.nearest], [metres[i] for i in nearest])


def test_no_camera_near_is_an_answer():
    found = cameras_near((0, 0), np.array([[10_000, 0]], np.int32), np.array([1], np.uint8), 0.1)
    assert (found.by_status, found.nearest) == ({}, ())
