"""The locator against shapely, everywhere and on the borders, and against itself: one grid and only one."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import Locator, Pack
from geodata.land import Land
from geodata.outlines import tier_polygons
from geodata.rim import WIDTH
from geodata.shapes import MapUnits, shape
from geodata.tables import CITY, GRID
from tests.geodata.made_pack import odd_pack, with_table

POINTS = 20_000


@pytest.fixture(scope="module")
def pack() -> Pack:
    return odd_pack()


@pytest.fixture(scope="module")
def locator(pack: Pack) -> Locator:
    return Locator(pack)


@pytest.fixture(scope="module")
def grids(pack: Pack) -> np.ndarray:
    return tier_polygons(pack.geometry, pack.regions, GRID)


def brute_force(grids: np.ndarray, xy: np.ndarray) -> np.ndarray:
    found = np.full(len(xy), -1)
    point, grid = shapely.STRtree(grids).query(shapely.points(xy), predicate="intersects")
    found[point] = grid
    return found


def near_border(grids: np.ndarray, xy: np.ndarray) -> np.ndarray:
    lines = shapely.STRtree(shapely.boundary(grids))
    near, _ = lines.query(shapely.points(xy), predicate="dwithin", distance=WIDTH)
    return np.isin(np.arange(len(xy)), near)


def around(pack: Pack, n: int, seed: int) -> np.ndarray:
    low, high = pack.geometry.vertex_xy.min(axis=0), pack.geometry.vertex_xy.max(axis=0)
    return np.random.default_rng(seed).uniform(low - 3000, high + 3000, (n, 2))


def touches(grids: np.ndarray, xy: np.ndarray, found: np.ndarray) -> np.ndarray:
    return shapely.distance(grids[found], shapely.points(xy)) < 1e-3


def test_points_anywhere_are_where_shapely_finds_them(
    pack: Pack, locator: Locator, grids: np.ndarray
) -> None:
    xy = around(pack, POINTS, 1)
    expected = brute_force(grids, xy)
    assert 0.5 < (expected >= 0).mean() < 0.95
    assert (locator.locate_units(xy) == expected)[~near_border(grids, xy)].all()


def test_degrees_give_the_same_as_map_units(pack: Pack, locator: Locator, grids: np.ndarray) -> None:
    xy = around(pack, POINTS, 2)
    found = locator.locate(*pack.to_lonlat(xy))
    assert found.dtype == np.int32
    assert (found == brute_force(grids, xy))[~near_border(grids, xy)].all()


def test_one_by_one_is_the_same_as_all_at_once(pack: Pack, locator: Locator) -> None:
    xy = np.concatenate([around(pack, 3000, 3), pack.geometry.vertex_xy])
    lon, lat = pack.to_lonlat(xy)
    together = locator.locate(lon, lat)
    assert [locator.locate(a, b)[0] for a, b in zip(lon, lat, strict=True)] == together.tolist()


def test_every_vertex_is_in_a_grid_that_it_belongs_to(
    pack: Pack, locator: Locator, grids: np.ndarray
) -> None:
    xy = pack.geometry.vertex_xy.astype(float)
    found = locator.locate_units(xy)
    assert (found >= 0).all()
    assert touches(grids, xy, found).all()


def test_every_point_of_a_border_is_in_a_grid_that_it_belongs_to(
    pack: Pack, locator: Locator, grids: np.ndarray
) -> None:
    lines = shapely.boundary(grids)
    at = np.random.default_rng(4).random((50, len(lines)))
    xy = shapely.get_coordinates(shapely.line_interpolate_point(lines[None], at, normalized=True))
    for found in (locator.locate_units(xy), locator.locate(*pack.to_lonlat(xy))):
        assert (found >= 0).all()
        assert touches(grids, xy, found).all()


def test_exactly_one_grid_holds_a_border_point_by_the_half_open_rule(
    pack: Pack, locator: Locator, grids: np.ndarray
) -> None:
    """Whole map units on borders: the even-odd rule with half-open edges, in whole numbers, is the truth."""
    g = pack.geometry
    xy = np.concatenate([g.vertex_xy, np.round(around(pack, 500, 5)).astype(int)])
    inside = np.zeros((pack.grid_count, len(xy)), dtype=int)
    for grid in range(pack.grid_count):
        for ring in range(g.grid_ring_start[grid], g.grid_ring_start[grid + 1]):
            line = g.vertex_xy[g.ring_vertex[slice(*g.ring_start[ring : ring + 2])]].astype(int)
            for (ax, ay), (bx, by) in zip(line, np.roll(line, -1, axis=0), strict=True):
                if ay > by:
                    ax, ay, bx, by = bx, by, ax, ay
                crosses = (ay <= xy[:, 1]) & (xy[:, 1] < by)
                right = (xy[:, 0] - ax) * (by - ay) >= (xy[:, 1] - ay) * (bx - ax)
                inside[grid] ^= crosses & right
    assert set(inside.sum(axis=0)) <= {0, 1}
    found = locator.locate_units(xy)
    expected = np.where(inside.any(axis=0), inside.argmax(axis=0), -1)
    outer = shapely.distance(tier_polygons(g, pack.regions, CITY)[0].boundary, shapely.points(xy)) <= WIDTH
    assert (found == expected)[~outer].all()
    assert (found == expected)[expected >= 0].all()


@given(data=st.data())
@settings(max_examples=100)
def test_just_outside_counts_as_the_border_and_further_off_does_not(data: st.DataObject) -> None:
    pack = odd_pack()
    locator = _LOCATORS.setdefault(id(pack), Locator(pack))
    city = tier_polygons(pack.geometry, pack.regions, CITY)[0]
    outline = city.exterior
    place = outline.interpolate(data.draw(st.floats(0, 1)), normalized=True)
    angle = data.draw(st.floats(0, 2 * np.pi))
    away = data.draw(st.floats(0, 4))
    xy = np.array([[place.x + away * np.cos(angle), place.y + away * np.sin(angle)]])
    distance = city.distance(shapely.points(xy)[0])
    if abs(distance - WIDTH) > 0.01:
        assert (locator.locate_units(xy)[0] >= 0) == (distance < WIDTH)


_LOCATORS: dict[int, Locator] = {}


def test_what_is_no_place_is_nowhere(locator: Locator) -> None:
    lon = [np.nan, 119.1, np.inf, 119.1, -np.inf, 119.1, 400.0, 119.1, 119.1 + 360]
    lat = [36.3, np.nan, 36.3, -np.inf, 36.3, 90.0, 36.3, 36.3 + 360, 36.3]
    assert locator.locate(lon, lat).tolist() == [-1] * len(lon)
    assert locator.locate(np.array(lon * 10), np.array(lat * 10)).tolist() == [-1] * 10 * len(lon)


def test_no_points_are_no_grids(locator: Locator) -> None:
    assert locator.locate([], []).shape == (0,)


@pytest.mark.parametrize("cell_m", [3.0, 40_000.0])
def test_small_and_large_cities_are_located_as_well(cell_m: float) -> None:
    from tests.geodata.made_land import made_land

    land: Land = made_land(cell_m=cell_m)
    units = MapUnits.of(land)
    geometry = shape(land, units).geometry
    pack = with_table(odd_pack(), "geometry", **vars(geometry))
    grids = tier_polygons(geometry, land, GRID)
    xy = around(pack, 5000, 6)
    expected = brute_force(grids, xy)
    assert (Locator(pack).locate_units(xy) == expected)[~near_border(grids, xy)].all()
