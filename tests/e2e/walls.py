"""A screen of the wall, as the browser tests open it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from dashboard.live.identity import COOKIE
from tests.e2e.conftest import Running
from tests.e2e.screens import PATIENCE_MS, loaded

LEAST_PX = 20
"""Of text on a screen of 1920 × 1080."""


@contextmanager
def wall(
    browser: Browser, city: Running, query: str = "", size: tuple[int, int] = (1920, 1080), cookie: str = ""
) -> Iterator[Page]:
    """A screen; on leaving, whatever its console complained of fails the test."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    if cookie:
        context.add_cookies([{"name": COOKIE, "value": cookie, "url": city.kite.url}])
    page, errors = context.new_page(), list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    try:
        page.goto(f"{city.kite.url}/wall/?{query}")
        alive(page)
        yield page
    finally:
        context.close()
    # What the network does is the subject of some tests; Chromium prints it by itself.
    assert [error for error in errors if "ERR_" not in error and "Failed to load" not in error] == []


def alive(page: Page) -> None:
    """Wait until the wall goes round and everything is loaded."""
    loaded(page)
    page.wait_for_function("window.kite_wall?.round > 3", timeout=PATIENCE_MS)
