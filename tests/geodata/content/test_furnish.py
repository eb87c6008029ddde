from __future__ import annotations

from dataclasses import fields

import numpy as np
import shapely
from scipy.stats import spearmanr

from geodata.content import Content, furnish
from geodata.tables import GRID, TABLES, VILLAGE
from tests.geodata.content.conftest import City


def columns(content: Content) -> dict[str, object]:
    """Every array and list of texts, by table and column."""
    flat: dict[str, object] = {"population": content.population, "dwellings": content.dwellings}
    for table in TABLES.keys() & {row.name for row in fields(Content)}:
        part = getattr(content, table)
        flat |= {f"{table}.{row.name}": getattr(part, row.name) for row in fields(part)}
    return flat


def test_same_land_same_content(city: City) -> None:
    again = columns(furnish(city.land, city.totals, city.to_map_units))
    for name, column in columns(city.content).items():
        if isinstance(column, tuple):
            assert column == again[name]
        else:
            assert isinstance(column, np.ndarray)
            assert column.tobytes() == again[name].tobytes(), name
            assert column.dtype == again[name].dtype


def test_columns_have_the_types_of_the_tables(city: City) -> None:
    types = {
        name: str(column.dtype) for name, column in columns(city.content).items() if name != "units.call_sign"
    }
    assert {name for name, kind in types.items() if kind == "int32"} == {
        "cameras.xy", "checkpoints.xy", "checkpoints.stretch_xy", "units.xy", "centres.xy", "stations.xy",
        "stations.station_of_grid", "companies.xy",
    }  # fmt: skip
    assert {name for name, kind in types.items() if kind == "uint8"} == {
        "cameras.kind", "cameras.networked", "cameras.ring", "checkpoints.ring", "units.kind",
        "branches.kind",
    }  # fmt: skip
    assert {name for name, kind in types.items() if kind == "float32"} == {
        "checkpoints.length_m", "stations.area_m2",
    }  # fmt: skip
    assert not set(types.values()) & {"int64", "float64", "object"}


def test_people_and_dwellings_are_exact(city: City) -> None:
    assert int(city.content.population.sum()) == city.totals.people
    assert int(city.content.dwellings.sum()) == city.totals.dwellings


def test_town_grids_hold_more_people(city: City) -> None:
    assert spearmanr(city.land.urban, city.content.population).statistic > 0.6


def test_no_grid_is_lived_in_more_densely_than_a_city_can_be(city: City) -> None:
    per_km2 = city.content.population / shapely.area(city.land.grids) * 1e6
    assert per_km2.max() < 60_000
    assert spearmanr(city.land.urban, per_km2).statistic > 0.5


def test_dwellings_follow_people(city: City) -> None:
    assert spearmanr(city.content.population, city.content.dwellings).statistic > 0.9


def test_everything_with_a_grid_is_inside_it_in_map_units_and_in_metres(city: City) -> None:
    content = city.content
    stations = content.stations
    host = np.array([
        int(np.flatnonzero(stations.station_of_grid == number)[
            np.argmax(content.population[stations.station_of_grid == number])
        ])
        for number in range(len(stations.xy))
    ], dtype=np.int64)  # fmt: skip
    things = {
        "cameras": (content.cameras.grid, content.cameras.xy),
        "units": (content.units.home_grid, content.units.xy),
        "companies": (content.companies.grid, content.companies.xy),
        "stations": (host, stations.xy),
    }
    grids = city.land.grids.copy()
    shapely.prepare(grids)
    for name, (grid, xy) in things.items():
        assert shapely.contains_xy(city.outlines[grid], *xy.T.astype(float)).all(), name
        metres = city.to_map_units.back(xy)
        assert shapely.contains_xy(grids[grid], *metres.T).all(), name


def test_each_region_above_the_grids_has_its_centre_inside_it(city: City) -> None:
    centres, land = city.content.centres, city.land
    assert centres.region.tolist() == list(range(int(land.tier_start[GRID])))
    metres = city.to_map_units.back(centres.xy)
    for region, point in zip(centres.region.tolist(), shapely.points(metres), strict=True):
        assert land.polygon_of(region).contains(point)


def test_posts_are_exact_and_three_at_least_above_the_villages(city: City) -> None:
    land, staff = city.land, city.content.centres.staff
    above = int(land.tier_start[VILLAGE])
    assert int(staff.sum()) == city.totals.centre_staff
    assert staff[:above].min() >= 3
    assert not staff[above:].any()
