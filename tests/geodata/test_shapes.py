"""Rings and arcs against the polygons they come from, and against each other."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from geodata import PackError
from geodata.land import Land
from geodata.outlines import tier_owner, tier_polygons
from geodata.shapes import MapUnits, Shapes, label_points, shape
from geodata.tables import CITY, GRID, Geometry
from tests.geodata.made_land import made_land


@pytest.fixture(scope="module")
def land() -> Land:
    return made_land()


@pytest.fixture(scope="module")
def shapes(land: Land) -> Shapes:
    return shape(land, MapUnits.of(land))


def rings_of(geometry: Geometry, grid: int) -> list[np.ndarray]:
    first, end = geometry.grid_ring_start[grid : grid + 2]
    return [
        geometry.vertex_xy[geometry.ring_vertex[slice(*geometry.ring_start[ring : ring + 2])]]
        for ring in range(first, end)
    ]


def signed_area(ring: np.ndarray) -> float:
    x, y = ring.astype(float).T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2)


def projected(land: Land, tier: int) -> np.ndarray:
    turn, units = Transformer.from_crs(land.crs, "EPSG:3857", always_xy=True), MapUnits.of(land)
    return shapely.transform(
        land.polygons[tier],
        lambda xy: np.round((np.stack(turn.transform(*xy.T), axis=1) - units.origin) * 10),
    )


@pytest.mark.parametrize("tier", range(5))
def test_every_tier_is_its_polygons_in_map_units(land: Land, shapes: Shapes, tier: int) -> None:
    assert shapely.equals(tier_polygons(shapes.geometry, land, tier), projected(land, tier)).all()


@pytest.mark.parametrize("tier", range(5))
def test_every_tier_is_a_valid_coverage(land: Land, shapes: Shapes, tier: int) -> None:
    assert shapely.coverage_is_valid(tier_polygons(shapes.geometry, land, tier))


def test_outlines_run_anticlockwise_and_holes_clockwise(land: Land, shapes: Shapes) -> None:
    for grid, expected in enumerate(projected(land, GRID)):
        areas = [signed_area(ring) for ring in rings_of(shapes.geometry, grid)]
        outlines = len(shapely.get_parts(expected))
        assert [area > 0 for area in areas] == [True] * outlines + [False] * (len(areas) - outlines)
    enclave, exclave, pond = (len(rings_of(shapes.geometry, grid)) for grid in (0, 5, 63))
    assert (enclave, exclave, pond) == (2, 2, 2)


def test_no_vertex_is_repeated_in_a_ring_nor_stored_twice(shapes: Shapes) -> None:
    g = shapes.geometry
    assert len(np.unique(g.vertex_xy, axis=0)) == len(g.vertex_xy)
    for start, end in zip(g.ring_start[:-1], g.ring_start[1:], strict=True):
        assert len(set(g.ring_vertex[start:end].tolist())) == end - start
    assert set(g.ring_vertex.tolist()) == set(range(len(g.vertex_xy)))


def test_areas_of_rings_sum_to_the_city(land: Land, shapes: Shapes) -> None:
    total = sum(signed_area(ring) for grid in range(64) for ring in rings_of(shapes.geometry, grid))
    assert total == pytest.approx(tier_polygons(shapes.geometry, land, CITY)[0].area, rel=1e-12)


def directed(lines: list[np.ndarray]) -> list[tuple[int, int]]:
    return [(int(a), int(b)) for line in lines for a, b in pairwise(line)]


def test_arcs_are_every_grids_outline_once_from_either_side(shapes: Shapes) -> None:
    g = shapes.geometry
    arcs = [g.arc_vertex[slice(*g.arc_start[a : a + 2])] for a in range(len(g.arc_left))]
    for grid in range(64):
        rings = [
            g.ring_vertex[slice(*g.ring_start[r : r + 2])]
            for r in range(g.grid_ring_start[grid], g.grid_ring_start[grid + 1])
        ]
        own = directed([np.append(ring, ring[0]) for ring in rings])
        left = [arcs[a] for a in np.flatnonzero(g.arc_left == grid)]
        right = [arcs[a][::-1] for a in np.flatnonzero(g.arc_right == grid)]
        assert sorted(own) == sorted(directed(left + right))


def test_arcs_begin_and_end_where_borders_meet(shapes: Shapes) -> None:
    g = shapes.geometry
    degree = np.zeros(len(g.vertex_xy), int)
    ends, within = [], []
    for a in range(len(g.arc_left)):
        line = g.arc_vertex[slice(*g.arc_start[a : a + 2])]
        np.add.at(degree, line[:-1], 1)
        np.add.at(degree, line[1:], 1)
        within += line[1:-1].tolist()
        if line[0] != line[-1]:
            ends += [line[0], line[-1]]
    assert (degree[ends] > 2).all()
    assert (degree[within] == 2).all()


def test_an_arcs_tier_is_the_coarsest_that_it_separates(land: Land, shapes: Shapes) -> None:
    g = shapes.geometry
    assert (g.arc_left >= 0).all()
    owners = [tier_owner(land, tier) for tier in range(5)]
    for left, right, tier in zip(g.arc_left, g.arc_right, g.arc_tier, strict=True):
        differing = [t for t in range(5) if right < 0 or owners[t][left] != owners[t][right]]
        assert tier == differing[0]


def test_labels_lie_inside_and_boxes_fit(land: Land, shapes: Shapes) -> None:
    polygons = np.concatenate([tier_polygons(shapes.geometry, land, tier) for tier in range(5)])
    assert shapely.contains_properly(polygons, shapely.points(shapes.label_xy.astype(float))).all()
    assert (shapes.bbox == shapely.bounds(polygons)).all()
    assert np.allclose(shapes.area_m2, np.concatenate([shapely.area(p) for p in land.polygons]))


def test_a_horseshoes_label_is_not_in_its_mouth() -> None:
    horseshoe = shapely.box(0, 0, 900, 900).difference(shapely.box(200, 200, 700, 900))
    assert shapely.contains(horseshoe, shapely.Point(label_points(np.array([horseshoe]))[0]))


@pytest.mark.parametrize("seed", range(4))
def test_grids_a_few_metres_wide_collapse_the_same_way_on_both_sides(seed: int) -> None:
    tiny = made_land(seed=seed, cell_m=6.0, per_edge=30, odd=False)  # a vertex every 20 cm, shaken
    shapes = shape(tiny, MapUnits.of(tiny))
    grids = tier_polygons(shapes.geometry, tiny, GRID)
    assert len(shapes.geometry.vertex_xy) < len(shapely.get_coordinates(tiny.grids))
    assert shapely.coverage_is_valid(grids)
    assert shapely.is_valid(grids).all()
    assert sum(shapely.area(grids)) == pytest.approx(tier_polygons(shapes.geometry, tiny, CITY)[0].area)
    assert sum(shapely.area(grids)) == pytest.approx(projected(tiny, CITY)[0].area, rel=0.01)


def test_where_rounding_makes_borders_touch_they_get_a_common_vertex() -> None:
    close = made_land(seed=3, cell_m=1.0, per_edge=3, odd=False, shake=0.2)
    rounded = projected(close, GRID)
    assert not (shapely.is_valid(rounded).all() and shapely.coverage_is_valid(rounded))
    grids = tier_polygons(shape(close, MapUnits.of(close)).geometry, close, GRID)
    assert shapely.is_valid(grids).all()
    assert shapely.coverage_is_valid(grids)
    assert shapely.area(shapely.symmetric_difference(grids, shapely.make_valid(rounded))).max() < 20


def test_grids_thinner_than_a_decimetre_are_refused() -> None:
    dust = made_land(cell_m=0.06, per_edge=0, odd=False)
    with pytest.raises(PackError, match="--grids"):
        shape(dust, MapUnits.of(dust))
