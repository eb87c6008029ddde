"""The city's systems over the API of a running Weifang: its published totals, and parts that sum to them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.domain.systems import SYSTEMS
from geodata import Pack, load_pack
from tests.e2e.conftest import app
from tests.parts import Kite, running_kite

pytestmark = pytest.mark.valkey

SETTINGS = {"city": "weifang", "rate": 20, "cases_per_day": 300, "history_days": 3}


@pytest.fixture(scope="module")
def weifang(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Kite, Pack]]:
    """Weifang with its simulator, built and served in a folder of its own."""
    folder = tmp_path_factory.mktemp("weifang")
    run = app("geodata", "build", "weifang", KITE_DATA_DIR=str(folder))
    assert run.returncode == 0, run.stderr
    with running_kite(folder, **SETTINGS) as kite:
        yield kite, load_pack(folder / "packs" / "weifang")


def ask(kite: Kite, key: str, query: str = "", token: str = "") -> tuple[int, Any]:
    """(status, what was answered) of one system."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"{kite.url}/api/v1/systems/{key}{query}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as problem:
        return problem.code, json.load(problem)


def panels(kite: Kite, query: str = "") -> dict[str, Any]:
    found = {key: ask(kite, key, query) for key in SYSTEMS}
    assert {status for status, _ in found.values()} == {200}
    return {key: answer for key, (_, answer) in found.items()}


def test_the_city_has_its_published_totals(weifang: tuple[Kite, Pack]) -> None:
    kite, pack = weifang
    city = panels(kite)
    assert city["property"]["companies"] == 125 == len(pack.companies.grid)
    assert city["property"]["helpers"] == 11_000
    assert city["property"]["share"] == pytest.approx(0.98, abs=0.001)
    assert [row["installed"] for row in city["devices"]["kinds"]] == [142, 40, 362]
    assert city["cameras"]["installed"] == 310_000 == len(pack.cameras.grid)
    assert city["cameras"]["networked"] == 250_000 == int(pack.cameras.networked.sum())
    assert (city["cameras"]["villages"], city["cameras"]["villages_under"]) == (6_941, 0)
    rings = {row["slug"]: row["checkpoints"] for row in city["rings"]["rings"]}
    assert rings == {"city": 83, "county": 233, "police": 1_069}
    assert [rings[name] for name in rings] == np.bincount(pack.checkpoints.ring)[1:].tolist()
    assert city["population"]["people"] == 4_210_000
    assert city["population"]["dwellings"] == 2_130_000 == city["branches"]["households"]
    assert city["branches"]["grids"] == 12_044
    assert city["branches"]["workers"] == 21_118
    assert city["centres"]["staff"] == 1_263
    assert [row["centres"] for row in city["centres"]["tiers"]] == [1, 12, 118, 6_941]
    assert {key for key, found in city.items() if found["made_up"]} == {
        key for key, system in SYSTEMS.items() if system.rests_on
    }


def test_the_counties_sum_to_the_city(weifang: tuple[Kite, Pack]) -> None:
    kite, pack = weifang
    codes = pack.regions.code[1:13]
    found = {
        key: [ask(kite, key, f"?region={code}")[1] for code in codes]
        for key in ("property", "population", "branches")
    }
    for key, names in {
        "property": ("companies", "helpers", "estates", "served"),
        "population": ("people", "dwellings"),
        "branches": ("grids", "branches", "groups", "workers"),
    }.items():
        city = ask(kite, key)[1]
        for name in names:
            assert sum(row[name] for row in found[key]) == city[name]


def test_what_is_dark_is_named_and_has_its_time(weifang: tuple[Kite, Pack]) -> None:
    """Cameras of a simulated city are down here and there; each gap has a place of this city."""
    kite, pack = weifang
    _, found = ask(kite, "rings")
    for row in found["rings"]:
        dark_m = sum(gap["length_m"] for gap in row["gaps"])
        assert dark_m == pytest.approx(row["length_m"] - row["watched_m"], rel=1e-6, abs=1)
        for gap in row["gaps"]:
            assert {gap["grid"], gap["town"], gap["county"]} <= set(pack.regions.code)
            assert gap["name"]
    _, cameras = ask(kite, "cameras")
    assert cameras["outages"]
    assert [row["since_ms"] for row in cameras["outages"]] == sorted(
        row["since_ms"] for row in cameras["outages"]
    )


def test_who_is_bound_to_a_county_sees_that_county_alone(weifang: tuple[Kite, Pack]) -> None:
    kite, pack = weifang
    inside, outside = pack.regions.code[1], pack.regions.code[2]
    environment = {
        "KITE_CITY": "weifang", "KITE_DATA_DIR": str(Path(kite.log).parent), "REDIS_URL": kite.redis_url,
    }  # fmt: skip
    run = app("token", "add", "县领导", "--role", "leader", "--region", inside, **environment)
    assert run.returncode == 0, run.stderr
    token = run.stdout.strip()
    for key in SYSTEMS:
        assert ask(kite, key, f"?region={inside}", token)[0] == 200
        assert ask(kite, key, f"?region={outside}", token)[0] == 403
        assert ask(kite, key, "", token)[0] == 403


def test_an_unknown_system_or_region_gets_a_sentence(weifang: tuple[Kite, Pack]) -> None:
    kite, _ = weifang
    for key, query, says in (("kites", "", "must be one of"), ("cameras", "?region=1", "no region")):
        status, answer = ask(kite, key, query)
        assert status == 400
        assert says in answer["sentence"]


@pytest.fixture
def tab(weifang: tuple[Kite, Pack], browser: Browser) -> Iterator[Page]:
    """The city's page with the tab of the systems open; whatever the browser complains of fails the test."""
    kite, pack = weifang
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{kite.url}/region/{pack.regions.code[0]}?lang=zh")
    page.get_by_role("tab", name="体系").click()
    expect(page.locator(".system")).to_have_count(len(SYSTEMS), timeout=60_000)
    yield page
    context.close()
    assert not complaints


@pytest.mark.browser
def test_the_tab_has_a_block_for_each_and_what_the_api_says(weifang: tuple[Kite, Pack], tab: Page) -> None:
    names = tab.locator(".system h3").all_inner_texts()
    assert names == [system.zh for system in SYSTEMS.values()]
    companies = tab.locator(".system-property .system-line").first
    expect(companies).to_contain_text("125")
    expect(tab.locator(".system-cameras")).to_contain_text("310,000")
    assert tab.locator(".system-cameras .tag").inner_text() == "合成"


@pytest.mark.browser
def test_a_systems_layer_is_switched_on_from_its_block(tab: Page) -> None:
    """The switch of the layers' panel and the map say the same."""
    tab.wait_for_function("window.kite?.marks?.firstMap > 0", timeout=60_000)
    tab.evaluate("window.dash_clientside.set_props('layer-switch-stations', {checked: false})")
    tab.wait_for_function("kite.visible.stations === false")
    tab.locator(".system-stations .on-map").click()
    tab.wait_for_function("kite.visible.stations === true")
    assert tab.locator("#layer-switch-stations").is_checked()


@pytest.mark.browser
def test_a_gap_leads_to_its_grid(weifang: tuple[Kite, Pack], tab: Page) -> None:
    link = tab.locator(".system-rings a.name").first
    code = (link.get_attribute("href") or "").removeprefix("/region/")
    assert code in weifang[1].regions.code
    link.click()
    tab.wait_for_url(f"**/region/{code}*")
    expect(tab.locator(".system")).to_have_count(len(SYSTEMS), timeout=60_000)
