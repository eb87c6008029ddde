"""The province's page in a real browser: its sums are those of what was written to each city."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.domain.hierarchy import GRID
from dashboard.streams.client import connect
from dashboard.streams.keys import Keys
from dashboard.streams.writer import Writer
from geodata import Pack, load_pack
from geodata.pack import save_pack
from tests.benchmarks.provinces import relabelled
from tests.e2e.conftest import CITY, Running, run_city
from tests.parts import ROOT

pytestmark = pytest.mark.browser

OTHER, OTHER_CODE = "othertown", "990200"
STALE_S = 4
PATIENCE_MS = 30_000
WRITTEN = {CITY: {"theft": 7, "fire": 2, "0201": 3}, OTHER: {"theft": 5, "fire": 1, "0201": 11}}
ONLINE = {CITY: 20, OTHER: 9}


@dataclass
class Province:
    """Two cities on one store, the first with pages."""

    running: Running
    packs: dict[str, Pack]

    def write(self, name: str) -> None:
        """Reports, cameras and a unit of one city, now; writing them again makes no other cases."""
        pack = self.packs[name]
        keys = Keys(pack.regions.code[0])
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        grids = pack.regions.code[int(pack.regions.tier_start[GRID]) :]
        networked = pack.cameras.networked.nonzero()[0].tolist()
        with connect(self.running.kite.redis_url, keys=keys) as client:
            writer = Writer(client, keys)
            for case_type, count in WRITTEN[name].items():
                for number in range(count):
                    report = {"id": f"{case_type}-{number}", "type": case_type, "level": "04",
                              "origin": "hotline", "occurred_at": now, "grid": grids[number]}  # fmt: skip
                    writer.append("reports", report)
            for camera in networked[: ONLINE[name]]:
                writer.append("cameras", {"camera": str(camera), "status": "online", "at": now})
            writer.append("units", {"unit": "0", "state": "free", "at": now})


@contextmanager
def projecting(running: Running, name: str) -> Iterator[None]:
    """A projector for a city without pages."""
    environment = {**os.environ, **running.environment(), "KITE_CITY": name}
    process = subprocess.Popen([sys.executable, "app.py", "project"], cwd=ROOT, env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def province(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    """Both cities, quiet."""
    folder = tmp_path_factory.mktemp("province")
    shutil.copytree(built / "packs", folder / "packs")
    mine = load_pack(folder / "packs" / CITY)
    other = relabelled(mine, OTHER_CODE)
    regions = replace(
        other.regions,
        name=("邻城", *other.regions.name[1:]),
        name_en=("Nextown", *other.regions.name_en[1:]),
    )
    other = replace(other, regions=regions)
    save_pack(other, folder / "packs" / OTHER)
    settings = {"rate": 0, "province": f"{CITY},{OTHER}", "stale_after_s": STALE_S}
    with run_city(built, folder, **settings) as running, projecting(running, OTHER):
        yield Province(running, {CITY: mine, OTHER: other})


@pytest.fixture
def page(browser: Browser, province: Province) -> Iterator[Page]:
    """The page of both, in English, after both have told something."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    for name in province.packs:
        province.write(name)
    page.goto(f"{province.running.kite.url}/province/?lang=en")
    yield page
    context.close()
    assert problems == []


def number_in(page: Page, code: str, column: str) -> int:
    """What the table says of a city."""
    text = page.locator(f'[row-id="{code}"] [col-id="{column}"]').first.inner_text()
    return int(re.sub(r"\D", "", text) or -1)


def test_cities_show_what_was_written_to_them_and_the_cards_their_sum(page: Page, province: Province) -> None:
    codes = {name: pack.regions.code[0] for name, pack in province.packs.items()}
    cases = {name: sum(written.values()) for name, written in WRITTEN.items()}
    for name, code in codes.items():
        cell = page.locator(f'[row-id="{code}"] [col-id="open_cases"]').first
        expect(cell).to_have_text(str(cases[name]), timeout=PATIENCE_MS)
        cell = page.locator(f'[row-id="{code}"] [col-id="cameras_online"]').first
        expect(cell).to_have_text(str(ONLINE[name]), timeout=PATIENCE_MS)
        natures = [number_in(page, code, f"nature_{n}") for n in (1, 2, 3, 4, 99)]
        assert sum(natures) == cases[name]
        assert natures[2] == WRITTEN[name]["0201"]
        networked = int(province.packs[name].cameras.networked.sum())
        assert number_in(page, code, "cameras_networked") == networked
        assert number_in(page, code, "grave") == 0
    figure = page.locator(".province .card .value")
    expect(figure.nth(1)).to_have_text(str(sum(cases.values())))
    expect(figure.nth(2)).to_have_text(str(sum(ONLINE.values())))
    expect(figure.nth(0)).to_have_text(re.compile(r"^\d+\.\d "), timeout=PATIENCE_MS)
    expect(page.locator(".province .card").nth(3)).to_contain_text("Cities: 2")


def test_a_city_with_pages_here_is_a_link_and_the_other_is_not(page: Page, province: Province) -> None:
    link = page.get_by_role("link", name="Littletown")
    expect(link).to_have_count(1, timeout=PATIENCE_MS)
    expect(page.locator(f'[row-id="{OTHER_CODE}"]').first).to_contain_text("Nextown")
    expect(page.get_by_role("link", name="Nextown")).to_have_count(0)
    link.click()
    page.wait_for_url(f"**/region/{province.packs[CITY].regions.code[0]}")


def test_a_silent_city_looks_stale_and_recovers(page: Page, province: Province) -> None:
    row = page.locator(f'[row-id="{OTHER_CODE}"]').first
    dead = re.compile(r"(^| )dead( |$)")
    expect(row).to_have_class(dead, timeout=PATIENCE_MS)
    expect(page.locator(".province .card").nth(3)).to_contain_text("silent", timeout=PATIENCE_MS)
    expect(page.locator(".header .age")).to_have_class(dead)
    for name in province.packs:
        province.write(name)
    expect(row).not_to_have_class(dead, timeout=PATIENCE_MS)


def test_the_page_speaks_chinese_and_is_found_without_a_slash(page: Page, province: Province) -> None:
    page.goto(f"{province.running.kite.url}/province?lang=zh")
    expect(page.locator("h1")).to_have_text("各市汇总", timeout=PATIENCE_MS)
    expect(page.locator(f'[row-id="{OTHER_CODE}"]').first).to_contain_text("邻城", timeout=PATIENCE_MS)
    expect(page.locator(".province .card").nth(1)).to_contain_text("民商事", timeout=PATIENCE_MS)
