"""What tests do with a page that shows the map."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.assets.server import CityServer

LOADED = "performance.getEntriesByName('kite:all-loaded').length > 0"


def watched(page: Page) -> list[str]:
    """A list that fills with what the page throws and what it prints as an error."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(f"{error}\n{error.stack}"))
    page.on("console", lambda message: errors.append(message.text) if _is_error(message) else None)
    return errors


def _is_error(message: Any) -> bool:
    # What the network does is the subject of some tests; Chromium prints it by itself.
    return message.type == "error" and "ERR_" not in message.text and "Failed to load" not in message.text


def open_page(page: Page, server: CityServer) -> Page:
    """Open the city's page and wait until all of it is loaded; names and glow may still be to come."""
    page.goto(server.url)
    page.wait_for_function(f"window.kite?.marks.firstMap && {LOADED}")
    return page


def at_rest(page: Page) -> None:
    """Wait until no layer has anything left to paint, and what was painted is on the screen."""
    page.wait_for_function("!kite.store.changes.any && kite.view?.kit && !kite.view.kit.scene.damaged")
    page.wait_for_function("!kite.scheduler.painters.some((painter) => painter.dirty)")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def applied(page: Page, position: str) -> None:
    """Wait until the page has applied a position and painted it."""
    page.wait_for_function("(wanted) => kite.store.position === wanted", arg=position)
    at_rest(page)


def move_to(page: Page, zoom: float, grid: int | None = None) -> None:
    """Show the map at a zoom, around a grid or where it is, and wait for every layer."""
    before = page.evaluate("kite.view.kit.stage.view.id")
    page.evaluate(
        """([zoom, grid]) => {
          const { map, kit } = kite.view, xy = kite.store.columns.regions_static.label_xy;
          const r = grid === null ? -1 : kite.config.tier_start[4] + grid;
          const middle = r < 0 ? map.getCenter() : kit.stage.toLatLng(xy[2 * r], xy[2 * r + 1]);
          map.setView(middle, zoom, { animate: false });
        }""",
        [zoom, grid],
    )
    page.wait_for_function(
        """(before) => {
          const { kit, layers } = kite.view, { id } = kit.stage.view;
          const here = (layer) => layer.view === null || layer.view.id === id;
          return id > before && kit.scene.view.id === id && [...layers.values()].every(here);
        }""",
        arg=before,
    )
    at_rest(page)


def only(page: Page, *keys: str) -> None:
    """Show these layers and no others."""
    page.evaluate(
        "(keys) => { for (const key in kite.visible) kite.setVisible(key, keys.includes(key)); }", list(keys)
    )
    at_rest(page)
