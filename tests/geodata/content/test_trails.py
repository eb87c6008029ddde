from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.content.borders import Borders
from geodata.content.trails import trails_of


def lattice(columns: int, rows: int, keep: list[bool], seed: int) -> Borders:
    """Some edges of a shaken lattice."""
    rng = np.random.default_rng(seed)
    number = np.arange(columns * rows).reshape(columns, rows)
    xy = np.stack(np.divmod(number.ravel(), rows), axis=1) * 100.0 + rng.normal(0, 15, (columns * rows, 2))
    across = np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1)
    up = np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1)
    ends = np.concatenate([across, up])
    chosen = np.resize(np.array(keep), len(ends))
    return Borders(xy, ends[chosen], np.zeros((int(chosen.sum()), 2), dtype=np.int64))


@settings(max_examples=150)
@given(
    st.integers(2, 6), st.integers(2, 6), st.lists(st.booleans(), min_size=1, max_size=60), st.integers(0, 99)
)
def test_trails_cover_every_edge_once_and_hang_together(
    columns: int, rows: int, keep: list[bool], seed: int
) -> None:
    borders = lattice(columns, rows, keep, seed)
    trails = trails_of(borders)
    used = np.concatenate([trail.edges for trail in trails]) if trails else np.empty(0)
    assert sorted(used.tolist()) == list(range(len(borders.ends)))
    for trail in trails:
        for edge, step in zip(trail.edges.tolist(), pairwise(trail.vertices.tolist()), strict=True):
            assert sorted(borders.ends[edge].tolist()) == sorted(step)
        assert trail.length_m == pytest.approx(float(borders.length_m[trail.edges].sum()))


@settings(max_examples=50)
@given(st.integers(2, 6), st.integers(2, 6), st.lists(st.booleans(), min_size=1, max_size=60))
def test_open_trails_are_half_the_odd_nodes(columns: int, rows: int, keep: list[bool]) -> None:
    borders = lattice(columns, rows, keep, 1)
    degree = np.bincount(borders.ends.ravel())
    trails = trails_of(borders)
    still_open = [trail for trail in trails if trail.vertices[0] != trail.vertices[-1]]
    ends = np.bincount(np.array([[t.vertices[0], t.vertices[-1]] for t in trails], dtype=int).ravel())
    assert len(still_open) <= np.count_nonzero(degree % 2) / 2
    assert all(ends[node] % 2 == degree[node] % 2 for node in range(len(ends)))


def test_the_straightest_goes_on_where_three_meet() -> None:
    xy = np.array([[0.0, 0.0], [10.0, 0.5], [20.0, 0.0], [10.0, 9.0]])
    borders = Borders(xy, np.array([[0, 1], [1, 2], [1, 3]]), np.zeros((3, 2), dtype=np.int64))
    assert sorted(tuple(trail.vertices) for trail in trails_of(borders)) == [(0, 1, 2), (1, 3)]


def test_a_perimeter_is_one_closed_trail_from_its_western_end() -> None:
    xy = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, -1.0], [2.0, 0.0]])
    borders = Borders(xy, np.array([[0, 1], [1, 3], [0, 2], [2, 3]]), np.zeros((4, 2), dtype=np.int64))
    (trail,) = trails_of(borders)
    assert trail.vertices[0] == trail.vertices[-1] == 0
    assert trail.length_m == pytest.approx(4 * 2**0.5)
