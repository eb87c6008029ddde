"""A region's page with 71,000 cases behind it: navigation → painted with its figures; what each figure takes.

The cases are the simulator's: 71 days of a thousand, their reports and ends, the last week with each command.
A page counts as painted in the animation frame after the one in which its score, its reasons and the drawing
of what moved it are there; a drill-down in that after the one in which both say something else. "Cold": the
cache of derived figures is empty; "warm": it has them. "At work" is CPU time, in which a web worker lets
nobody else have a turn. No peer: the plain way, a loop over the cases in a callback, is what the tests hold
the figures to, and takes seconds.
"""

from __future__ import annotations

import json
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from playwright.sync_api import Browser, BrowserContext

from dashboard.streams.keys import Keys
from dashboard.views.ids import Id, LeaderId
from geodata import Pack, load_pack
from tests.benchmarks.cities import CITY, data_folder
from tests.benchmarks.leading import Leading, codes_of, forget_cache
from tests.benchmarks.open_cases import stored_cases
from tests.benchmarks.pages import PATIENCE_MS
from tests.benchmarks.probes import SCREEN
from tests.benchmarks.processes import resident_mb, wait_until_caught_up
from tests.benchmarks.report import Row, number, paired
from tests.parts import Kite, chromium, running_kite

PAINTED_MS, BLOCKED_MS = 1000.0, 50.0
HISTORY_DAYS, CASES_PER_DAY = 71, 1000
_READ_S = 300.0

WATCH = f"""
window.figuresPainted = new Promise((resolve) => {{
  const at = (id) => document.getElementById(id);
  const isThere = () => /\\d/.test(at('{Id.SCORE}')?.textContent ?? '')
    && at('{Id.REASONS}')?.children.length > 0 && at('{LeaderId.MOVED_GRAPH}')?.querySelector('svg');
  const done = () => resolve(performance.now());
  const look = () => requestAnimationFrame(isThere() ? done : look);
  look();
}});
"""
# A click on a part in the list of parts: ms until its title and what moved its score are painted.
DRILL = f"""
(path) => new Promise((resolve, reject) => {{
  const said = () => ['{Id.WHY_TITLE}', '{LeaderId.MOVED_GRAPH}'].map((id) => document.getElementById(id).innerHTML);
  const before = said(), begun = performance.now();
  const link = document.querySelector(`a[href="${{path}}"]`);
  if (!link) reject(new Error(`there is no link to ${{path}}`));
  link.click();
  const done = () => resolve(performance.now() - begun);
  const look = () => requestAnimationFrame(said().every((text, n) => text !== before[n]) ? done : look);
  look();
}})
"""  # noqa: E501


def run(quick: bool) -> list[Row]:
    """All rows; about six minutes, four with `quick`: most of it is making the cases."""
    with data_folder() as built, tempfile.TemporaryDirectory(prefix="kite-region-") as folder:
        data = Path(folder)
        (data / "packs").symlink_to((built / "packs").resolve())
        pack = load_pack(data / "packs" / CITY)
        settings = {"rate": 20, "history_days": HISTORY_DAYS, "cases_per_day": CASES_PER_DAY}
        with running_kite(data, **settings) as kite, chromium() as browser:
            return Bench(kite, browser, data, pack, 2 if quick else 7).rows()


class Bench:
    """One Kite with its cases, and the parts of the benchmark."""

    def __init__(self, kite: Kite, browser: Browser, data: Path, pack: Pack, rounds: int) -> None:
        self._kite, self._browser, self._rounds = kite, browser, rounds
        self._client, self._keys = redis.Redis.from_url(kite.redis_url), Keys(pack.regions.code[0])
        self._leading = Leading(data, pack, kite.redis_url)

    def rows(self) -> list[Row]:
        """The table."""
        wait_until_caught_up(self._client, self._keys, patience_s=600.0)
        self._wait_until_read()
        return [*self._reading(), *self._pages(), *self._drilled(), *self._methods()]

    def _wait_until_read(self) -> None:
        """Block until the web process has read all cases."""
        end_s, url = (
            time.monotonic() + _READ_S,
            f"{self._kite.url}/api/v1/regions/{self._keys.city}/cases-figures",
        )
        while time.monotonic() < end_s:
            try:
                with urllib.request.urlopen(f"{url}?period=year", timeout=10) as answer:
                    told = json.load(answer)
            except (urllib.error.URLError, OSError):
                time.sleep(0.5)
                continue
            stored = len(stored_cases(self._client, self._keys))
            if told["new"] > 0.95 * stored:
                return
            time.sleep(1.0)
        raise AssertionError(f"the web process did not read the cases within {_READ_S:g} s")

    def _reading(self) -> list[Row]:
        count, took_s, grown_mb = self._leading.read()
        memory = resident_mb(self._kite.processes())
        worker = next(mb for name, mb in memory.items() if name.endswith("web worker"))
        note = f"{count:,} cases, {took_s / count * 1e6:.0f} µs each, in slices of a few ms"
        return [
            Row("cases behind the page", "", count, None, 0.98 * HISTORY_DAYS * CASES_PER_DAY, True),
            Row("all cases read by a web process at its start", "s", took_s, note=note),
            Row("what they take there", "MB", grown_mb, note=f"the worker has {worker:,.0f} MB"),
        ]

    # The page

    def _pages(self) -> list[Row]:
        rows: list[Row] = []
        codes = codes_of(self._leading.hierarchy)
        with self._profile() as context:  # warms the server
            _painted_ms(context, self._url(codes["city"]))
        for tier, code in codes.items():
            cold, warm, again = [], [], []
            for _ in range(self._rounds):
                forget_cache(self._client, self._keys)
                with self._profile() as context:
                    cold.append(_painted_ms(context, self._url(code)))
                with self._profile() as context:
                    warm.append(_painted_ms(context, self._url(code)))
                    again.append(_painted_ms(context, self._url(code)))
            at = f"page of a {tier}: navigation → painted with its figures"
            rows += [
                *paired(f"{at}, cold", "ms", cold, note="a browser that has nothing cached either"),
                *paired(f"{at}, warm server", "ms", warm, note="a browser that has nothing cached"),
                *paired(f"{at}, warm", "ms", again, target=PAINTED_MS),
            ]
        return rows

    def _drilled(self) -> list[Row]:
        """From the city down to a village, by clicks in the list of parts."""
        steps = list(codes_of(self._leading.hierarchy).items())[1:4]
        cold: dict[str, list[float]] = {tier: [] for tier, _ in steps}
        warm: dict[str, list[float]] = {tier: [] for tier, _ in steps}
        for _ in range(self._rounds):
            forget_cache(self._client, self._keys)
            for times in (cold, warm):
                with self._profile() as context:
                    page = context.new_page()
                    page.set_default_timeout(PATIENCE_MS)
                    page.goto(self._url(self._keys.city), wait_until="commit")
                    page.evaluate("window.figuresPainted")
                    for tier, code in steps:
                        page.wait_for_selector(f'a[href="/region/{code}"]', state="attached")
                        page.wait_for_timeout(1000)
                        times[tier].append(float(page.evaluate(DRILL, f"/region/{code}")))
        return [
            row
            for tier, _ in steps
            for state, times in (("cold", cold), ("warm", warm))
            for row in paired(f"a click on a {tier} → painted with its figures, {state}", "ms", times[tier],
                              target=PAINTED_MS)
        ]  # fmt: skip

    def _url(self, code: str) -> str:
        return f"{self._kite.url}/region/{code}"

    @contextmanager
    def _profile(self) -> Iterator[BrowserContext]:
        """A browser profile of its own."""
        context = self._browser.new_context(viewport=SCREEN, device_scale_factor=1)
        try:
            context.add_init_script(WATCH)
            yield context
        finally:
            context.close()

    # The methods

    def _methods(self) -> list[Row]:
        rows = []
        for name, cold, warm in self._leading.times(self._rounds):
            for state, times in (("cold", cold), ("warm", warm)):
                note = "; ".join(
                    f"{what} {', '.join(f'{tier} {number(ms)}' for tier, ms in column.items())}"
                    for what, column in (("at work:", times.worked), ("took:", times.took))
                )
                worst = max(times.worked.values())
                rows.append(Row(f"{name}: {state}, at work", "ms", worst, None, BLOCKED_MS, note=note))
        return rows


def _painted_ms(context: BrowserContext, url: str) -> float:
    """ms from navigation until the page is painted with its figures."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(url, wait_until="commit")
    painted = float(page.evaluate("window.figuresPainted"))
    page.close()
    return painted
