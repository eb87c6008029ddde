"""Pan and zoom with every layer on and 500 entries/s coming in: frames, first map, long tasks of a walk.

The mouse drags and turns its wheel as a person's would, through the browser's own input; meanwhile the page
notes every animation frame. Both pages get the same gestures. The map must have moved as far as the mouse,
must show another view afterwards, and a screenshot must differ. The peer is plain dash-leaflet with its
grids, and the cameras as clusters; it has none of our other layers. The walk (`tests.benchmarks.walk`) goes
through all that our page shows and counts tasks of more than 50 ms.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import redis
from playwright.sync_api import Browser, Page

from dashboard.streams.keys import Keys
from geodata import load_pack
from tests.benchmarks import walk
from tests.benchmarks.pages import (
    PATIENCE_MS,
    peer_page,
    picture,
    wait_until_at_rest,
    wait_until_loaded,
)
from tests.benchmarks.probes import PEER_FIRST, SCREEN, opened
from tests.benchmarks.processes import child, wait_until_caught_up
from tests.benchmarks.report import Row, paired, percentile
from tests.parts import Kite, chromium, running_kite

RATE = 500
SLOW_FRAME_MS, LONG_TASK_MS = 33.0, 50.0
FIRST_MAP_MS = 2000.0
LEAST_CHANGED, LEAST_MOVED_PX, LEAST_ZOOMED = 0.01, 50.0, 0.2
"""Of the screen, how much must look different after a gesture (near, a few grids of one colour fill it); how
far and near the map must have gone.
"""

RECORD = """
() => {
  const frames = [];
  let last = performance.now(), on = true;
  const note = () => {
    if (!on) return;
    const now = performance.now();
    frames.push(now - last);
    last = now;
    requestAnimationFrame(note);
  };
  requestAnimationFrame(() => { last = performance.now(); requestAnimationFrame(note); });
  window.endRecord = () => { on = false; return frames; };
}
"""
WHERE = """
() => {
  const { x, y } = benchMap.project(benchMap.getCenter(), 10);
  return [x, y, benchMap.getZoom()];
}
"""


@dataclass
class Figures:
    """One value per round."""

    p95: list[float] = field(default_factory=list)
    worst: list[float] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)
    first_map: list[float] = field(default_factory=list)


def run(quick: bool) -> list[Row]:
    """All rows; about five minutes, two with `quick`."""
    with (
        tempfile.TemporaryDirectory(prefix="kite-bench-") as folder,
        running_kite(Path(folder), rate=20) as kite,
        chromium() as browser,
    ):
        return _measure(kite, browser, Path(folder) / "packs" / "weifang", 2 if quick else 5)


def _measure(kite: Kite, browser: Browser, pack_path: Path, rounds: int) -> list[Row]:
    pack, ours, peer = load_pack(pack_path), Figures(), Figures()
    wait_until_caught_up(redis.Redis.from_url(kite.redis_url), Keys(pack.regions.code[0]))
    with opened(browser, kite.url) as page:  # warms the server
        wait_until_loaded(page)
    with child("tests.benchmarks.load", str(pack_path), kite.redis_url, str(RATE)):
        for _ in range(rounds):
            with opened(browser, kite.url) as page:
                _ours(page, ours)
            with peer_page(browser, "leaflet_cameras", str(pack_path), kite.redis_url, "everything") as page:
                _peer(page, peer)
        steps = _walked(browser, kite.url)
    return [*_rows(ours, peer), *_walk_rows(steps)]


def _ours(page: Page, out: Figures) -> None:
    page.wait_for_function("window.kite?.marks?.firstMap > 0", timeout=PATIENCE_MS)
    out.first_map.append(page.evaluate("performance.getEntriesByName('kite:first-map')[0].startTime"))
    wait_until_loaded(page)
    page.evaluate("for (const key in kite.visible) kite.setVisible(key, true)")
    page.wait_for_timeout(1500)
    before = page.evaluate("kite.view.kit.scene.view.id")
    _gestures(page, out, wait_until_at_rest)
    assert page.evaluate("kite.view.kit.scene.view.id") > before, "no new view was painted"


def _peer(page: Page, out: Figures) -> None:
    out.first_map.append(page.evaluate(PEER_FIRST))
    page.wait_for_selector(".leaflet-marker-icon", timeout=PATIENCE_MS)
    page.wait_for_timeout(1500)
    _gestures(page, out, lambda page: page.wait_for_timeout(1000))


def _gestures(page: Page, out: Figures, rest: Callable[[Page], None]) -> None:
    """Drag, zoom in, drag, zoom out, recorded; each checked by where the map is and by what is seen."""
    frames: list[float] = []
    actions: tuple[tuple[str, Callable[[Page], None]], ...] = (
        ("drag", walk.drag),
        ("zoom in", lambda page: walk.wheel(page, -1)),
        ("drag near", walk.drag),
        ("zoom out", lambda page: walk.wheel(page, +1)),
    )
    for name, gesture in actions:
        seen, (x, y, zoom) = picture(page), page.evaluate(WHERE)
        page.evaluate(RECORD)
        gesture(page)
        frames += page.evaluate("window.endRecord()")
        rest(page)
        x1, y1, zoom1 = page.evaluate(WHERE)
        moved_px = np.hypot(x1 - x, y1 - y) * 2 ** (zoom - 10)
        moved = moved_px > LEAST_MOVED_PX if "drag" in name else abs(zoom1 - zoom) > LEAST_ZOOMED
        assert moved, f"{name}: the map did not move: {(x, y, zoom)} → {(x1, y1, zoom1)}"
        changed = float((np.abs(picture(page) - seen).sum(axis=2) > 24).mean())
        assert changed > LEAST_CHANGED, f"{name}: the screen shows the same: {changed:.1%} changed"
    out.p95.append(percentile(frames, 0.95))
    out.worst.append(max(frames))
    out.slow.append(100 * sum(ms > SLOW_FRAME_MS for ms in frames) / len(frames))


def _walked(browser: Browser, url: str) -> list[walk.Step]:
    context = browser.new_context(viewport=SCREEN, device_scale_factor=1)
    try:
        page = context.new_page()
        walk.install(page)
        page.goto(url, wait_until="commit")
        return walk.walk(page)
    finally:
        context.close()


def _rows(ours: Figures, peer: Figures) -> list[Row]:
    with_load = f"with {RATE} entries/s; ours with every layer, the peer with grids and clusters of cameras"
    return [
        *paired("pan and zoom, frame, p95", "ms", ours.p95, peer.p95, SLOW_FRAME_MS, note=with_load),
        *paired("pan and zoom, worst frame", "ms", ours.worst, peer.worst),
        *paired(f"pan and zoom, frames over {SLOW_FRAME_MS:g} ms", "%", ours.slow, peer.slow),
        *paired("first painted map from navigation", "ms", ours.first_map, peer.first_map, FIRST_MAP_MS),
    ]


def _walk_rows(steps: list[walk.Step]) -> list[Row]:
    """How many long tasks the walk met, and which steps had them, the longest first."""
    found = sorted(((max(s.long_ms), len(s.long_ms), s.name) for s in steps if s.long_ms), reverse=True)
    named = "; ".join(f"{name} {count} × up to {ms:.0f} ms" for ms, count, name in found)
    count, longest = sum(row[1] for row in found), max((row[0] for row in found), default=0.0)
    return [
        Row("walk through all views: tasks over 50 ms", "tasks", count, target=0, note=named),
        Row(
            "walk through all views: longest task",
            "ms",
            longest,
            target=LONG_TASK_MS,
            note=f"{len(steps)} steps",
        ),
    ]
