"""A day on the wall: 100,000 updates, then 500 rotations of views; what grows meanwhile, in the page and out.

Updates go through the real projector as flat entries, as fast as it and the page take them: after every part
the page's own position must have reached that of the last change, and its cameras must be in the state that
was sent last. Cases don't pile up: each is reported and then merged into another, as an officer would a
duplicate. Rotations go the way a wall does: the address changes through Dash, the map flies there, a layer is
switched off and on; the map must then rest with that region selected. After every part the page's garbage is
collected, and what is left is counted. The first fifth of the parts is warm-up and counts for nothing.
Growth is a slope (see `tests.benchmarks.slopes`); negligible is less than 1 MB of heap, and less than 100
nodes or listeners, in a whole day: 100,000 updates, or 5,760 rotations (one every 15 s).
"""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import redis
from playwright.sync_api import Browser, Page

from dashboard.streams.codecs import EntryId
from dashboard.streams.keys import Keys
from geodata import Pack, load_pack
from tests.benchmarks.pages import peer_page, wait_until_at_rest, wait_until_loaded
from tests.benchmarks.probes import PEER_FIRST, opened
from tests.benchmarks.processes import resident_mb, wait_until_caught_up
from tests.benchmarks.report import Row
from tests.benchmarks.slopes import Slope, growth_row, slope
from tests.parts import Kite, chromium, running_kite

UPDATES_A_DAY, ROTATIONS_A_DAY = 100_000, 24 * 3600 // 15
NEGLIGIBLE_A_DAY = {"JavaScript heap": 1e6, "DOM nodes": 100.0, "listeners": 100.0}
UNITS = {"JavaScript heap": "B", "DOM nodes": "nodes", "listeners": "listeners"}
WARM_UP = 0.2
REPORTS = 0.01
"""Share of the updates that are reports; as many are the commands that merge them."""
SHUFFLED = 977  # coprime to the number of units and cameras: each update is another one's
PATIENCE_S = 120
STATUSES = ("online", "offline")

# Go to a region and switch a layer off and on; the answer says whether the page is where it was sent.
ROTATE = """
async ([code, key, patience]) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const end = performance.now() + patience;
  const wanted = kite.store.hierarchy.number(code);
  kite.navigate(code);
  while (!location.pathname.endsWith(`/region/${code}`) || kite.selection.region !== wanted) {
    if (performance.now() > end) return false;
    await frame();
  }
  const before = kite.visible[key];
  for (const on of [!before, before]) {
    kite.setVisible(key, on);
    await frame();
    await frame();
    if (kite.visible[key] !== on) return false;
  }
  return true;
}
"""
REACHED = """
([ms, seq]) => {
  const [a, b] = kite.store.position.split('-').map(Number);
  return a > ms || (a === ms && b >= seq);
}
"""


@dataclass
class Counts:
    """Figures by name, one value per part, beside how much had been done by then."""

    done: list[int] = field(default_factory=list)
    figures: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, done: int, figures: dict[str, float]) -> None:
        """What is there after `done` updates or rotations."""
        self.done.append(done)
        for name, value in figures.items():
            self.figures[name].append(value)

    def slope(self, name: str, per: int) -> Slope:
        """The growth of a figure per `per` of what was done, after the warm-up."""
        first = int(len(self.done) * WARM_UP)
        return slope(self.done[first:], self.figures[name][first:]).times(per)


class Writer:
    """Appends updates and knows which state the cameras must then have."""

    def __init__(self, pack: Pack, client: redis.Redis) -> None:
        self._client, self.keys, self.sent = client, Keys(pack.regions.code[0]), 0
        self._cameras = np.flatnonzero(pack.cameras.networked)
        self._unit_lonlat = np.column_stack(pack.to_lonlat(np.asarray(pack.units.xy)))
        self._grids = pack.regions.code[int(pack.regions.tier_start[4]) :]
        self._last: dict[str, EntryId] = {}
        self._name = f"endurance-{time.time_ns()}"
        self._append([("reports", self._report(f"{self._name}-into", 0))])
        self.last_camera: dict[int, int] = {}

    def write(self, count: int, batch: int = 250) -> None:
        """`count` updates, in pipelines of `batch`."""
        for first in range(self.sent, self.sent + count, batch):
            numbers = range(first, min(first + batch, self.sent + count))
            self._append([update for number in numbers for update in self._update(number)])
        self.sent += count

    def _append(self, entries: list[tuple[str, dict[str, str]]]) -> None:
        with self._client.pipeline(transaction=False) as pipe:
            for kind, fields in entries:
                pipe.xadd(self.keys.raw(kind), fields)  # type: ignore[arg-type]
            ids = pipe.execute()
        for (kind, _), entry_id in zip(entries, ids, strict=True):
            self._last[kind] = EntryId.parse(entry_id)

    def _update(self, number: int) -> Iterator[tuple[str, dict[str, str]]]:
        """The entry of an update: of 100, one a report, one a merging command, 32 units, 66 cameras."""
        now, place = datetime.now(UTC).isoformat(timespec="milliseconds"), number % 100
        case = f"{self._name}-{number // 100}"
        if place == 0:
            yield "reports", self._report(case, number // 100)
        elif place == 50:
            yield (
                "commands",
                {"id": f"{case}.merge", "case": case, "command": "merge", "into": f"{self._name}-into",
                 "at": now, "by": "01"},
            )  # fmt: skip
        elif place % 3 == 0:
            unit = number * SHUFFLED % len(self._unit_lonlat)
            lon, lat = self._unit_lonlat[unit] + 0.001 * (number % 7 - 3)
            yield (
                "units",
                {"unit": str(unit), "state": "free", "lon": f"{lon:.6f}", "lat": f"{lat:.6f}", "at": now},
            )
        else:
            camera, status = int(self._cameras[number * SHUFFLED % len(self._cameras)]), number // 7 % 2
            self.last_camera[camera] = status
            yield "cameras", {"camera": str(camera), "status": STATUSES[status], "at": now}

    def _report(self, case: str, number: int) -> dict[str, str]:
        grid = self._grids[number * SHUFFLED % len(self._grids)]
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        return {"id": case, "type": "theft", "level": "04", "origin": "hotline", "grid": grid,
                "occurred_at": now}  # fmt: skip

    def wait_until_applied(self) -> EntryId:
        """Block until all that was sent is in the state; the changes' position that has it."""
        end_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < end_s:
            meta = self._client.hgetall(self.keys.state("meta"))
            applied = {kind: EntryId.parse(meta[f"position:{kind}".encode()]) for kind in self._last}
            if all(applied[kind] >= last for kind, last in self._last.items()):
                newest: Any = self._client.xrevrange(self.keys.changes, count=1)
                return EntryId.parse(newest[0][0])
            time.sleep(0.02)
        raise AssertionError(f"The projector did not apply what was sent within {PATIENCE_S} s.")

    def refused(self) -> int:
        """Entries that could not be applied."""
        return int(self._client.xlen(self.keys.dead))


class Probe:
    """What a page holds after its garbage was collected."""

    def __init__(self, browser: Browser, page: Page) -> None:
        self._page, self._session = page, page.context.new_cdp_session(page)
        self._session.send("Performance.enable")
        renderers = [process["id"] for process in _renderers(browser)]
        self._renderer = max(renderers, key=lambda pid: psutil.Process(pid).memory_info().rss)

    def look(self) -> dict[str, float]:
        """Heap in bytes, nodes, listeners; canvases and the whole process in bytes."""
        for _ in range(2):  # what the first finds dead may have held something of the other heap's
            self._session.send("HeapProfiler.collectGarbage")
        metrics = {
            row["name"]: row["value"] for row in self._session.send("Performance.getMetrics")["metrics"]
        }
        counters = self._session.send("Memory.getDOMCounters")
        canvases = self._page.evaluate(
            "[...document.querySelectorAll('canvas')].reduce((sum, c) => sum + 4 * c.width * c.height, 0)"
        )
        return {
            "JavaScript heap": metrics["JSHeapUsedSize"],
            "DOM nodes": counters["nodes"],
            "listeners": counters["jsEventListeners"],
            "canvases in the page": canvases,
            "page's process, resident": psutil.Process(self._renderer).memory_info().rss,
        }


def _renderers(browser: Browser) -> list[dict[str, Any]]:
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return [process for process in found if process["type"] == "renderer"]


@dataclass(frozen=True)
class Size:
    """How much is done: (parts, each of so many updates or rotations)."""

    updates: tuple[int, int]
    rotations: tuple[int, int]
    peer_updates: tuple[int, int]


def run(quick: bool) -> list[Row]:
    """All rows; about ten minutes, three with `quick` (which is a tenth of the day)."""
    size = Size((25, 500), (25, 3), (10, 500)) if quick else Size((50, 2500), (50, 13), (25, 1000))
    with (
        tempfile.TemporaryDirectory(prefix="kite-bench-") as folder,
        running_kite(Path(folder), rate=20) as kite,
        chromium() as browser,
    ):
        return _measure(kite, browser, Path(folder) / "packs" / "weifang", size)


def _measure(kite: Kite, browser: Browser, pack_path: Path, size: Size) -> list[Row]:
    pack, client = load_pack(pack_path), redis.Redis.from_url(kite.redis_url)
    wait_until_caught_up(client, Keys(pack.regions.code[0]))
    writer = Writer(pack, client)
    refused = writer.refused()
    with opened(browser, kite.url) as page:
        wait_until_loaded(page)
        probe = Probe(browser, page)
        begun_s = time.monotonic()
        updates = _update(kite, page, probe, writer, *size.updates)
        rate = size.updates[0] * size.updates[1] / (time.monotonic() - begun_s)
        rotations = _rotate(kite, page, probe, writer, pack, *size.rotations)
    with peer_page(browser, "plain_leaflet", str(pack_path), kite.redis_url) as page:
        page.evaluate(PEER_FIRST)
        peer = _update_peer(page, Probe(browser, page), writer, *size.peer_updates)
    if writer.refused() != refused:
        raise AssertionError(f"{writer.refused() - refused} of the updates were refused.")
    return _rows(updates, rotations, peer, f"{rate:,.0f} updates/s with the collections between")


def _update(kite: Kite, page: Page, probe: Probe, writer: Writer, parts: int, each: int) -> Counts:
    """Updates alone, the view at rest."""
    found = Counts()
    for part in range(parts):
        writer.write(each)
        _wait_until_shown(page, writer)
        found.add((part + 1) * each, probe.look() | _servers(kite))
    _check_cameras(page, writer)
    return found


def _wait_until_shown(page: Page, writer: Writer) -> None:
    position = writer.wait_until_applied()
    page.wait_for_function(REACHED, arg=[position.ms, position.seq], timeout=PATIENCE_S * 1000)


def _check_cameras(page: Page, writer: Writer) -> None:
    """The page's cameras are in the state that was sent last (but for those the simulator has touched)."""
    cameras, wanted = list(writer.last_camera), list(writer.last_camera.values())
    status = page.evaluate("(cameras) => cameras.map((i) => kite.store.columns.cameras.status[i])", cameras)
    told = [{1: 0, 2: 1}.get(value) for value in status]
    wrong = sum(is_ != should for is_, should in zip(told, wanted, strict=True))
    if wrong > 0.02 * len(wanted):
        raise AssertionError(f"{wrong} of {len(wanted)} cameras are not as they were sent last.")


def _rotate(
    kite: Kite, page: Page, probe: Probe, writer: Writer, pack: Pack, parts: int, each: int
) -> Counts:
    """Rotations between the counties and the city, a few updates going on."""
    found, first, end = Counts(), int(pack.regions.tier_start[1]), int(pack.regions.tier_start[2])
    codes = [pack.regions.code[0], *pack.regions.code[first:end]]
    keys = page.evaluate("Object.keys(kite.visible)")
    for part in range(parts):
        for number in range(part * each, (part + 1) * each):
            arguments = [codes[(number + 1) % len(codes)], keys[number % len(keys)], PATIENCE_S * 1000]
            if not page.evaluate(ROTATE, arguments):
                raise AssertionError(f"The page did not get to {arguments[0]} with layer {arguments[1]}.")
            writer.write(20)
        wait_until_at_rest(page)
        _wait_until_shown(page, writer)
        found.add((part + 1) * each, probe.look() | _servers(kite))
    return found


def _servers(kite: Kite) -> dict[str, float]:
    return {f"{name}, resident": mb * 1e6 for name, mb in resident_mb(kite.processes()).items()}


def _update_peer(page: Page, probe: Probe, writer: Writer, parts: int, each: int) -> Counts:
    """The same updates before plain dash-leaflet; a part ends when its page was told anew after them."""
    found = Counts()
    for part in range(parts):
        writer.write(each)
        writer.wait_until_applied()
        for _ in range(2):  # the first may have been on its way before
            with page.expect_response("**/_dash-update-component", timeout=PATIENCE_S * 1000) as told:
                pass
            assert told.value.ok
        found.add((part + 1) * each, probe.look())
    return found


def _rows(updates: Counts, rotations: Counts, peer: Counts, note: str) -> list[Row]:
    rows: list[Row] = []
    for name, per, day, ours, other in (
        ("1,000 updates", 1000, UPDATES_A_DAY, updates, peer),
        ("rotation", 1, ROTATIONS_A_DAY, rotations, None),
    ):
        measured = f"{ours.done[-1]:,} in {len(ours.done)} parts" + (f", {note}" if other else "")
        for figure, values in ours.figures.items():
            negligible = NEGLIGIBLE_A_DAY.get(figure)
            theirs = other.slope(figure, per) if other and figure in other.figures else None
            rows.append(
                growth_row(
                    f"{figure}, growth per {name}", UNITS.get(figure, "B"), ours.slope(figure, per), theirs,
                    None if negligible is None else negligible * per / day,
                    f"from {values[int(len(values) * WARM_UP)]:,.0f} to {values[-1]:,.0f}; {measured}",
                )
            )  # fmt: skip
    return rows
