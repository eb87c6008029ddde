from __future__ import annotations

import numpy as np
import shapely

from geodata.land_building.coverage import dissolve, faces_of, settle_orphans, shared_borders


def _boxes(*bounds: tuple[float, float, float, float]) -> np.ndarray:
    return np.array([shapely.box(*one) for one in bounds], dtype=object)


def test_crossing_lines_cut_the_plane_into_faces() -> None:
    lines = shapely.linestrings([[[0, 5], [10, 5]], [[5, 0], [5, 10]]])
    faces = faces_of(np.append(lines, shapely.boundary(shapely.box(0, 0, 10, 10))))
    assert sorted(shapely.area(faces)) == [25, 25, 25, 25]
    assert shapely.coverage_is_valid(faces)


def test_faces_share_every_vertex_where_only_one_side_had_it() -> None:
    left = shapely.box(0, 0, 5, 10)
    right = shapely.Polygon([(5, 0), (10, 0), (10, 10), (5, 10), (5.001, 6.004), (5, 3)])
    faces = faces_of(shapely.boundary(np.array([left, right], dtype=object)))
    assert len(faces) == 2
    assert shapely.coverage_is_valid(faces)


def test_a_border_is_measured_and_a_common_point_is_none() -> None:
    left, right, length = shared_borders(_boxes((0, 0, 1, 1), (1, 0, 2, 1), (2, 1, 3, 2)))
    assert sorted([int(left[0]), int(right[0])]) == [0, 1]
    assert length.tolist() == [1.0]


def test_an_orphan_goes_to_the_sibling_with_the_longest_border() -> None:
    #  0 big | 1 | 2 orphan of 0, beside 1 (length 10) and 3 of another parent (length 20)
    faces = _boxes((0, 0, 30, 10), (30, 0, 40, 10), (40, 0, 60, 10), (40, 10, 60, 30))
    owner = np.array([0, 1, 0, 2])
    assert settle_orphans(faces, owner, np.array([0, 0, 9])).tolist() == [0, 1, 1, 2]


def test_an_island_without_siblings_around_stays() -> None:
    faces = _boxes((0, 0, 30, 10), (100, 0, 110, 10))
    assert settle_orphans(faces, np.array([0, 0]), np.array([0])).tolist() == [0, 0]


def test_orphans_behind_orphans_are_all_taken_in() -> None:
    # A row of cells: owner 0's mainland at the far left, two of its orphans, owner 1's mainland at the right.
    faces = _boxes((0, 0, 50, 1), (50, 0, 60, 1), (60, 0, 61, 1), (61, 0, 62, 1), (62, 0, 90, 1))
    owner = np.array([0, 1, 0, 2, 1])
    settled = settle_orphans(faces, owner, np.zeros(3, dtype=int))
    whole = dissolve(faces, settled, 3)
    assert [one.geom_type for one in whole if one is not None] == ["Polygon"] * 3


def test_dissolving_keeps_the_vertices_on_outer_borders() -> None:
    whole = dissolve(_boxes((0, 0, 1, 1), (1, 0, 2, 1)), np.array([0, 0]), 1)[0]
    assert (1.0, 0.0) in whole.exterior.coords
    assert whole.area == 2
