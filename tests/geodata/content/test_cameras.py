from __future__ import annotations

import numpy as np
import shapely
from scipy.stats import spearmanr

from geodata.tables import CAMERA_KINDS, VILLAGE
from tests.geodata.content.conftest import City


def of_kind(city: City, kind: str) -> np.ndarray:
    return np.flatnonzero(city.content.cameras.kind == CAMERA_KINDS.index(kind))


def test_counts_are_exact(city: City) -> None:
    cameras, totals = city.content.cameras, city.totals
    assert len(cameras.grid) == totals.cameras
    assert int(cameras.networked.sum()) == totals.networked
    assert [len(of_kind(city, kind)) for kind in CAMERA_KINDS[1:]] == [
        totals.entrance_capture, totals.augmented_reality, totals.high_dome,
    ]  # fmt: skip
    assert np.bincount(cameras.ring, minlength=4)[1:].tolist() == list(totals.checkpoints)


def test_sorted_by_grid(city: City) -> None:
    assert np.all(np.diff(city.content.cameras.grid.astype(int)) >= 0)


def test_every_village_has_its_least(city: City) -> None:
    by_grid = np.bincount(city.content.cameras.grid, minlength=city.land.grid_count)
    assert min(int(by_grid[grids].sum()) for grids in city.slices(VILLAGE)) >= city.totals.cameras_per_village


def test_more_people_more_cameras(city: City) -> None:
    by_grid = np.bincount(city.content.cameras.grid, minlength=city.land.grid_count)
    assert spearmanr(city.content.population, by_grid).statistic > 0.8
    by_village = [int(by_grid[grids].sum()) for grids in city.slices(VILLAGE)]
    people = [int(city.content.population[grids].sum()) for grids in city.slices(VILLAGE)]
    assert spearmanr(people, by_village).statistic > 0.8


def test_special_and_checkpoint_cameras_are_networked(city: City) -> None:
    cameras = city.content.cameras
    assert cameras.networked[(cameras.kind > 0) | (cameras.ring > 0)].all()


def test_entrance_captures_stand_at_city_entrances_and_in_town_seats(city: City) -> None:
    cameras, captures = city.content.cameras, of_kind(city, "entrance_capture")
    at_gates = cameras.ring[captures] == 1
    assert at_gates.sum() == min(city.totals.entrance_capture, city.totals.checkpoints_city)
    assert not cameras.ring[captures[~at_gates]].any()


def test_augmented_reality_looks_on_the_core_and_domes_on_the_country(city: City) -> None:
    cameras, seat = city.content.cameras, city.content.centres.xy[0]
    away = np.linalg.norm(cameras.xy - seat, axis=1)
    core, country = away[of_kind(city, "augmented_reality")], away[of_kind(city, "high_dome")]
    assert core.max() < np.median(country)
    x, y = cameras.xy[of_kind(city, "high_dome")].T
    box = shapely.bounds(shapely.union_all(shapely.box(*shapely.bounds(city.outlines).T)))
    assert np.ptp(x) > 0.6 * (box[2] - box[0])
    assert np.ptp(y) > 0.6 * (box[3] - box[1])
