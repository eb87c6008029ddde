"""From a stream entry to what a person sees, on real parts."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.domain.hierarchy import GRID
from layers import discover, palette
from tests.e2e.conftest import Running
from tests.e2e.screens import PATIENCE_MS, colour_at, level_of, loaded, screen, wait_for_level

pytestmark = pytest.mark.browser

RED = 4


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def report(running: Running, grid: int, case_id: str, level: str = "01") -> None:
    """Append a report as a producer would."""
    region = int(running.pack.regions.tier_start[GRID]) + grid
    lon, lat = running.pack.to_lonlat(running.pack.regions.label_xy[region])
    fields = {
        "id": case_id, "type": "fire", "level": level, "origin": "sensor", "place": "测试地点",
        "occurred_at": datetime.now(UTC).isoformat(), "lon": f"{lon:.6f}", "lat": f"{lat:.6f}",
    }  # fmt: skip
    running.store.xadd(running.keys.raw("reports"), fields)  # type: ignore[arg-type]


def grid_not_red(running: Running, page: Page) -> int:
    first = int(running.pack.regions.tier_start[GRID])
    codes = running.pack.regions.code[first:]
    return next(
        grid
        for grid, code in enumerate(codes)
        if level_of(page, code) not in (0, RED) and page.evaluate("(c) => kite.pixelOf(c) !== null", code)
    )


def test_a_reported_case_of_level_01_turns_its_grid_red_before_ones_eyes(
    running: Running, browser: Browser
) -> None:
    with screen(browser, running) as page:
        for key in page.evaluate("Object.keys(kite.visible)"):
            page.evaluate("(key) => kite.setVisible(key, key === 'grids')", key)
        grid = grid_not_red(running, page)
        code = running.pack.regions.code[int(running.pack.regions.tier_start[GRID]) + grid]
        before = page.evaluate("(c) => kite.pixelOf(c)", code)
        assert colour_at(page, before["x"], before["y"]) != rgb(palette.LEVELS[RED].painted)
        report(running, grid, "e2e-red-1")
        wait_for_level(page, code, RED)
        page.wait_for_function(
            "([c, red]) => red.every((v, i) => Math.abs(v - kite.pixelOf(c).colour[i]) < 3)",
            arg=[code, list(rgb(palette.LEVELS[RED].painted))],
            timeout=PATIENCE_MS,
        )
        seen = colour_at(page, before["x"], before["y"])
        assert max(abs(a - b) for a, b in zip(seen, rgb(palette.LEVELS[RED].painted), strict=True)) < 16


def test_the_page_is_marked_as_simulated_and_its_data_has_an_age(running: Running, browser: Browser) -> None:
    with screen(browser, running) as page:
        expect(page.get_by_text("模拟数据").first).to_be_visible()
        expect(page.get_by_text(re.compile(r"数据 \d+\.\d 秒前"))).to_be_visible(timeout=PATIENCE_MS)


def test_one_gets_from_the_city_to_a_grid_and_back(running: Running, browser: Browser) -> None:
    regions = running.pack.regions
    with screen(browser, running) as page:
        at, path = 0, []
        for _ in range(4):
            children = [r for r in range(len(regions)) if regions.parent[r] == at]
            at = children[-1]
            row = page.locator(f'#children a[href="/region/{regions.code[at]}"]')
            expect(row).to_be_visible(timeout=PATIENCE_MS)
            row.click()
            page.wait_for_url(f"**/region/{regions.code[at]}*", timeout=PATIENCE_MS)
            path.append(at)
        expect(page.locator("#breadcrumb")).to_contain_text("小城市")
        page.go_back()
        page.wait_for_url(f"**/region/{regions.code[path[-2]]}*", timeout=PATIENCE_MS)
        page.locator("#breadcrumb a").first.click()
        page.wait_for_url(f"**/region/{regions.code[0]}*", timeout=PATIENCE_MS)


LEGENDS = """
() => Object.fromEntries([...document.querySelectorAll('.layer-list [data-legend]')].map((list) => [
  list.dataset.legend,
  [...list.children].map((line) => [
    line.textContent, line.querySelector('.sign').style.getPropertyValue('--sign'),
  ]),
]))
"""


def test_the_layers_panel_shows_each_layers_legend(running: Running, browser: Browser) -> None:
    """Every class with its sign, numeral and name, in the colour that the map paints it with."""
    with screen(browser, running) as page:
        shown = page.evaluate(LEGENDS)
    layers = {layer.key: layer.legend for layer in discover() if len(layer.legend) > 1}
    assert sorted(shown) == sorted(layers)
    for key, legend in layers.items():
        assert [colour for _, colour in shown[key]] == [item.painted or item.colour for item in legend]
    assert [text for text, _ in shown["grids"]][:4] == ["1 蓝", "2 黄", "3 橙", "4 红"]
    assert all(len(text) > 1 for lines in shown.values() for text, _ in lines)


def test_a_layer_switched_off_stays_off_after_a_reload(running: Running, browser: Browser) -> None:
    with screen(browser, running) as page:
        page.get_by_role("button", name="图层").click()
        panel = page.locator(".layers-panel")
        expect(panel).to_be_visible()
        page.wait_for_function(  # it fades in
            "document.querySelector('.layers-panel').getAnimations().length === 0"
            " && getComputedStyle(document.querySelector('.layers-panel')).opacity === '1'",
            timeout=PATIENCE_MS,
        )
        box = panel.bounding_box()
        assert box
        ground = page.evaluate("getComputedStyle(document.querySelector('.layers-panel')).backgroundColor")
        wanted = [int(part) for part in re.findall(r"\d+", ground)[:3]]
        for share in (0.1, 0.3, 0.5, 0.7, 0.9):  # beside the switches nothing is written; the map lies below
            seen = colour_at(page, box["x"] + 5, box["y"] + share * box["height"])
            assert max(abs(a - b) for a, b in zip(seen, wanted, strict=True)) < 8
        page.locator("#layer-switch-heat").click(force=True)
        page.wait_for_function("kite.visible.heat === false", timeout=PATIENCE_MS)
        page.reload()
        loaded(page)
        assert page.evaluate("kite.visible.heat") is False
        assert page.evaluate("kite.visible.grids") is True


def test_all_cameras_and_grids_of_the_pack_are_in_the_page(running: Running, browser: Browser) -> None:
    with screen(browser, running) as page:
        assert page.evaluate("kite.store.sizes.cameras") == len(running.pack.cameras.grid)
        assert page.evaluate("kite.store.sizes.grids") == running.pack.grid_count
        total = page.evaluate("(c) => kite.summary(c).cameras.total", running.pack.regions.code[0])
        assert total == len(running.pack.cameras.grid)
