"""First load of 310,000 cameras: bytes on the wire and time until they are on the map, beside clusters.

Both pages open in a browser profile of their own, with nothing cached and a warm server. Bytes are what the
browser says came over the wire (`Network.loadingFinished`). Ours are painted in the animation frame after
the paint that shows the cameras' layer; a screenshot with and without the layer must differ where cameras
stand. The peer is ready in the animation frame after its cluster markers are in the page; the numbers on
them must add up to all cameras. Ours shows every camera, the peer some dozens of clusters.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import redis
from playwright.sync_api import Browser, Page

from dashboard.streams.keys import Keys
from geodata import Pack, load_pack
from tests.benchmarks.pages import PATIENCE_MS, picture, wait_until_loaded
from tests.benchmarks.probes import SCREEN
from tests.benchmarks.processes import child, wait_for, wait_until_caught_up
from tests.benchmarks.report import Row, paired
from tests.parts import Kite, chromium, free_port, running_kite

TARGET_MB, TARGET_MS = 1.5, 1000.0
SAMPLES = 400
LEAST_SEEN = 0.7
"""Of the cameras looked for, how many must be seen: names, signs, perimeters and the legend lie over some."""

# Installed before the page's scripts: when the cameras were first on the map, ms from navigation.
WATCH_OURS = """
window.camerasPainted = new Promise((resolve) => {
  const isThere = () => {
    const layer = window.kite?.view?.layers.get('cameras'), scene = window.kite?.view?.kit?.scene;
    return layer?.view && scene?.view && layer.view.id === scene.view.id;
  };
  const done = () => resolve(performance.now());
  const look = () => requestAnimationFrame(isThere() ? done : look);
  look();
});
"""
WATCH_PEER = """
window.camerasPainted = new Promise((resolve) => {
  const done = () => resolve(performance.now());
  const look = () => requestAnimationFrame(document.querySelector('.leaflet-marker-icon') ? done : look);
  look();
});
"""
# Page x, y of cameras that the map shows, evenly from the whole list.
WHERE = """
(most) => {
  const { cameraXY: xy } = kite.store, { stage } = kite.view.kit, found = [];
  const box = kite.view.map.getContainer().getBoundingClientRect();
  const step = Math.floor(xy.length / 2 / most);
  for (let i = 0; i < xy.length / 2; i += step) {
    const { x, y } = stage.toContainer(xy[2 * i], xy[2 * i + 1]);
    if (x > 0 && y > 0 && x < box.width && y < box.height) found.push([box.left + x, box.top + y]);
  }
  return found;
}
"""
# What the peer's markers say: numbers of cameras, thousands as "12k"; a marker without a number is one.
CLUSTERS = """
() => [...document.querySelectorAll('.leaflet-marker-icon')].map((icon) => {
  const text = icon.innerText.trim().toLowerCase();
  return text ? parseFloat(text) * (text.endsWith('k') ? 1000 : 1) : 1;
})
"""


@dataclass
class Figures:
    """What each first load took."""

    cameras_mb: list[float] = field(default_factory=list)
    page_mb: list[float] = field(default_factory=list)
    from_navigation: list[float] = field(default_factory=list)
    from_request: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)


class Wire:
    """Bytes of every answer that a page got, by the end of its path."""

    def __init__(self, page: Page) -> None:
        self.bytes: dict[str, int] = {}
        self._urls: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")

    def _sent(self, event: dict[str, Any]) -> None:
        self._urls[event["requestId"]] = event["request"]["url"]

    def _finished(self, event: dict[str, Any]) -> None:
        url = self._urls.get(event["requestId"], "")
        name = url.split("?")[0].rsplit("/", 1)[-1]
        self.bytes[name] = self.bytes.get(name, 0) + int(event["encodedDataLength"])

    def mb(self, *names: str) -> float:
        """Megabytes (10⁶ bytes) of the answers whose name begins so; every name must be there."""
        found = {name: [size for file, size in self.bytes.items() if file.startswith(name)] for name in names}
        assert all(found.values()), f"{names} in {sorted(self.bytes)}"
        return sum(sum(sizes) for sizes in found.values()) / 1e6

    @property
    def total_mb(self) -> float:
        """Megabytes of all answers so far."""
        return sum(self.bytes.values()) / 1e6


def run(quick: bool) -> list[Row]:
    """All rows; about three minutes, one with `quick`."""
    with (
        tempfile.TemporaryDirectory(prefix="kite-bench-") as folder,
        running_kite(Path(folder), rate=20) as kite,
        chromium() as browser,
    ):
        return _measure(kite, browser, Path(folder) / "packs" / "weifang", 2 if quick else 5)


def _measure(kite: Kite, browser: Browser, pack_path: Path, rounds: int) -> list[Row]:
    pack, ours, peer = load_pack(pack_path), Figures(), Figures()
    wait_until_caught_up(redis.Redis.from_url(kite.redis_url), Keys(pack.regions.code[0]))
    url = f"http://127.0.0.1:{free_port()}/"
    module = "tests.benchmarks.peers.leaflet_cameras"
    with child(module, str(pack_path), kite.redis_url, "cameras", url.split(":")[2].strip("/")):
        wait_for(url)
        for warm in (True, *[False] * rounds):
            _load_ours(browser, kite.url, Figures() if warm else ours)
            _load_peer(browser, url, pack, Figures() if warm else peer)
        zipped_mb = _zipped_mb(browser, f"{url}cameras.pbf")
    return _rows(ours, peer, zipped_mb)


@contextmanager
def _watched(browser: Browser, url: str, script: str) -> Iterator[tuple[Page, Wire]]:
    """A page in a profile of its own on its way to `url`, and its wire."""
    context = browser.new_context(viewport=SCREEN, device_scale_factor=1)
    try:
        context.add_init_script(script)
        page = context.new_page()
        wire = Wire(page)
        page.goto(url, wait_until="commit")
        yield page, wire
    finally:
        context.close()


def _load_ours(browser: Browser, url: str, out: Figures) -> None:
    with _watched(browser, url, WATCH_OURS) as (page, wire):
        painted_ms = page.evaluate("window.camerasPainted")
        wait_until_loaded(page)
        page.wait_for_timeout(1000)
        out.cameras_mb.append(wire.mb("cameras-", "snapshot"))
        out.page_mb.append(wire.total_mb)
        _take_times(page, "/cameras-", painted_ms, out)
        out.shown.append(_share_seen(page))
        assert out.shown[-1] > LEAST_SEEN, f"only {out.shown[-1]:.0%} of the cameras looked for are seen"


def _take_times(page: Page, file: str, painted_ms: float, out: Figures) -> None:
    asked_ms = page.evaluate(
        "(file) => performance.getEntriesByType('resource').find((e) => e.name.includes(file)).startTime",
        file,
    )
    out.from_navigation.append(painted_ms)
    out.from_request.append(painted_ms - asked_ms)


def _share_seen(page: Page) -> float:
    """Share of the cameras looked for that a screenshot shows: it has another colour without their layer."""
    for key in ("heat", "cases", "units"):  # they change by themselves
        page.evaluate("(key) => kite.setVisible(key, false)", key)
    places = np.asarray(page.evaluate(WHERE, SAMPLES)).astype(int)
    page.wait_for_timeout(500)
    with_cameras = picture(page)
    page.evaluate("kite.setVisible('cameras', false)")
    page.wait_for_timeout(500)
    differs = np.abs(picture(page) - with_cameras).sum(axis=2) > 12
    return float(differs[places[:, 1], places[:, 0]].mean())


def _load_peer(browser: Browser, url: str, pack: Pack, out: Figures) -> None:
    with _watched(browser, url, WATCH_PEER) as (page, wire):
        page.wait_for_selector(".leaflet-marker-icon", timeout=PATIENCE_MS)
        painted_ms = page.evaluate("window.camerasPainted")
        page.wait_for_timeout(1000)
        out.cameras_mb.append(wire.mb("cameras.pbf"))
        out.page_mb.append(wire.total_mb)
        _take_times(page, "/cameras.pbf", painted_ms, out)
        counts = page.evaluate(CLUSTERS)
        total = len(pack.cameras.kind)
        assert abs(sum(counts) - total) < 0.05 * total, f"clusters of {sum(counts):,.0f} cameras: {counts}"
        out.shown.append(len(counts))


def _zipped_mb(browser: Browser, url: str) -> float:
    """Megabytes of a file when a server compresses it, which the tutorial doesn't speak of."""
    context = browser.new_context()
    try:
        return len(gzip.compress(context.request.get(url).body(), 9)) / 1e6
    finally:
        context.close()


def _rows(ours: Figures, peer: Figures, zipped_mb: float) -> list[Row]:
    size = (
        f"ours: places and the live snapshot with all states; the peer's would be {zipped_mb:.2f} MB gzipped"
    )
    seen = (
        f"ours shows every camera, {min(ours.shown):.0%} or more of {SAMPLES} found in screenshots; "
        f"the peer {max(peer.shown):.0f} clusters"
    )
    return [
        *paired("cameras on the wire", "MB", ours.cameras_mb, peer.cameras_mb, TARGET_MB, note=size),
        *paired(
            "cameras: from asking for their file to painted", "ms", ours.from_request, peer.from_request,
            TARGET_MS, note=seen,
        ),
        *paired(
            "cameras: from navigation to painted", "ms", ours.from_navigation, peer.from_navigation,
            note="ours with the whole page: panels, grids, live link; the peer has the map alone",
        ),
        *paired("the whole page on the wire", "MB", ours.page_mb, peer.page_mb),
    ]  # fmt: skip
