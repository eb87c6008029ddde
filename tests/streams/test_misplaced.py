"""Points that lie wrong in a way that is known are told so; of the others the point decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pytest

from dashboard.domain.events import Report
from dashboard.domain.refused import Refused
from dashboard.streams.city import CityModel
from dashboard.streams.merge import Entry
from dashboard.streams.outcome import Outcome
from dashboard.streams.parsing import Item, parse_cases
from tests.streams.small_city import SIDE, SOUTH, START_MS, WEST, grid_code, make_city, report

CITY = make_city()


def near(lon: float, lat: float, city: CityModel, **more: str) -> Item:
    fields = {**report("c", START_MS), "lon": repr(lon), "lat": repr(lat), **more}
    entry = Entry(1, START_MS, 0, 0, "reports", START_MS, {k.encode(): v.encode() for k, v in fields.items()})
    return parse_cases([entry], city, Outcome())[0]


def test_swapped_coordinates_of_a_city_where_both_could_be_either() -> None:
    def locate(lon: Any, lat: Any) -> Any:
        return np.where((abs(lon - 10.5) < 1) & (abs(lat - 50) < 1), 7, -1)

    city = replace(CITY, locate=locate)
    assert near(10.5, 50.0, city).grid == 7
    refused = near(50.0, 10.5, city).event
    assert isinstance(refused, Refused)
    assert refused.reason_code == "outside"
    assert "swapped" in refused.sentence


@pytest.mark.parametrize("named", [0, 30, 59])
def test_a_point_in_another_grid_than_named_decides_where_gcj02_does_not_explain_it(named: int) -> None:
    item = near(WEST + 5.5 * SIDE, SOUTH + 3.5 * SIDE, CITY, grid=grid_code(CITY, named))
    assert isinstance(item.event, Report)
    assert item.grid == 3 * 8 + 5


def test_a_point_far_outside_is_just_outside() -> None:
    item = near(10.0, 50.0, CITY)
    assert isinstance(item.event, Report)  # the projection says so, as of a grid that there is not
    assert item.grid == -1


def test_the_letter_of_a_refused_point_can_be_written() -> None:
    item = near(WEST + 8 * SIDE + 0.004, SOUTH + 3.5 * SIDE, CITY)
    assert isinstance(item.event, Refused)
    assert orjson.loads(item.letter(item.event).to_entry()["values"])["id"] == "c"
