from __future__ import annotations

import numpy as np

from geodata.content.stations import URBAN
from tests.geodata.content.conftest import City


def test_counts_are_exact(city: City) -> None:
    companies, totals = city.content.companies, city.totals
    assert len(companies.grid) == totals.companies
    assert int(companies.helpers.sum()) == totals.company_helpers
    assert companies.helpers.min() >= 1


def test_served_share_of_estates_is_to_the_nearest_whole(city: City) -> None:
    companies = city.content.companies
    estates, served = int(companies.estates.sum()), int(companies.estates_served.sum())
    assert abs(served - city.totals.estates_served_share * estates) <= 0.5
    assert np.all(companies.estates_served <= companies.estates)
    assert companies.estates.min() >= 1


def test_they_work_in_urban_grids_in_order(city: City) -> None:
    grid = city.content.companies.grid.astype(int)
    assert np.all(np.diff(grid) >= 0)
    assert city.land.urban[grid].min() >= URBAN
