"""First painted map, entry → painted frame at 500 entries/s, memory: Kite beside plain dash-leaflet.

Both pages show the same city from the same Valkey in the same Chromium, in turns. A marker is a report of
level 01 in a grid that is blue: its grid turns red. It is timed from just before its XADD to the animation
frame after the paint in which the page's own canvas has the red at a pixel of that grid; every tenth marker
is also looked for in a screenshot, which is what a person would see.
"""

from __future__ import annotations

import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import redis
from PIL import Image
from playwright.sync_api import Browser, Page

from dashboard.streams.keys import Keys
from geodata import Pack, load_pack
from tests.benchmarks.report import Row, percentile, spread
from tests.parts import Kite, chromium, free_port, running_kite

RATE = 500
SCREEN = {"width": 1920, "height": 1080}
RED = (0xD5, 0x5E, 0x00)
MARKER_PAUSE_S = 0.15
PATIENCE_MS = 20_000

# Installed before the page's own scripts: keeps the Leaflet map, and watches one pixel per animation frame.
HOOK = """
(() => {
  let leaflet;
  Object.defineProperty(window, 'L', {
    configurable: true,
    get: () => leaflet,
    set(value) {
      leaflet = value;
      value.Map?.addInitHook?.(function () { window.benchMap = this; });
    },
  });
  const pixel = (x, y) => {
    for (const canvas of document.querySelectorAll('.leaflet-pane canvas')) {
      const box = canvas.getBoundingClientRect();
      const at = [(x - box.left) * canvas.width / box.width, (y - box.top) * canvas.height / box.height];
      const rgba = canvas.getContext('2d').getImageData(at[0], at[1], 1, 1).data;
      if (rgba[3] > 200) return [rgba[0], rgba[1], rgba[2]];
    }
    return null;
  };
  const near = (a, b) => a && b.every((v, i) => Math.abs(v - a[i]) < 12);
  window.bench = {
    pixel,
    place(lat, lon) {
      const map = window.benchMap, box = map.getContainer().getBoundingClientRect();
      const p = map.latLngToContainerPoint([lat, lon]);
      return { x: box.left + p.x, y: box.top + p.y };
    },
    /** When the pixel got this colour: ms since 1970 of the animation frame after the paint. */
    watch(x, y, colour, patience) {
      return new Promise((resolve) => {
        const end = performance.now() + patience;
        const look = (now) => {
          if (near(pixel(x, y), colour)) requestAnimationFrame((t) => resolve(performance.timeOrigin + t));
          else if (now > end) resolve(null);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      });
    },
  };
})();
"""
KITE_WATCH = """
([code, colour, patience]) => new Promise((resolve) => {
  const near = (a) => a && colour.every((v, i) => Math.abs(v - a[i]) < 12);
  const end = setTimeout(() => { stop(); resolve(null); }, patience);
  const stop = window.kite.onPainted((position, now) => {
    if (!near(window.kite.pixelOf(code)?.colour)) return;
    clearTimeout(end); stop(); resolve(performance.timeOrigin + now);
  });
})
"""
# Whether a grid is shown, and blue.
IS_BLUE = """
(grid) => {
  const { store, config } = window.kite, region = config.tier_start[4] + grid;
  const level = store.columns.regions.level[region] & 15;
  return level === 1 && window.kite.pixelOf(store.hierarchy.code(region)) !== null;
}
"""
# The peer's first painted map: a pixel of its canvas that is no longer empty.
PEER_FIRST = """
() => new Promise((resolve) => {
  const look = () => {
    const map = window.benchMap;
    if (map && [0.4, 0.5, 0.6].some((at) => {
      const box = map.getContainer().getBoundingClientRect();
      return window.bench.pixel(box.left + box.width * at, box.top + box.height * 0.5);
    })) requestAnimationFrame((t) => resolve(t));
    else requestAnimationFrame(look);
  };
  look();
})
"""


@dataclass
class Figures:
    """What one way of showing the city measured, in ms."""

    first_map: list[float] = field(default_factory=list)
    latency: list[float] = field(default_factory=list)
    missed: int = 0
    confirmed: int = 0
    wrong: int = 0


class Markers:
    """Writes markers into blue grids: each grid once, the largest on the screen first."""

    def __init__(self, pack: Pack, client: redis.Redis) -> None:
        regions = pack.regions
        first = int(regions.tier_start[4])
        self._pack, self._client, self._keys = pack, client, Keys(regions.code[0])
        self._order = iter(np.argsort(-regions.area_m2[first:]).tolist())
        self._first = first

    def next_blue(self, page: Page, is_blue: str) -> int:
        """The next grid number that the page shows blue."""
        return next(g for g in self._order if page.evaluate(is_blue, g))

    def code(self, grid: int) -> str:
        """The grid's code."""
        return self._pack.regions.code[self._first + grid]

    def lonlat(self, grid: int) -> tuple[float, float]:
        """A point inside the grid."""
        lon, lat = self._pack.to_lonlat(self._pack.regions.label_xy[self._first + grid])
        return float(lon), float(lat)

    def write(self, grid: int) -> float:
        """Append the marker; the time just before, ms since 1970."""
        lon, lat = self.lonlat(grid)
        now = datetime.now(UTC)
        fields = {
            "id": f"marker-{time.time_ns()}",
            "type": "fire",
            "level": "01",
            "origin": "sensor",
            "occurred_at": now.isoformat(timespec="milliseconds"),
            "lon": f"{lon:.6f}",
            "lat": f"{lat:.6f}",
        }
        begun_ms = time.time_ns() / 1e6
        self._client.xadd(self._keys.raw("reports"), fields)  # type: ignore[arg-type]
        return begun_ms


@contextmanager
def _page(browser: Browser, url: str) -> Iterator[Page]:
    """A page in a browser profile of its own: nothing cached."""
    context = browser.new_context(viewport=SCREEN, device_scale_factor=1)
    try:
        context.add_init_script(HOOK)
        page = context.new_page()
        page.goto(url, wait_until="commit")
        yield page
    finally:
        context.close()


def _seen(page: Page, x: float, y: float) -> tuple[int, ...]:
    """The colour that a screenshot shows there."""
    shot = page.screenshot(clip={"x": x - 1, "y": y - 1, "width": 3, "height": 3})
    pixel = Image.open(io.BytesIO(shot)).convert("RGB").getpixel((1, 1))
    assert isinstance(pixel, tuple)
    return pixel


def _from_red(colour: tuple[int, ...]) -> int:
    return sum(abs(a - b) for a, b in zip(colour, RED, strict=True))


def _time_ours(browser: Browser, kite: Kite, markers: Markers, count: int, out: Figures) -> dict[str, float]:
    with _page(browser, kite.url) as page:
        page.wait_for_function("window.kite?.marks?.firstMap > 0", timeout=60_000)
        out.first_map.append(page.evaluate("performance.getEntriesByName('kite:first-map')[0].startTime"))
        page.wait_for_function("performance.getEntriesByName('kite:all-loaded').length > 0", timeout=60_000)
        for key in page.evaluate("Object.keys(window.kite.visible)"):
            page.evaluate("(key) => window.kite.setVisible(key, true)", key)
        page.wait_for_timeout(1500)
        for number in range(count):
            grid = markers.next_blue(page, IS_BLUE)
            code = markers.code(grid)
            at = page.evaluate("(code) => window.kite.pixelOf(code)", code)
            before = _seen(page, at["x"], at["y"]) if number % 10 == 0 else None
            watch = page.evaluate_handle(
                f"(args) => {{ const p = ({KITE_WATCH})(args); return {{ p }}; }}",
                [code, list(RED), PATIENCE_MS],
            )
            begun_ms = markers.write(grid)
            painted_ms = watch.evaluate("(held) => held.p")
            _take(out, begun_ms, painted_ms)
            if painted_ms is not None and before is not None:
                _confirm(out, page, at, before)
            time.sleep(MARKER_PAUSE_S)
        return _browser_memory(page)


def _time_peer(browser: Browser, url: str, markers: Markers, count: int, out: Figures) -> None:
    with _page(browser, url) as page:
        out.first_map.append(page.evaluate(PEER_FIRST))
        page.wait_for_timeout(1500)
        for _ in range(count):
            grid = markers.next_blue(page, "() => true")
            lon, lat = markers.lonlat(grid)
            at = page.evaluate("([lat, lon]) => window.bench.place(lat, lon)", [lat, lon])
            before = _seen(page, at["x"], at["y"])
            watch = page.evaluate_handle(
                "([x, y, c, t]) => ({ p: window.bench.watch(x, y, c, t) })",
                [at["x"], at["y"], list(RED), PATIENCE_MS],
            )
            begun_ms = markers.write(grid)
            painted_ms = watch.evaluate("(held) => held.p")
            _take(out, begun_ms, painted_ms)
            if painted_ms is not None:
                _confirm(out, page, at, before)


def _take(out: Figures, begun_ms: float, painted_ms: float | None) -> None:
    if painted_ms is None:
        out.missed += 1
    else:
        out.latency.append(painted_ms - begun_ms)


def _confirm(out: Figures, page: Page, at: dict[str, float], before: tuple[int, ...]) -> None:
    """Whether what is to be seen there has turned red (other layers may lie over it, heat among them)."""
    if _from_red(_seen(page, at["x"], at["y"])) < 0.6 * _from_red(before):
        out.confirmed += 1
    else:
        out.wrong += 1


def _browser_memory(page: Page) -> dict[str, float]:
    """JavaScript heap of the page, MB."""
    session = page.context.new_cdp_session(page)
    return {"browser page, JavaScript heap": session.send("Runtime.getHeapUsage")["usedSize"] / 1e6}


def _server_memory(kite: Kite) -> dict[str, float]:
    """Resident memory of each process, MB, by what it does."""
    found: dict[str, float] = {}
    for process in kite.processes():
        line = process.cmdline()
        name = next(
            (word for word in ("serve", "web", "project", "simulate") if word in line), Path(line[0]).name
        )
        name = f"{name} worker" if f"process {name}" in found else name
        found[f"process {name}"] = process.memory_info().rss / 1e6
    return found


@contextmanager
def _child(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def run(quick: bool) -> list[Row]:
    """All rows; about four minutes, one with `quick`."""
    rounds, ours_each, peer_each = (2, 15, 2) if quick else (5, 40, 4)
    with tempfile.TemporaryDirectory(prefix="kite-bench-") as folder:
        data = Path(folder)
        with running_kite(data, rate=20) as kite, chromium() as browser:
            return _measure(kite, browser, data / "packs" / "weifang", rounds, ours_each, peer_each)


def _measure(
    kite: Kite, browser: Browser, pack_path: Path, rounds: int, ours_each: int, peer_each: int
) -> list[Row]:
    pack, client = load_pack(pack_path), redis.Redis.from_url(kite.redis_url)
    markers, ours, peer, memory = Markers(pack, client), Figures(), Figures(), {}
    port = free_port()
    load = ("tests.benchmarks.load", str(pack_path), kite.redis_url, str(RATE))
    plain = ("tests.benchmarks.peers.plain_leaflet", str(pack_path), kite.redis_url, str(port))
    with _page(browser, kite.url) as page:  # warms the server
        page.wait_for_function("window.kite?.marks?.firstMap > 0", timeout=60_000)
    with _child(*load):
        for _ in range(rounds):
            memory = _time_ours(browser, kite, markers, ours_each, ours)
            with _child(*plain):
                url = f"http://127.0.0.1:{port}/"
                _wait_for(url)
                _time_peer(browser, url, markers, peer_each, peer)
        memory |= _server_memory(kite)
    return _rows(ours, peer, memory)


def _wait_for(url: str) -> None:
    import urllib.error
    import urllib.request

    end_s = time.monotonic() + 120
    while time.monotonic() < end_s:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer")


def _rows(ours: Figures, peer: Figures, memory: dict[str, float]) -> list[Row]:
    if not ours.latency or not peer.latency:
        raise AssertionError(f"No marker was painted: ours {ours}, peer {peer}.")
    at = f"at {RATE}/s"
    checks = (
        f"screenshots right: ours {ours.confirmed}/{ours.confirmed + ours.wrong}, "
        f"peer {peer.confirmed}/{peer.confirmed + peer.wrong}; missed: ours {ours.missed}, peer {peer.missed}"
    )
    rows = [
        Row(
            "first painted map from navigation, median", "ms",
            statistics.median(ours.first_map), statistics.median(peer.first_map), 2000.0,
            note=spread(ours.first_map),
        ),
        Row(
            f"entry → painted frame {at}, p50", "ms",
            percentile(ours.latency, 0.5), percentile(peer.latency, 0.5), note=spread(ours.latency),
        ),
        Row(
            f"entry → painted frame {at}, p95", "ms",
            percentile(ours.latency, 0.95), percentile(peer.latency, 0.95), 40.0, note=checks,
        ),
    ]  # fmt: skip
    return rows + [Row(name, "MB", value) for name, value in sorted(memory.items())]


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {"cores": psutil.cpu_count(), "memory_gb": round(psutil.virtual_memory().total / 1e9)}
