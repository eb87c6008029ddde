"""What several benchmarks do with a page: wait until all is loaded, open a peer's, count its work."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, CDPSession, Page

from tests.benchmarks.probes import opened
from tests.benchmarks.processes import child, wait_for
from tests.parts import free_port

PATIENCE_MS = 90_000


def wait_until_loaded(page: Page) -> None:
    """Block until Kite's map was painted and its cameras, units and places are there and painted too."""
    page.wait_for_function(
        "window.kite?.marks?.firstMap > 0 && performance.getEntriesByName('kite:all-loaded').length > 0",
        timeout=PATIENCE_MS,
    )
    wait_until_at_rest(page)


def wait_until_at_rest(page: Page) -> None:
    """Block until no layer of Kite's map shows an older view than the map's."""
    page.wait_for_function(
        """() => {
          const { kit, layers } = kite.view, { id } = kit.stage.view;
          return kit.scene.view?.id === id
            && [...layers.values()].every((layer) => !layer.view || layer.view.id === id);
        }""",
        timeout=PATIENCE_MS,
    )


@contextmanager
def peer_page(browser: Browser, module: str, *arguments: str) -> Iterator[Page]:
    """A peer's page from a server of its own (its last argument is its port), at once on its way."""
    port = free_port()
    with child(f"tests.benchmarks.peers.{module}", *arguments, str(port)):
        url = f"http://127.0.0.1:{port}/"
        wait_for(url)
        with opened(browser, url) as page:
            yield page


class MainThread:
    """Time that the page's main thread was at work, from the browser's own counters."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("Performance.enable")

    def busy_ms(self) -> float:
        """Milliseconds of tasks since the page began: scripts, styles, layout and painting."""
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))


def picture(page: Page) -> NDArray[np.int16]:
    """What is to be seen: (height, width, 3), as a person would see it."""
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), dtype=np.int16)


def share_changed(before: NDArray[np.int16], after: NDArray[np.int16], box: dict[str, float]) -> float:
    """Share of the pixels of a box {x, y, width, height} that have clearly changed, 0 … 1."""
    rows = slice(int(box["y"]), int(box["y"] + box["height"]))
    columns = slice(int(box["x"]), int(box["x"] + box["width"]))
    return float((np.abs(after - before)[rows, columns].sum(axis=2) > 24).mean())
