"""Counts per region against NumPy's sums; fails when a change is counted twice, not at all, or elsewhere."""

import numpy as np
import pytest
from playwright.sync_api import Page

from dashboard.streams import frame
from geodata import Pack
from tests.assets.server import CityServer

pytestmark = pytest.mark.browser


def per_region(pack: Pack, grid: np.ndarray, member: np.ndarray) -> list[int]:
    sums = np.concatenate([[0], np.cumsum(np.bincount(grid[member], minlength=pack.grid_count))])
    return (sums[pack.regions.grid_hi] - sums[pack.regions.grid_lo]).tolist()


def test_counts_are_numpys_sums_after_any_changes(page: Page, server: CityServer, city: Pack) -> None:
    rng = np.random.default_rng(11)
    for round_ in range(12):
        parts = []
        for table, column, count in (
            ("cameras", "status", len(city.cameras.grid)),
            ("units", "state", len(city.units.xy)),
        ):
            if round_ % 4 == 3:  # a whole column
                parts.append(frame.section(table, column, rng.integers(0, 5, count)))
            else:  # some elements, one of them twice
                index = rng.integers(0, count, int(rng.integers(1, 200)))
                parts.append(frame.section(table, column, rng.integers(0, 5, len(index)), index))
        position = server.publish(*parts)
        page.wait_for_function("(wanted) => kite.store.position === wanted", arg=position)
        status, state = server.state.column("cameras", "status"), server.state.column("units", "state")
        seen = page.evaluate(
            "[kite.store.camerasOnline, kite.store.unitsOnDuty].map((c) => Array.from(c.counts))"
        )
        assert seen[0] == per_region(city, city.cameras.grid, status == 1)
        assert seen[1] == per_region(city, city.units.home_grid, state != 0)


def test_static_counts_are_numpys_sums(modules: Page, city: Pack) -> None:
    seen = modules.evaluate(
        "['camerasTotal', 'camerasNetworked', 'unitsTotal'].map((name) => [...kite.store[name].counts])"
    )
    everything = np.ones(len(city.cameras.grid), bool)
    assert seen[0] == per_region(city, city.cameras.grid, everything)
    assert seen[1] == per_region(city, city.cameras.grid, city.cameras.networked == 1)
    assert seen[2] == per_region(city, city.units.home_grid, np.ones(len(city.units.xy), bool))


def test_a_camera_is_drawn_where_it_stands(modules: Page, city: Pack) -> None:
    """Positions travel as metres from their grid's corner; fails when one is off by more than half."""
    seen = np.array(modules.evaluate("Array.from(kite.store.cameraXY)")).reshape(-1, 2)
    assert np.abs(seen - city.cameras.xy).max() <= 5
