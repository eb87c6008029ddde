"""A day on the wall: 100,000 updates, 500 rotations of views, turns of the panels; what grows meanwhile.

Updates go through the real projector as flat entries, as fast as it and the page take them: after every part
the page's own position must have reached that of the last change, and its cameras must be in the state that
was sent last. Cases don't pile up: each is reported and then merged into another, as an officer would a
duplicate. Rotations go the way a wall does: the address changes through Dash, the map flies there, a layer is
switched off and on; the map must then rest with that region selected. Updates that come so fast leave out
what a page does by the clock, however little changes: telling its panels, once a second. So that is done as
well, a frame apart, and a figure that was blotted out must be there again.
After every part the page's garbage is collected, and what is left is counted; the heap's data apart from V8's
compiled code (see `tests.benchmarks.heap`). The first fifth of the parts is warm-up and counts for nothing.
Growth is a slope (see `tests.benchmarks.slopes`); negligible is less than 1 MB of heap, and less than 100
nodes or listeners, in a whole day: 100,000 updates, 5,760 rotations (one every 15 s), or 86,400 turns of the
panels.
"""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import redis
from playwright.sync_api import Browser, Page, Response

from dashboard.streams.keys import Keys
from dashboard.views.ids import Id
from geodata import Pack, load_pack
from tests.benchmarks.heap import bytes_by_kind
from tests.benchmarks.pages import peer_page, wait_until_at_rest, wait_until_loaded
from tests.benchmarks.probes import PEER_FIRST, opened
from tests.benchmarks.processes import resident_mb, wait_until_caught_up
from tests.benchmarks.report import Row
from tests.benchmarks.slopes import Slope, growth_row, slope
from tests.benchmarks.updates import Updates, wait_until_shown
from tests.parts import Kite, chromium, running_kite

UPDATES_A_DAY, ROTATIONS_A_DAY, TURNS_A_DAY = 100_000, 24 * 3600 // 15, 24 * 3600
NEGLIGIBLE_A_DAY = {"heap, data": 1e6, "DOM nodes": 100.0, "listeners": 100.0}
UNITS = {"DOM nodes": "nodes", "listeners": "listeners"}
WARM_UP = 0.2
PATIENCE_S = 120

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
# Tell all panels anew so many times; the answer says how often a figure, blotted out before, was there again.
TELL = """
async ([turns, id]) => {
  const figure = document.getElementById(id);
  let right = 0;
  for (let turn = 0; turn < turns; turn++) {
    figure.textContent = '';
    kite.panels.forget();
    await new Promise((done) => requestAnimationFrame(done));
    const { open_cases } = kite.summary(kite.store.hierarchy.code(kite.selection.region));
    right += Number(figure.textContent.replace(/[^0-9]/g, '') || NaN) === open_cases;
  }
  return right;
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

    def steady(self) -> Iterator[tuple[str, list[float]]]:
        """The figures that there were after every part; a process that only came and went has none."""
        return ((name, values) for name, values in self.figures.items() if len(values) == len(self.done))

    def slope(self, name: str, per: int) -> Slope:
        """The growth of a figure per `per` of what was done, after the warm-up."""
        first = int(len(self.done) * WARM_UP)
        return slope(self.done[first:], self.figures[name][first:]).times(per)


class Probe:
    """What a page holds after its garbage was collected."""

    def __init__(self, browser: Browser, page: Page) -> None:
        self._page, self._session = page, page.context.new_cdp_session(page)
        renderers = [process["id"] for process in _renderers(browser)]
        self._renderer = max(renderers, key=lambda pid: psutil.Process(pid).memory_info().rss)

    def look(self) -> dict[str, float]:
        """Heap in bytes, nodes, listeners; canvases and the whole process in bytes."""
        for _ in range(2):  # what the first finds dead may have held something of the other heap's
            self._session.send("HeapProfiler.collectGarbage")
        heap = bytes_by_kind(self._session)
        counters = self._session.send("Memory.getDOMCounters")
        canvases = self._page.evaluate(
            "[...document.querySelectorAll('canvas')].reduce((sum, c) => sum + 4 * c.width * c.height, 0)"
        )
        return {
            "heap, data": heap["data"],
            "heap, compiled code": heap["code"],
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
    turns: tuple[int, int]
    peer_updates: tuple[int, int]


FULL = Size((25, 4000), (25, 20), (25, 200), (12, 1000))
QUICK = Size((10, 1000), (10, 5), (10, 30), (8, 500))


def run(quick: bool) -> list[Row]:
    """All rows; about twelve minutes, four with `quick` (which is a tenth of the day)."""
    size = QUICK if quick else FULL
    with (
        tempfile.TemporaryDirectory(prefix="kite-bench-") as folder,
        running_kite(Path(folder), rate=20) as kite,
        chromium() as browser,
    ):
        return _measure(kite, browser, Path(folder) / "packs" / "weifang", size)


def _measure(kite: Kite, browser: Browser, pack_path: Path, size: Size) -> list[Row]:
    pack, client = load_pack(pack_path), redis.Redis.from_url(kite.redis_url)
    wait_until_caught_up(client, Keys(pack.regions.code[0]))
    writer = Updates(pack, client)
    refused = writer.refused()
    with opened(browser, kite.url) as page:
        wait_until_loaded(page)
        probe = Probe(browser, page)
        begun_s = time.monotonic()
        updates = _update(kite, page, probe, writer, *size.updates)
        rate = size.updates[0] * size.updates[1] / (time.monotonic() - begun_s)
        rotations = _rotate(kite, page, probe, writer, pack, *size.rotations)
        turns = _tell(page, probe, *size.turns)
    with peer_page(browser, "plain_leaflet", str(pack_path), kite.redis_url) as page:
        page.evaluate(PEER_FIRST)
        peer = _update_peer(page, Probe(browser, page), writer, *size.peer_updates)
    if writer.refused() != refused:
        raise AssertionError(f"{writer.refused() - refused} of the updates were refused.")
    note = f"{rate:,.0f} updates/s with the collections between"
    return _rows(updates, rotations, turns, peer, note)


def _update(kite: Kite, page: Page, probe: Probe, writer: Updates, parts: int, each: int) -> Counts:
    """Updates alone, the view at rest."""
    found = Counts()
    for part in range(parts):
        writer.write(each)
        wait_until_shown(page, writer.wait_until_applied())
        found.add((part + 1) * each, probe.look() | _servers(kite))
    _check_cameras(page, writer)
    return found


def _check_cameras(page: Page, writer: Updates) -> None:
    """The page's cameras are in the state that was sent last (but for those the simulator has touched)."""
    cameras, wanted = list(writer.last_camera), list(writer.last_camera.values())
    status = page.evaluate("(cameras) => cameras.map((i) => kite.store.columns.cameras.status[i])", cameras)
    told = [{1: 0, 2: 1}.get(value) for value in status]
    wrong = sum(is_ != should for is_, should in zip(told, wanted, strict=True))
    if wrong > 0.02 * len(wanted):
        raise AssertionError(f"{wrong} of {len(wanted)} cameras are not as they were sent last.")


def _rotate(
    kite: Kite, page: Page, probe: Probe, writer: Updates, pack: Pack, parts: int, each: int
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
        wait_until_shown(page, writer.wait_until_applied())
        found.add((part + 1) * each, probe.look() | _servers(kite))
    return found


def _tell(page: Page, probe: Probe, parts: int, each: int) -> Counts:
    """The panels alone, told again and again, as they are once a second where anything changes."""
    found = Counts()
    for part in range(parts):
        right = page.evaluate(TELL, [each, str(Id.CASES)])
        if right < 0.9 * each:  # a case may come between the writing and the looking
            raise AssertionError(f"The panels were right after {right} of {each} turns.")
        found.add((part + 1) * each, probe.look())
    return found


def _servers(kite: Kite) -> dict[str, float]:
    """Bytes by process; Valkey writes its address into its name, which changes from run to run."""
    found = resident_mb(kite.processes()).items()
    return {f"{name.partition(' 127.')[0]}, resident": mb * 1e6 for name, mb in found}


def _update_peer(page: Page, probe: Probe, writer: Updates, parts: int, each: int) -> Counts:
    """The same updates before plain dash-leaflet; a part ends when its page was told anew after them."""
    found = Counts()
    for part in range(parts):
        writer.write(each)
        writer.wait_until_applied()
        for _ in range(2):  # the first may have been on its way before
            with page.expect_response(_is_update, timeout=PATIENCE_S * 1000) as told:
                pass
            assert told.value.ok
        found.add((part + 1) * each, probe.look())
    return found


def _is_update(response: Response) -> bool:
    return "/_dash-update-component" in response.url


def _rows(updates: Counts, rotations: Counts, turns: Counts, peer: Counts, note: str) -> list[Row]:
    rows: list[Row] = []
    for name, per, day, ours, other in (
        ("1,000 updates", 1000, UPDATES_A_DAY, updates, peer),
        ("rotation", 1, ROTATIONS_A_DAY, rotations, None),
        ("turn of the panels", 1, TURNS_A_DAY, turns, None),
    ):
        measured = f"{ours.done[-1]:,} in {len(ours.done)} parts" + (f", {note}" if other else "")
        for figure, values in ours.steady():
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
