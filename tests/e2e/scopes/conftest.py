"""A Kite with open cases in two counties, and the token of one county's officer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.streams.writer import Writer
from tests.e2e.conftest import Running, run_city
from tests.e2e.scopes.two_counties import (
    BORDER,
    CASES,
    OWN,
    PLACES,
    report,
)
from tests.e2e.test_api import token


@pytest.fixture(scope="package")
def quiet(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite without a simulator, with two open cases in each county and all units free."""
    with run_city(built, tmp_path_factory.mktemp("scopes"), rate=0) as city:
        now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
        units = [
            {"unit": str(number), "state": "free", "at": now} for number in range(len(city.pack.units.kind))
        ]
        Writer(city.store, city.keys).append_many("units", units)
        for county, (inner, border) in CASES.items():
            report(city, inner, county, PLACES)
            report(city, border, county, BORDER)
        yield city


@pytest.fixture(scope="package")
def officer(quiet: Running) -> str:
    """The token of an officer of the county `OWN`."""
    return token(quiet, "东城值班", region=OWN)
