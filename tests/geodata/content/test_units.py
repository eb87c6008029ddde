from __future__ import annotations

import re

import numpy as np
from scipy.stats import spearmanr

from geodata.content.borders import owners
from geodata.tables import COUNTY, GRID, TOWN, UNIT_KINDS
from tests.geodata.content.conftest import City


def test_counts_are_exact(city: City) -> None:
    counts = np.bincount(city.content.units.kind, minlength=len(UNIT_KINDS)).tolist()
    assert counts == [city.totals.grid_workers, *city.totals.response_units]


def test_sorted_by_home_grid(city: City) -> None:
    assert np.all(np.diff(city.content.units.home_grid.astype(int)) >= 0)


def test_every_grid_has_a_worker_and_more_with_more_people(city: City) -> None:
    units = city.content.units
    workers = np.bincount(units.home_grid[units.kind == 0], minlength=city.land.grid_count)
    assert workers.min() >= 1
    assert spearmanr(city.content.population, workers).statistic > 0.8


def test_call_signs_are_of_a_kind_a_place_and_a_number_and_unique(city: City) -> None:
    signs = city.content.units.call_sign
    assert len(set(signs)) == len(signs)
    form = re.compile(r"网-\d{5}-\d{6}-\d{1,3}|[巡消急调医]-\d{6}-\d{2,3}")
    assert all(form.fullmatch(sign) for sign in signs)


def test_call_sign_names_the_home_grid_or_county(city: City) -> None:
    land, units = city.land, city.content.units
    codes, county = land.code[int(land.tier_start[GRID]) :], owners(land, COUNTY)
    for sign, kind, home in zip(units.call_sign, units.kind.tolist(), units.home_grid.tolist(), strict=True):
        place = "".join(sign.split("-")[1:-1])
        if kind:
            assert place == land.code[1 + county[home]]
        else:
            assert codes[home] == land.code[0][:4] + place


def test_response_units_are_at_home_in_towns_most_urban_grids(city: City) -> None:
    units = city.content.units
    homes = set(units.home_grid[units.kind > 0].tolist())
    for grids in city.slices(TOWN):
        mine = [grid for grid in homes if grids.start <= grid < grids.stop]
        assert all(city.land.urban[grid] == city.land.urban[grids].max() for grid in mine)
