"""Rings traced from edges against shapely's unions: lobes that touch, holes in holes, parts and all."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import PackError
from geodata.outlines import Edges, cancel, to_polygons, trace

SIZE = 6
XY = np.array([(x, y) for x in range(SIZE + 1) for y in range(SIZE + 1)], dtype=np.int32) * 10
OWNERS = 3


def square(x: int, y: int) -> list[int]:
    """Vertex numbers around a cell of the lattice, anticlockwise."""
    return [(x + dx) * (SIZE + 1) + y + dy for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1))]


def edges_of(cells: list[tuple[list[int], int]]) -> Edges:
    tail = np.array([vertex for ring, _ in cells for vertex in ring])
    head = np.array([vertex for ring, _ in cells for vertex in ring[1:] + ring[:1]])
    return Edges(tail, head, np.repeat([owner for _, owner in cells], 4))


@given(st.lists(st.integers(-1, OWNERS - 1), min_size=SIZE * SIZE, max_size=SIZE * SIZE))
@settings(max_examples=200)
def test_any_patches_of_a_lattice_are_traced_as_their_unions(owners: list[int]) -> None:
    cells = [(square(n // SIZE, n % SIZE), owner) for n, owner in enumerate(owners) if owner >= 0]
    if not cells:
        return
    rings = trace(edges_of(cells), XY)
    polygons = to_polygons(rings, XY, OWNERS)
    for owner in range(OWNERS):
        union = shapely.union_all([shapely.Polygon(XY[ring]) for ring, of in cells if of == owner])
        assert polygons[owner].is_valid
        assert polygons[owner].equals(union)
    assert shapely.coverage_is_valid(polygons)
    for start, end in zip(rings.start[:-1], rings.start[1:], strict=True):
        assert len(set(rings.vertex[start:end].tolist())) == end - start
    lines = [shapely.LinearRing(XY[rings.vertex[slice(*rings.start[r : r + 2])]]) for r in range(len(rings))]
    assert [line.is_ccw for line in lines] == (~rings.is_hole).tolist()
    assert (np.diff(rings.owner * 2 + rings.is_hole) >= 0).all()


def test_edges_there_and_back_and_loops_cancel_out() -> None:
    spike = Edges(np.array([0, 1, 8, 1, 7, 2]), np.array([1, 8, 1, 7, 0, 2]), np.zeros(6, dtype=np.int64))
    left = cancel(spike)
    assert sorted(zip(left.tail.tolist(), left.head.tolist(), strict=True)) == [(0, 1), (1, 7), (7, 0)]


def test_nothing_is_nothing() -> None:
    none = np.empty(0, dtype=np.int64)
    assert len(trace(Edges(none, none, none), XY)) == 0
    assert to_polygons(trace(Edges(none, none, none), XY), XY, 2).tolist() == [shapely.Polygon()] * 2


def test_an_open_outline_is_refused() -> None:
    with pytest.raises(PackError, match="closed"):
        trace(Edges(np.array([0, 1]), np.array([1, 8]), np.zeros(2, dtype=np.int64)), XY)


def test_an_outline_drawn_twice_is_refused() -> None:
    with pytest.raises(PackError, match="overlap"):
        trace(edges_of([(square(1, 1), 0), (square(1, 1), 0)]), XY)
