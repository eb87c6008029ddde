"""Entry → painted frame at 500, 5,000 and 20,000 events/s, first painted map, memory: beside two peers.

All pages show the same city from the same Valkey in the same Chromium, in turns. A marker is a report of
level 01 in a grid that is blue or yellow: the grid turns red. It is timed from just before its XADD to the
animation frame after the paint in which the page's own canvas has the red at a pixel of that grid; every
tenth marker is also looked for in a screenshot, which is what a person would see. The peers are plain
dash-leaflet, and at 500/s Panel with datashader. A figure is the median of what the rounds found.
"""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import redis
from playwright.sync_api import Browser, Page

from geodata import load_pack
from tests.benchmarks.markers import Markers
from tests.benchmarks.peer_environment import peer_python
from tests.benchmarks.probes import IS_CALM, KITE_WATCH, PEER_FIRST, RED, from_red, opened, seen
from tests.benchmarks.processes import child, resident_mb, wait_for, wait_until_caught_up
from tests.benchmarks.report import Row, paired, percentile
from tests.benchmarks.second_peer import time_second_peer
from tests.parts import Kite, chromium, free_port, running_kite


@dataclass(frozen=True)
class Load:
    """A load, the p95 that DESIGN asks for under it, ms, and by how many times to be below the plain way."""

    rate: int
    options: tuple[str, ...]
    p95_ms: float
    times_better: float | None


LOADS = (
    Load(500, (), 40.0, 60.0),
    Load(5_000, (), 40.0, 60.0),
    Load(20_000, ("--packed",), 80.0, None),
)
SECOND_AT = 500  # the load under which the second peer is timed too
SETTLE_MS = 1500
MARKER_PAUSE_S = 0.15
PATIENCE_MS = 20_000


@dataclass
class Figures:
    """What one way of showing the city measured: ms per round, and what was looked at."""

    first_map: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    missed: int = 0
    confirmed: int = 0
    wrong: int = 0

    def take(self, latencies: list[float | None]) -> None:
        """A round's latencies; None for a marker that was not painted within the patience. All may be."""
        seen_ms = [value for value in latencies if value is not None]
        self.missed += len(latencies) - len(seen_ms)
        if not seen_ms:
            return
        self.p50.append(percentile(seen_ms, 0.5))
        self.p95.append(percentile(seen_ms, 0.95))

    def confirm(self, page: Page, at: dict[str, float], before: tuple[int, ...]) -> None:
        """Whether what is to be seen there has turned red (other layers may lie over it, heat among them)."""
        if from_red(seen(page, at["x"], at["y"])) < 0.6 * from_red(before):
            self.confirmed += 1
        else:
            self.wrong += 1


def _time_ours(browser: Browser, kite: Kite, markers: Markers, count: int, out: Figures) -> dict[str, float]:
    with opened(browser, kite.url) as page:
        page.wait_for_function("window.kite?.marks?.firstMap > 0", timeout=60_000)
        out.first_map.append(page.evaluate("performance.getEntriesByName('kite:first-map')[0].startTime"))
        page.wait_for_function("performance.getEntriesByName('kite:all-loaded').length > 0", timeout=60_000)
        for key in page.evaluate("Object.keys(window.kite.visible)"):
            # The mark of a case would lie over the grid that is looked at.
            page.evaluate("(key) => window.kite.setVisible(key, key !== 'cases')", key)
        page.wait_for_timeout(SETTLE_MS)
        latencies = [_time_our_marker(page, markers, number % 10 == 0, out) for number in range(count)]
        assert any(latencies), "no marker was painted"
        out.take(latencies)
        return _browser_memory(page)


def _time_our_marker(page: Page, markers: Markers, look: bool, out: Figures) -> float | None:
    grid = markers.next_calm(page, IS_CALM)
    code = markers.code(grid)
    at = page.evaluate("(code) => window.kite.pixelOf(code)", code)
    before = seen(page, at["x"], at["y"]) if look else None
    watch = page.evaluate_handle(
        f"(args) => {{ const p = ({KITE_WATCH})(args); return {{ p }}; }}", [code, list(RED), PATIENCE_MS]
    )
    begun_ms = markers.write(grid)
    painted_ms = watch.evaluate("(held) => held.p")
    if painted_ms is not None and before is not None:
        out.confirm(page, at, before)
    time.sleep(MARKER_PAUSE_S)
    return None if painted_ms is None else float(painted_ms - begun_ms)


def _time_peer(browser: Browser, url: str, markers: Markers, count: int, out: Figures) -> None:
    with opened(browser, url) as page:
        out.first_map.append(page.evaluate(PEER_FIRST))
        page.wait_for_timeout(SETTLE_MS)
        out.take([_time_peer_marker(page, markers, out) for _ in range(count)])


def _time_peer_marker(page: Page, markers: Markers, out: Figures) -> float | None:
    grid, at, before = markers.next_seen(page, "window.bench.place")
    watch = page.evaluate_handle(
        "([x, y, c, t]) => ({ p: window.bench.watch(x, y, c, t) })",
        [at["x"], at["y"], list(RED), PATIENCE_MS],
    )
    begun_ms = markers.write(grid)
    painted_ms = watch.evaluate("(held) => held.p")
    if painted_ms is None:
        return None
    out.confirm(page, at, before)
    return float(painted_ms - begun_ms)


def _browser_memory(page: Page) -> dict[str, float]:
    """JavaScript heap of the page, MB."""
    session = page.context.new_cdp_session(page)
    return {"browser page, JavaScript heap": session.send("Runtime.getHeapUsage")["usedSize"] / 1e6}


def run(quick: bool) -> list[Row]:
    """All rows; some ten minutes, three with `quick`."""
    rounds, ours_each, peer_each = (2, 10, 1) if quick else (5, 30, 3)
    with tempfile.TemporaryDirectory(prefix="kite-bench-") as folder:
        data = Path(folder)
        with running_kite(data, rate=20) as kite, chromium() as browser:
            bench = Bench(kite, browser, data / "packs" / "weifang")
            for _ in range(rounds):
                bench.round(ours_each, peer_each)
            return bench.rows()


class Bench:
    """The parts that run all the time, and what the rounds found."""

    def __init__(self, kite: Kite, browser: Browser, pack_path: Path) -> None:
        self._kite, self._browser, self._pack_path = kite, browser, pack_path
        client = redis.Redis.from_url(kite.redis_url)
        self._markers = Markers(load_pack(pack_path), client)
        self._ours: dict[int, Figures] = defaultdict(Figures)
        self._peer: dict[int, Figures] = defaultdict(Figures)
        self._second = Figures()
        self._memory: dict[str, float] = {}
        wait_until_caught_up(client, self._markers.keys)
        with opened(browser, kite.url) as page:  # warms the server
            page.wait_for_function("window.kite?.marks?.firstMap > 0", timeout=60_000)

    def round(self, ours_each: int, peer_each: int) -> None:
        """Every load once: ours, then the peers, each with its own server alone."""
        for load in LOADS:
            at = (str(self._pack_path), self._kite.redis_url)
            with child("tests.benchmarks.load", *at, str(load.rate), *load.options):
                self._memory = _time_ours(
                    self._browser, self._kite, self._markers, ours_each, self._ours[load.rate]
                )
                url = f"http://127.0.0.1:{(port := free_port())}/"
                with child("tests.benchmarks.peers.plain_leaflet", *at, str(port)):
                    wait_for(url)
                    _time_peer(self._browser, url, self._markers, peer_each, self._peer[load.rate])
                if load.rate == SECOND_AT:
                    self._time_second(at, peer_each)
        self._memory |= resident_mb(self._kite.processes())

    def _time_second(self, at: Iterable[str], count: int) -> None:
        url = f"http://127.0.0.1:{(port := free_port())}/"
        with child("tests.benchmarks.peers.panel_datashader", *at, str(port), python=peer_python()):
            wait_for(url)
            self._second.take(time_second_peer(self._browser, url, self._markers, count))

    def rows(self) -> list[Row]:
        """First map, then p50 and p95 of each load, then memory."""
        first = [value for figures in self._ours.values() for value in figures.first_map]
        peer_first = [value for figures in self._peer.values() for value in figures.first_map]
        rows = paired("first painted map from navigation", "ms", first, peer_first, 2000.0)
        for load in LOADS:
            ours, peer = self._ours[load.rate], self._peer[load.rate]
            name = f"entry → painted frame at {load.rate:,}/s"
            rows += paired(f"{name}, p50", "ms", ours.p50, peer.p50)
            rows += paired(
                f"{name}, p95", "ms", ours.p95, peer.p95, load.p95_ms, times_better=load.times_better,
                note=_looked_at(ours, peer),
            )  # fmt: skip
        ours = self._ours[SECOND_AT]
        rows += paired(
            f"the same at {SECOND_AT}/s beside Panel with datashader, p50", "ms", ours.p50, self._second.p50,
            note=f"missed: peer {self._second.missed}",
        )  # fmt: skip
        return rows + [Row(name, "MB", value) for name, value in sorted(self._memory.items())]


def _looked_at(ours: Figures, peer: Figures) -> str:
    counts = [f"{f.confirmed}/{f.confirmed + f.wrong}" for f in (ours, peer)]
    return (
        f"screenshots right: ours {counts[0]}, peer {counts[1]}; "
        f"missed: ours {ours.missed}, peer {peer.missed}"
    )
