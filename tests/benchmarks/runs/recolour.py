"""All 12,044 grids get a new level: from the new levels to the painted frame, beside `hideout`.

Ours: a frame as the event stream brings it (base64 text, all grids' levels) is handed to the page's own
store. The peer: `dash_clientside.set_props` gives plain dash-leaflet's GeoJSON a new `hideout`, made
beforehand. Either is timed in its page, from just before the hand-over to the animation frame after the
paint in which eight grids, looked at in the canvas, have their new colour; what waiting for the screen's
next refresh adds is in that figure. Beside it, the page's main thread at work meanwhile, from the browser's
counters: scripts, styles, layout and painting, without that waiting. Every round one change is also looked
for in screenshots: most of the map must have another colour.
"""

from __future__ import annotations

import base64
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import redis
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from dashboard.streams import frame
from dashboard.streams.keys import Keys
from geodata import Pack, load_pack
from tests.benchmarks.pages import (
    MainThread,
    peer_page,
    picture,
    share_changed,
    wait_until_loaded,
)
from tests.benchmarks.peers.plain_leaflet import COLOURS
from tests.benchmarks.probes import PEER_FIRST, opened
from tests.benchmarks.processes import wait_until_caught_up
from tests.benchmarks.report import Row, paired
from tests.parts import Kite, chromium, running_kite

LOOKED_AT = 8
LEAST_SHARE = 0.3
"""Of the pixels in the city's box, how many must differ in screenshots: the city fills about half of it."""
TARGET_MS, TIMES_BETTER = 16.0, 100.0
PATIENCE_MS = 30_000

# Both pages: give the change, wait until all grids looked at have their colour, then for the frame after.
RECOLOUR_OURS = """
async ([text, codes, wanted, patience]) => {
  const { decodeBase64, decodeFrame } = await import(`${kite.root}assets/kite/frames.mjs`);
  const { store, scheduler } = window.kite;
  const isIt = (code, i) => {
    const colour = window.kite.pixelOf(code)?.colour;
    return colour && wanted[i].every((v, k) => Math.abs(v - colour[k]) < 12);
  };
  if (codes.some(isIt)) return { error: 'a grid has its new colour already' };
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return new Promise((resolve) => {
    let script = 0;
    const begun = performance.now();
    const end = setTimeout(() => { stop(); resolve({ error: 'not painted' }); }, patience);
    const stop = window.kite.onPainted(() => {
      const ms = performance.now() - begun;
      if (!codes.every(isIt)) return;
      clearTimeout(end);
      stop();
      resolve({ ms, script: script + scheduler.stats.lastPaintMs });
    });
    store.applyFrame(decodeFrame(decodeBase64(text)), store.position);
    script = performance.now() - begun;
  });
}
"""
RECOLOUR_PEER = """
async ([hideout, places, wanted, patience]) => {
  const isIt = ({ x, y }, i) => {
    const colour = window.bench.pixel(x, y);
    return colour && wanted[i].every((v, k) => Math.abs(v - colour[k]) < 12);
  };
  if (places.some(isIt)) return { error: 'a grid has its new colour already' };
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return new Promise((resolve) => {
    const begun = performance.now();
    const look = () => {
      if (performance.now() - begun > patience) resolve({ error: 'not painted' });
      else if (!places.every(isIt)) requestAnimationFrame(look);
      else requestAnimationFrame(() => resolve({ ms: performance.now() - begun }));
    };
    window.dash_clientside.set_props('grids', { hideout });
    requestAnimationFrame(look);
  });
}
"""


@dataclass
class Figures:
    """Medians of each round, in ms."""

    painted: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    script: list[float] = field(default_factory=list)
    changed: list[float] = field(default_factory=list)


class Levels:
    """New levels for all grids, none the one it had, and colours as the pages paint them."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self.first = int(pack.regions.tier_start[4])
        self.grids = len(pack.regions.code) - self.first
        widest = np.argsort(-pack.regions.area_m2[self.first :])
        self.looked_at = widest[:LOOKED_AT]

    def after(self, levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Every level goes one further round: blue → yellow → orange → red → blue."""
        return np.asarray(levels % 4 + 1, dtype=np.uint8)

    def as_text(self, levels: NDArray[np.uint8]) -> str:
        """A frame of the event stream that sets them."""
        index = np.arange(self.first, self.first + self.grids, dtype=np.uint32)
        return base64.b64encode(frame.encode([frame.section("regions", "level", levels, index)])).decode()

    def colours(self, levels: NDArray[np.uint8]) -> list[list[int]]:
        """Red, green, blue of the grids looked at."""
        return [list(bytes.fromhex(COLOURS[level][1:])) for level in levels[self.looked_at]]

    @property
    def codes(self) -> list[str]:
        """Codes of the grids looked at."""
        return [self._pack.regions.code[self.first + grid] for grid in self.looked_at]

    def box(self, page: Page) -> dict[str, float]:
        """Where the city's box lies on the page: x, y, width, height."""
        lon, lat = self._pack.to_lonlat(np.asarray(self._pack.regions.bbox[0]).reshape(2, 2))
        place = "([lat, lon]) => window.bench.place(lat, lon)"
        low, high = (page.evaluate(place, [float(lat[i]), float(lon[i])]) for i in (0, 1))
        return {"x": low["x"], "y": high["y"], "width": high["x"] - low["x"], "height": low["y"] - high["y"]}

    @property
    def places(self) -> list[list[float]]:
        """Latitude and longitude of the grids looked at."""
        points = self._pack.regions.label_xy[self.first + self.looked_at]
        lon, lat = self._pack.to_lonlat(points)
        return np.column_stack([lat, lon]).tolist()


def run(quick: bool) -> list[Row]:
    """All rows; about three minutes, one with `quick`."""
    rounds, times = (2, 3) if quick else (5, 7)
    with (
        tempfile.TemporaryDirectory(prefix="kite-bench-") as folder,
        running_kite(Path(folder), rate=1) as kite,
        chromium() as browser,
    ):
        return _measure(kite, browser, Path(folder) / "packs" / "weifang", rounds, times)


def _measure(kite: Kite, browser: Browser, pack_path: Path, rounds: int, times: int) -> list[Row]:
    pack = load_pack(pack_path)
    levels, ours, peer = Levels(pack), Figures(), Figures()
    wait_until_caught_up(redis.Redis.from_url(kite.redis_url), Keys(pack.regions.code[0]))
    for _ in range(rounds):
        with opened(browser, kite.url) as page:
            _recolour_ours(page, levels, times, ours)
        with peer_page(browser, "plain_leaflet", str(pack_path), kite.redis_url) as page:
            _recolour_peer(page, levels, max(2, times // 2), peer)
    return _rows(ours, peer)


def _recolour_ours(page: Page, levels: Levels, times: int, out: Figures) -> None:
    wait_until_loaded(page)
    page.wait_for_timeout(1500)

    def change(now: NDArray[np.uint8], new: NDArray[np.uint8]) -> dict[str, Any]:
        arguments = [levels.as_text(new), levels.codes, levels.colours(new), PATIENCE_MS]
        return dict(page.evaluate(RECOLOUR_OURS, arguments))

    shown = page.evaluate("Array.from(kite.store.columns.regions.level.subarray(kite.config.tier_start[4]))")
    now = np.asarray(shown, dtype=np.uint8) & 15
    _repeat(page, levels, now, change, times, out)


def _recolour_peer(page: Page, levels: Levels, times: int, out: Figures) -> None:
    page.evaluate(PEER_FIRST)
    page.evaluate("window.dash_clientside.set_props('tick', { disabled: true })")
    page.wait_for_timeout(2500)
    places = [page.evaluate("([lat, lon]) => window.bench.place(lat, lon)", at) for at in levels.places]

    def change(now: NDArray[np.uint8], new: NDArray[np.uint8]) -> dict[str, Any]:
        hideout = {"levels": new.tolist(), "colours": COLOURS}
        return dict(page.evaluate(RECOLOUR_PEER, [hideout, places, levels.colours(new), PATIENCE_MS]))

    start = np.ones(levels.grids, dtype=np.uint8)
    change(start, levels.after(start))  # whatever it shows, it shows this afterwards
    _repeat(page, levels, levels.after(start), change, times, out)


def _repeat(
    page: Page,
    levels: Levels,
    now: NDArray[np.uint8],
    change: Callable[[NDArray[np.uint8], NDArray[np.uint8]], dict[str, Any]],
    times: int,
    out: Figures,
) -> None:
    """Change all levels `times` times; the first, not timed, is looked for in screenshots."""
    thread, seen, box = MainThread(page), picture(page), levels.box(page)
    found: dict[str, list[float]] = {"ms": [], "script": [], "busy": []}
    for number in range(times + 1):
        new = levels.after(now)
        busy_ms = thread.busy_ms()
        said = change(now, new)
        busy_ms = thread.busy_ms() - busy_ms
        if "error" in said:
            raise AssertionError(f"recolouring: {said['error']}")
        now = new
        if number == 0:
            out.changed.append(share_changed(seen, picture(page), box))
            assert out.changed[-1] > LEAST_SHARE, f"only {out.changed[-1]:.0%} of the city changed its colour"
            continue
        for name, value in {**said, "busy": busy_ms}.items():
            found[name].append(value)
        page.wait_for_timeout(300)
    out.painted.append(statistics.median(found["ms"]))
    out.busy.append(statistics.median(found["busy"]))
    if found["script"]:
        out.script.append(statistics.median(found["script"]))


def _rows(ours: Figures, peer: Figures) -> list[Row]:
    seen = f"changed in screenshots: {min(ours.changed):.0%} of ours, {min(peer.changed):.0%} of the peer's"
    return [
        *paired(
            "recolour all grids, main thread at work", "ms", ours.busy, peer.busy, TARGET_MS,
            times_better=TIMES_BETTER, note=seen,
        ),
        *paired(
            "recolour all grids, to the frame after the paint", "ms", ours.painted, peer.painted,
            note="with the wait for the next refresh of the screen, every 16.7 ms",
        ),
        *paired("recolour all grids, our scripts", "ms", ours.script),
    ]  # fmt: skip
