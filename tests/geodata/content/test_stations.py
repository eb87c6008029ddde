from __future__ import annotations

import numpy as np
import shapely

from geodata.content.borders import borders_of, owners
from geodata.content.stations import URBAN
from geodata.tables import TOWN
from tests.geodata.content.conftest import City


def test_every_urban_grid_is_served_and_no_other(city: City) -> None:
    assert np.array_equal(city.content.stations.station_of_grid >= 0, city.land.urban >= URBAN)


def test_each_serves_a_few_grids_of_one_town(city: City) -> None:
    station = city.content.stations.station_of_grid
    count = np.bincount(station[station >= 0])
    assert len(count) == len(city.content.stations.xy)
    assert count.min() >= 1
    assert count.max() <= 6
    assert np.mean(count >= 3) > 0.9
    town = owners(city.land, TOWN)
    assert all(len(set(town[station == number].tolist())) == 1 for number in range(len(count)))


def test_grids_of_a_station_touch_each_other(city: City) -> None:
    """By shapely: a station's grids dissolve to one piece, up to those that meet at a lone point."""
    station = city.content.stations.station_of_grid
    for number in range(len(city.content.stations.xy)):
        mine = np.flatnonzero(station == number)
        pieces = shapely.get_num_geometries(shapely.coverage_union_all(city.land.grids[mine]))
        parts = shapely.get_num_geometries(city.land.grids[mine]).max()
        assert pieces <= parts


def test_too_small_a_group_has_no_neighbour_with_room(city: City) -> None:
    station = city.content.stations.station_of_grid
    count = np.bincount(station[station >= 0])
    town = owners(city.land, TOWN)
    for one, other in borders_of(city.land).sides.tolist():
        if other >= 0 and station[one] >= 0 and station[other] >= 0 and town[one] == town[other]:
            a, b = station[one], station[other]
            assert a == b or min(count[a], count[b]) >= 3 or max(count[a], count[b]) == 6


def test_floor_area_is_believable(city: City) -> None:
    area = city.content.stations.area_m2
    assert area.min() >= 15
    assert area.max() <= 120
