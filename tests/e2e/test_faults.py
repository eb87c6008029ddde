"""Parts that die: nothing acknowledged is lost, and the screen comes back by itself."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from playwright.sync_api import Browser, Page, expect

from dashboard.domain.hierarchy import GRID
from tests.e2e.conftest import Running, run_city
from tests.e2e.screens import PATIENCE_MS, screen, wait_for_level
from tests.e2e.test_living_map import grid_not_red, report

pytestmark = pytest.mark.browser

WORDS = {
    "projector": "app.py project",
    "web": "app.py web",
    "store": "valkey-server",
    "simulator": "simulate",
}


@pytest.fixture(scope="module")
def fragile(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite of this module's own, as it gets hurt."""
    with run_city(built, tmp_path_factory.mktemp("fragile")) as city:
        yield city


def kill(running: Running, part: str) -> None:
    os.kill(running.process(WORDS[part]), signal.SIGKILL)


def until(holds: Callable[[], object], patience_s: float = 60.0) -> None:
    end_s = time.monotonic() + patience_s
    while True:
        try:
            if holds():
                return
        except redis.ConnectionError:
            pass
        assert time.monotonic() < end_s, "it never came true"
        time.sleep(0.1)


def sees_news(running: Running, page: Page, case_id: str) -> None:
    """A report written now reaches the page."""
    grid = grid_not_red(running, page)
    until(lambda: report(running, grid, case_id) is None)
    wait_for_level(page, running.pack.regions.code[int(running.pack.regions.tier_start[GRID]) + grid], 4)


@pytest.mark.parametrize("part", ["web", "projector", "store"])
def test_a_screen_goes_on_after_a_part_is_killed(fragile: Running, browser: Browser, part: str) -> None:
    with screen(browser, fragile) as page:
        before = set(fragile.store.hkeys(fragile.keys.state("cases")))
        kill(fragile, part)
        until(fragile.store.ping)
        sees_news(fragile, page, f"after-{part}")
        assert before <= set(fragile.store.hkeys(fragile.keys.state("cases")))


@pytest.mark.parametrize("part", ["simulator", "projector"])
def test_what_gets_no_younger_looks_dead_and_recovers_by_itself(
    fragile: Running, browser: Browser, part: str
) -> None:
    with screen(browser, fragile) as page:
        hung = fragile.process(WORDS[part])
        os.kill(hung, signal.SIGSTOP)
        try:
            expect(page.locator("#dead-feed")).to_be_visible(timeout=PATIENCE_MS)
            expect(page.locator("#dead-feed")).not_to_be_empty()
        finally:
            os.kill(hung, signal.SIGCONT)
        expect(page.locator("#dead-feed")).to_be_hidden(timeout=PATIENCE_MS)


def test_a_second_start_takes_up_the_same_state(built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "kite"
    with run_city(built, folder) as first:
        until(lambda: int(first.store.hlen(first.keys.state("cases"))) > 0)
    with run_city(built, folder, rate=0) as second:
        until(lambda: second.store.exists(second.keys.snapshot))
        cases = second.store.hgetall(second.keys.state("cases"))
        generation = second.store.hget(second.keys.snapshot, "generation")
    with run_city(built, folder, rate=0) as third:
        until(lambda: third.store.exists(third.keys.snapshot))
        assert third.store.hgetall(third.keys.state("cases")) == cases
        assert third.store.hget(third.keys.snapshot, "generation") == generation
