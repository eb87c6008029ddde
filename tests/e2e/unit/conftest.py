"""A Kite without a simulator, and the phone of one of its units."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Running, run_city
from tests.e2e.unit.phones import (
    Phone,
    fresh_units,
    phone_of,
)


@pytest.fixture(scope="package")
def quiet(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite without a simulator."""
    with run_city(built, tmp_path_factory.mktemp("unit"), rate=0) as city:
        yield city


@pytest.fixture
def phone(browser: Browser, quiet: Running) -> Iterator[Phone]:
    """The phone of a unit that no other test has."""
    with phone_of(browser, quiet, quiet.pack.units.call_sign[next(fresh_units)]) as made:
        yield made
