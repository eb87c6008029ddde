"""A scripted walk through all that Kite's region page shows, and the long tasks that the browser reports.

The steps use the page as a person does: rows, switches, tabs, mouse and wheel. A long task is one of more
than 50 ms on the page's main thread (the browser's own `longtask` observer), after the first painted map of
its document: what changing the language loads anew has a first painted map of its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.benchmarks.pages import PATIENCE_MS, wait_until_at_rest, wait_until_loaded
from tests.benchmarks.probes import SCREEN

SETTLE_MS = 900
"""What a step sets off is over by then; the next step begins from rest."""

LONG_TASK_HOOK = """
window.longTasks = [];
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) window.longTasks.push([startTime, duration]);
}).observe({ type: 'longtask', buffered: true });
"""
TABS = {
    "compare": (1, "#compare-body table"),
    "trend": (2, "#trend-graph svg"),
    "cases": (3, "#cases-table a.case"),
    "hours": (4, "#hours-body svg"),
    "systems": (5, "#systems-body section"),
    "published": (6, "#published-body > *"),
    "facts": (7, "#facts .fact"),
    "parts": (0, "#children a.child"),
}
"""The tabs: which one it is, and what must be seen once it is open."""
TAKE = """
() => {
  const first = window.kite?.marks?.firstMap || Infinity;
  return window.longTasks.splice(0).filter(([at]) => at > first).map(([, ms]) => ms);
}
"""


@dataclass(frozen=True)
class Step:
    """One step of the walk, and the long tasks in it, ms."""

    name: str
    long_ms: tuple[float, ...]


def install(page: Page) -> None:
    """Watch for long tasks in every document that the page opens from now on."""
    page.add_init_script(LONG_TASK_HOOK)


def walk(page: Page) -> list[Step]:
    """Take all steps on a page that is on its way to the city; `install` came before."""
    taken = []
    for name, step in [("first load, after the first map", wait_until_loaded), *steps(page)]:
        step(page)
        page.wait_for_timeout(SETTLE_MS)
        taken.append(Step(name, tuple(page.evaluate(TAKE))))
    return taken


def steps(page: Page) -> list[tuple[str, Callable[[Page], None]]]:
    """The steps by name, each from where the one before ended."""
    return [
        ("hover over the city", hover),
        *((f"down to {tier}", _down) for tier in ("county", "town", "village", "grid")),
        *((f"back up to {tier}", _back) for tier in ("village", "town", "county", "city")),
        ("pan", drag),
        ("zoom in", lambda page: wheel(page, -1)),
        ("zoom out", lambda page: wheel(page, +1)),
        *((f"tab {name}", lambda page, at=at: _tab(page, *at)) for name, at in TABS.items()),
        ("parts as a table", lambda page: _view(page, 1, "#children-table .part")),
        ("parts as small trends", lambda page: _view(page, 2, "#children-small .small-trend")),
        ("parts as a list", lambda page: _view(page, 0, "#children a.child")),
        ("explain the score", _explain),
        ("close the explanation", lambda page: page.keyboard.press("Escape")),
        ("open the layers panel", lambda page: page.click(".layers-button")),
        *_layer_steps(),
        ("close the layers panel", lambda page: page.click(".layers-button")),
        ("smaller window", lambda page: _resize(page, 1366, 768)),
        ("larger window", lambda page: _resize(page, SCREEN["width"], SCREEN["height"])),
        ("reset: snapshot anew", _reset),
        ("to English", lambda page: _language(page, "en")),
        ("to Chinese", lambda page: _language(page, "zh")),
    ]


def _layer_steps() -> list[tuple[str, Callable[[Page], None]]]:
    from layers import discover

    keys = [layer.key for layer in discover()]
    return [
        (f"layer {key} {way}", lambda page, key=key: _switch(page, key))  # type: ignore[misc]
        for key in keys
        for way in ("switched", "switched back")
    ]


def map_middle(page: Page) -> tuple[float, float]:
    """Page x, y of the middle of the map."""
    box = page.locator(".leaflet-container").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def hover(page: Page) -> None:
    """The pointer wanders over the map."""
    x, y = map_middle(page)
    chance = random.Random(1)
    for _ in range(12):
        page.mouse.move(x + chance.uniform(-300, 300), y + chance.uniform(-300, 300), steps=6)


def drag(page: Page) -> None:
    """Three long drags that end not far from where they began, over the city still."""
    x, y = map_middle(page)
    for dx, dy in ((-320, 120), (260, 220), (120, -260)):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + dx, y + dy, steps=40)
        page.mouse.up()
        page.wait_for_timeout(350)


def wheel(page: Page, way: int) -> None:
    """Four turns of the wheel in the middle of the map, about a zoom level each; `way` −1 is nearer."""
    page.mouse.move(*map_middle(page))
    for _ in range(4):
        page.mouse.wheel(0, way * 80)
        page.wait_for_timeout(450)


def _down(page: Page) -> None:
    before = page.url
    page.locator("#children a.child").first.click()
    page.wait_for_url(lambda url: url != before, timeout=PATIENCE_MS)
    page.wait_for_timeout(900)  # the flight
    wait_until_at_rest(page)


def _back(page: Page) -> None:
    page.go_back()
    page.wait_for_timeout(900)
    wait_until_at_rest(page)


def _tab(page: Page, number: int, shown: str) -> None:
    page.locator(".tabs [role=tab]").nth(number).click()
    page.wait_for_selector(shown, timeout=PATIENCE_MS)
    page.wait_for_timeout(700)


def _view(page: Page, number: int, shown: str) -> None:
    """One of the ways to look at the region's parts."""
    page.locator("#children-view label").nth(number).click()
    page.wait_for_selector(shown, timeout=PATIENCE_MS)
    page.wait_for_timeout(700)


def _explain(page: Page) -> None:
    page.locator(".figure-button").click()
    page.wait_for_selector("#explain-body .parts-table", timeout=PATIENCE_MS)
    page.wait_for_timeout(700)


def _switch(page: Page, key: str) -> None:
    page.evaluate("(id) => document.getElementById(id).click()", f"layer-switch-{key}")


def _resize(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(300)
    wait_until_at_rest(page)


def _reset(page: Page) -> None:
    """As when the server no longer holds what follows the page's position."""
    page.evaluate("window.kite.live._source.dispatchEvent(new MessageEvent('reset'))")
    page.wait_for_timeout(300)
    page.wait_for_function("window.kite.live.connected", timeout=PATIENCE_MS)


def _language(page: Page, language: str) -> None:
    with page.expect_navigation():
        page.locator(f"#language input[value={language}]").evaluate("(input) => input.click()")
    wait_until_loaded(page)
    assert page.evaluate("kite.lang") == language
