"""First painted map, entry → painted frame at 500 entries/s, memory: Kite beside plain dash-leaflet.

Both pages show the same city from the same Valkey in the same Chromium, in turns. A marker is a report of
level 01 in a grid that is blue: its grid turns red. It is timed from just before its XADD to the animation
frame after the paint in which the page's own canvas has the red at a pixel of that grid; every tenth marker
is also looked for in a screenshot, which is what a person would see.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import redis
from playwright.sync_api import Browser, Page

from geodata import load_pack
from tests.benchmarks.markers import Markers
from tests.benchmarks.probes import IS_BLUE, KITE_WATCH, PEER_FIRST, RED, from_red, opened, seen
from tests.benchmarks.processes import child, resident_mb, wait_for, wait_until_caught_up
from tests.benchmarks.report import Row, percentile, spread
from tests.parts import Kite, chromium, free_port, running_kite

RATE = 500
MARKER_PAUSE_S = 0.15
PATIENCE_MS = 20_000


@dataclass
class Figures:
    """What one way of showing the city measured, in ms."""

    first_map: list[float] = field(default_factory=list)
    latency: list[float] = field(default_factory=list)
    missed: int = 0
    confirmed: int = 0
    wrong: int = 0


def _time_ours(browser: Browser, kite: Kite, markers: Markers, count: int, out: Figures) -> dict[str, float]:
    with opened(browser, kite.url) as page:
        page.wait_for_function("window.kite?.marks?.firstMap > 0", timeout=60_000)
        out.first_map.append(page.evaluate("performance.getEntriesByName('kite:first-map')[0].startTime"))
        page.wait_for_function("performance.getEntriesByName('kite:all-loaded').length > 0", timeout=60_000)
        for key in page.evaluate("Object.keys(window.kite.visible)"):
            # The mark of a case would lie over the grid that is looked at.
            page.evaluate("(key) => window.kite.setVisible(key, key !== 'cases')", key)
        page.wait_for_timeout(1500)
        for number in range(count):
            grid = markers.next_blue(page, IS_BLUE)
            code = markers.code(grid)
            at = page.evaluate("(code) => window.kite.pixelOf(code)", code)
            before = seen(page, at["x"], at["y"]) if number % 10 == 0 else None
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
    with opened(browser, url) as page:
        out.first_map.append(page.evaluate(PEER_FIRST))
        page.wait_for_timeout(1500)
        for _ in range(count):
            grid = markers.next_blue(page, "() => true")
            lon, lat = markers.lonlat(grid)
            at = page.evaluate("([lat, lon]) => window.bench.place(lat, lon)", [lat, lon])
            before = seen(page, at["x"], at["y"])
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
    if from_red(seen(page, at["x"], at["y"])) < 0.6 * from_red(before):
        out.confirmed += 1
    else:
        out.wrong += 1


def _browser_memory(page: Page) -> dict[str, float]:
    """JavaScript heap of the page, MB."""
    session = page.context.new_cdp_session(page)
    return {"browser page, JavaScript heap": session.send("Runtime.getHeapUsage")["usedSize"] / 1e6}


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
    wait_until_caught_up(client, markers.keys)
    with opened(browser, kite.url) as page:  # warms the server
        page.wait_for_function("window.kite?.marks?.firstMap > 0", timeout=60_000)
    with child(*load):
        for _ in range(rounds):
            memory = _time_ours(browser, kite, markers, ours_each, ours)
            with child(*plain):
                url = f"http://127.0.0.1:{port}/"
                wait_for(url)
                _time_peer(browser, url, markers, peer_each, peer)
        memory |= resident_mb(kite.processes())
    return _rows(ours, peer, memory)


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
