"""Rings: integrity is the share of length, gaps are runs that touch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.rings import RINGS, gaps, integrity, integrity_by_region
from tests.domain.made import GRIDS, small_city

CITY = small_city()


@st.composite
def checkpoints(draw: st.DrawFn) -> dict[str, np.ndarray]:
    """Checkpoints of all rings, sorted by grid."""
    count = draw(st.integers(0, 30))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return {
        "ring": rng.integers(1, 4, count),
        "grid": np.sort(rng.integers(0, GRIDS, count)),
        "length_m": rng.integers(1, 5000, count).astype(float),
        "online": rng.random(count) < 0.7,
    }


def circle(lengths: list[float], online: list[int], ring: int = 1) -> tuple[np.ndarray, ...]:
    """Stretches one after the other around a closed ring."""
    count = len(lengths)
    corners = np.array([[np.cos(a), np.sin(a)] for a in np.arange(count) * 2 * np.pi / count])
    ends = np.stack([corners, np.roll(corners, -1, axis=0)], axis=1)
    return np.full(count, ring), np.array(lengths), np.array(online, dtype=bool), ends


def test_integrity_is_the_share_of_length_and_not_of_checkpoints() -> None:
    ring, length_m, online, _ = circle([9000, 500, 500], [0, 1, 1])
    found = integrity(ring, length_m, online)
    assert (found[1].checkpoints, found[1].online) == (3, 2)
    assert found[1].share == pytest.approx(0.1)
    assert found[2].share == 1.0


@given(checkpoints())
@settings(max_examples=80, deadline=None)
def test_integrity_is_what_adding_up_gives(points: dict[str, np.ndarray]) -> None:
    found = integrity(points["ring"], points["length_m"], points["online"])
    assert set(found) == set(RINGS)
    for number, one in found.items():
        mine = [i for i, ring in enumerate(points["ring"].tolist()) if ring == number]
        assert one.checkpoints == len(mine)
        assert one.online == sum(bool(points["online"][i]) for i in mine)
        assert one.length_m == pytest.approx(sum(points["length_m"][i] for i in mine))
        assert one.covered_m == pytest.approx(sum(points["length_m"][i] for i in mine if points["online"][i]))


@given(checkpoints())
@settings(max_examples=60, deadline=None)
def test_every_region_has_the_share_of_its_slice(points: dict[str, np.ndarray]) -> None:
    share = integrity_by_region(**points, grid_lo=CITY.grid_lo, grid_hi=CITY.grid_hi)
    for region in range(len(CITY)):
        first, last = np.searchsorted(points["grid"], [CITY.grid_lo[region], CITY.grid_hi[region]])
        inside = slice(int(first), int(last))
        found = integrity(points["ring"], points["length_m"], points["online"], inside)
        for column, number in enumerate(RINGS):
            expected = found[number].share if found[number].checkpoints else np.nan
            assert share[region, column] == pytest.approx(expected, nan_ok=True)


def test_neighbouring_dark_stretches_are_one_gap_and_the_longest_comes_first() -> None:
    ring, length_m, online, ends = circle([100, 200, 300, 400, 500, 600], [0, 1, 0, 0, 1, 0])
    found = gaps(ring, length_m, online, ends)
    assert [(gap.checkpoints, gap.length_m) for gap in found] == [((0, 5), 700.0), ((2, 3), 700.0)]


def test_touching_stretches_of_two_rings_are_two_gaps() -> None:
    first, second = circle([100, 100, 100], [0, 1, 1], 1), circle([100, 100, 100], [0, 1, 1], 2)
    ring, length_m, online, ends = (np.concatenate(pair) for pair in zip(first, second, strict=True))
    assert [gap.ring for gap in gaps(ring, length_m, online, ends)] == [1, 2]


@given(st.lists(st.integers(0, 1), min_size=3, max_size=40))
def test_gaps_are_the_dark_runs_around_the_ring(online: list[int]) -> None:
    ring, length_m, lit, ends = circle([1.0] * len(online), online)
    found = gaps(ring, length_m, lit, ends)
    dark = sum(1 for one in online if not one)
    runs = sum(1 for one, before in zip(online, online[-1:] + online[:-1], strict=True) if not one and before)
    assert len(found) == (runs if any(online) else 1)
    assert sum(gap.length_m for gap in found) == dark
    assert sorted(i for gap in found for i in gap.checkpoints) == [
        i for i, one in enumerate(online) if not one
    ]
