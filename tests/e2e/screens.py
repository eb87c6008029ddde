"""A screen of a running Kite, as the browser tests drive it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Running

PATIENCE_MS = 60_000


@contextmanager
def screen(browser: Browser, running: Running, path: str = "/", lang: str = "zh") -> Iterator[Page]:
    """A page with everything loaded; on leaving, whatever the browser complained of fails the test."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    complaints: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        page.goto(f"{running.kite.url}{path}?lang={lang}")
        loaded(page)
        yield page
    finally:
        context.close()
    assert not complaints


def loaded(page: Page) -> None:
    """Wait until the map was painted and the cameras are there."""
    page.wait_for_function(
        "window.kite?.marks?.firstMap > 0 && performance.getEntriesByName('kite:all-loaded').length > 0",
        timeout=PATIENCE_MS,
    )


def level_of(page: Page, code: str) -> int:
    """The level of a region in the page's arrays."""
    level: int = page.evaluate(
        "(code) => kite.store.columns.regions.level[kite.store.hierarchy.number(code)] & 15", code
    )
    return level


def wait_for_level(page: Page, code: str, level: int) -> None:
    """Wait until a region has this level in the page's arrays."""
    page.wait_for_function(
        """([code, level]) => {
          const { columns, hierarchy } = kite.store;
          return (columns.regions.level[hierarchy.number(code)] & 15) === level;
        }""",
        arg=[code, level],
        timeout=PATIENCE_MS,
    )


def colour_at(page: Page, x: float, y: float) -> tuple[int, ...]:
    """The colour that a person sees there."""
    shot = page.screenshot(clip={"x": x - 1, "y": y - 1, "width": 3, "height": 3})
    pixel = Image.open(io.BytesIO(shot)).convert("RGB").getpixel((1, 1))
    assert isinstance(pixel, tuple)
    return pixel
