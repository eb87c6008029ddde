"""The duty desk with 10,000 open cases: which unit to send, a command to all screens, 50 officers, the page.

No peer: a page that asks for everything once a second, which is the plain way, shows a command half a second
late on average by its interval alone, and no other way of working cases was at hand to compare with. What
the officers were told is held against the store's histories (see `bookkeeping`); which units are suggested
against a plain loop over all (see `suggesting`).
"""

from __future__ import annotations

import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import orjson
import redis
from playwright.sync_api import Browser

from dashboard.domain.access import EVERYWHERE, Identity
from dashboard.streams.tokens import add_token
from geodata import Pack, load_pack
from tests.benchmarks.asking import Asking
from tests.benchmarks.bookkeeping import RawCase, balance
from tests.benchmarks.cities import CITY, data_folder
from tests.benchmarks.desk_rows import p50_p95, speed, truth
from tests.benchmarks.officers import Result
from tests.benchmarks.open_cases import Cases, stored_cases, wait_until_applied
from tests.benchmarks.processes import child, cpu_ms, resident_mb
from tests.benchmarks.queue_page import INSTALL, Changes, desk_page, heap_mb, long_tasks, next_cases
from tests.benchmarks.report import Row, paired, spread
from tests.benchmarks.screens import screens
from tests.benchmarks.shown import STEPS, Commands, Shown
from tests.benchmarks.suggesting import Units, places_of, time_calls, time_domain
from tests.parts import Kite, chromium, running_kite

SUGGEST_MS, SHOWN_MS, COMMAND_MS = 10.0, 300.0, 150.0
OFFICERS, LEADERS, SCREENS = 50, 5, 50
LOAD_PER_S = 500
QUIET_LOAD_PER_S = 50  # what `serve` simulates by default; beside the officers' own
CALM_TYPES = "0"  # a dispute's terms are days: nothing goes up by itself while it is looked at


@dataclass(frozen=True)
class Sizes:
    """How much is done of each."""

    cases: int
    asked: int
    checked: int
    rounds: int
    shown_cases: int
    changes_s: float
    presses: int
    work_s: float


FULL = Sizes(10_000, 300, 30, 3, 14, 30.0, 40, 300.0)
QUICK = Sizes(2_000, 100, 10, 1, 8, 10.0, 15, 20.0)


def run(quick: bool) -> list[Row]:
    """All parts, on one Kite, one after the other; some twelve minutes, three with `quick`."""
    with data_folder() as built, tempfile.TemporaryDirectory(prefix="kite-desk-") as folder:
        data = Path(folder)
        (data / "packs").symlink_to((built / "packs").resolve())
        with running_kite(data, rate=0) as kite, chromium() as browser:
            return Bench(kite, browser, data, QUICK if quick else FULL).rows()


class Bench:
    """One Kite with its open cases, and the parts of the benchmark."""

    def __init__(self, kite: Kite, browser: Browser, data: Path, sizes: Sizes) -> None:
        self._kite, self._browser, self._data, self._sizes = kite, browser, data, sizes
        self._pack: Pack = load_pack(data / "packs" / CITY)
        self._client = redis.Redis.from_url(kite.redis_url)
        self._cases = Cases(self._pack, self._client)
        self._keys = self._cases.keys

    def rows(self) -> list[Row]:
        """The table."""
        self._cases.put_units_on_duty()
        self._cases.report(self._sizes.cases)
        return [*self._suggesting(), *self._page(), *self._shown(), *self._officers()]

    def _token(self, name: str, role: str = "officer", region: str = EVERYWHERE) -> str:
        ends_ms = int((time.time() + 86_400) * 1000)
        return add_token(self._client, self._keys, Identity(name, role, region), ends_ms)

    def _open_cases(self) -> dict[str, RawCase]:
        stored = stored_cases(self._client, self._keys)
        return {case_id: case for case_id, case in stored.items() if _is_open(case)}

    # Which unit

    def _suggesting(self) -> list[Row]:
        sizes, cases = self._sizes, list(self._open_cases().values())
        units = Units(self._pack, self._client, cases)
        places = random.Random(1).sample(places_of(self._pack, cases), sizes.asked)
        numbers = {call_sign: n for n, call_sign in enumerate(self._pack.units.call_sign)}
        asking = Asking(self._kite.url, self._token("值班席01"))
        domain, calls = [], []
        for _ in range(sizes.rounds):
            domain.append(time_domain(self._pack, units, places, sizes.checked))
            calls.append(time_calls(asking, numbers, units, places, sizes.checked))
        checked = f"{sizes.checked} of {sizes.asked} answers held against a plain loop over all units"
        over = f"{len(units.all):,} units"
        return [
            *p50_p95(f"suggest a unit of {over}: the domain", domain, SUGGEST_MS, checked),
            *p50_p95(f"suggest a unit of {over}: the API's call", calls, SUGGEST_MS,
                      f"{len(cases):,} open cases; {checked}"),
        ]  # fmt: skip

    # The page

    def _page(self) -> list[Row]:
        sizes, filled, cases = self._sizes, [], self._open_cases()
        changes = Changes(
            self._kite.redis_url, self._keys, {case_id: case["state"] for case_id, case in cases.items()}
        )
        for last in (*[False] * sizes.rounds, True):
            with desk_page(self._browser, self._kite.url, len(cases)) as (page, filled_ms):
                filled.append(filled_ms)
                if not last:
                    continue
                page.evaluate(INSTALL)
                page.wait_for_timeout(3000)
                quiet = long_tasks(page, sizes.changes_s / 3)
                heap = heap_mb(page)
                written, begun_s = changes.written, time.monotonic()
                with changes.going_on():
                    changing = long_tasks(page, sizes.changes_s)
                    shown, told = next_cases(page, sizes.presses)
                per_s = (changes.written - written) / (time.monotonic() - begun_s)
                grown = heap_mb(page) - heap
        wait_until_applied(self._client, self._keys)
        at = f"with {len(cases):,} cases"
        seconds = f"in {sizes.changes_s:g} s, {per_s:.0f} changes/s; ms: {spread(changing)}"
        idle = f"in {sizes.changes_s / 3:g} s; ms: {spread(quiet)}"
        return [
            *paired(f"desk {at}: navigation → filled queue", "ms", filled[1:], note=f"first {filled[0]:.0f}"),
            Row(f"desk {at}: tasks over 50 ms, nothing changes", "tasks", len(quiet), note=idle),
            Row(f"desk {at}: tasks over 50 ms, with changes", "tasks", len(changing), note=seconds),
            *p50_p95(f"desk {at}: `j` → the next case painted", [shown]),
            *p50_p95(f"desk {at}: `j` → its suggested units painted", [told]),
            Row(f"desk {at}: page's JavaScript heap", "MB", heap, note=f"{grown:+.1f} after the changes"),
        ]  # fmt: skip

    # A command to all screens

    def _shown(self) -> list[Row]:
        sizes = self._sizes
        calm = [case["id"] for case in self._open_cases().values() if _is_calm(case)]
        random.Random(2).shuffle(calm)
        asking, port = Asking(self._kite.url, self._token("值班席02")), int(self._kite.url.rpartition(":")[2])
        rounds: list[list[Shown]] = []
        at = (str(self._data / "packs" / CITY), self._kite.redis_url, str(LOAD_PER_S))
        with (
            screens("kite", port, SCREENS) as remote,
            desk_page(self._browser, self._kite.url, 1) as (page, _),
            child("tests.benchmarks.load", *at),
        ):
            found = remote.wait(60, live=SCREENS)
            assert found["live"] == SCREENS, f"of {SCREENS} screens only {found['live']} are live"
            page.wait_for_timeout(5000)
            commands = Commands(asking, self._client, self._keys, remote, SCREENS, page)
            for number_ in range(sizes.rounds):
                part = calm[number_ * sizes.shown_cases : (number_ + 1) * sizes.shown_cases]
                assert len(part) == sizes.shown_cases, "there are too few cases to command"
                rounds.append(list(commands.time(part)))
        name = f"a command at {LOAD_PER_S} events/s →"
        note = f"{sizes.shown_cases * len(STEPS)} commands a round"
        answered, arrived, painted, everywhere = (
            [[getattr(one, what) for one in part] for part in rounds]
            for what in ("answered", "screens", "painted", "everywhere")
        )
        return [
            *p50_p95(f"{name} its answer", answered),
            *p50_p95(f"{name} the last of {SCREENS} event streams has it", arrived),
            *p50_p95(f"{name} painted in the desk's page", painted),
            *p50_p95(f"{name} shown on all of them", everywhere, SHOWN_MS, note),
            Row(f"{name} shown on all of them, the slowest", "ms", max(map(max, everywhere))),
        ]

    # Officers

    def _officers(self) -> list[Row]:
        plan, result_file = self._data / "plan.json", self._data / "result.json"
        plan.write_bytes(orjson.dumps(self._plan()))
        wait_until_applied(self._client, self._keys)
        before = stored_cases(self._client, self._keys)
        at = (str(self._data / "packs" / CITY), self._kite.redis_url, str(QUIET_LOAD_PER_S))
        port = int(self._kite.url.rpartition(":")[2])
        with screens("kite", port, SCREENS) as remote, child("tests.benchmarks.load", *at):
            remote.wait(60, live=SCREENS)
            used = cpu_ms(self._kite.processes())
            work = ("tests.benchmarks.officers", self._kite.url, str(plan), str(self._sizes.work_s))
            with child(*work, str(result_file)) as process:
                assert process.wait(self._sizes.work_s + 120) == 0, "the officers' process failed"
            spent = {name: ms - used.get(name, 0.0) for name, ms in cpu_ms(self._kite.processes()).items()}
        wait_until_applied(self._client, self._keys)
        result = Result.read(result_file)
        after = stored_cases(self._client, self._keys)
        account = balance(result.sent, result.reported, before, after)
        return [
            *speed(result, OFFICERS, COMMAND_MS),
            *truth(account),
            *self._left_over(after),
            *self._cost(spent, result),
        ]

    def _plan(self) -> dict[str, object]:
        """Officers of all counties in turns, leaders of the city, and what is reported meanwhile."""
        first, last = self._pack.regions.tier_start[1:3].tolist()
        counties = self._pack.regions.code[first:last]
        people = []
        for n in range(OFFICERS):
            is_leader = n < LEADERS
            name, region = f"席位{n + 1:02d}", counties[n % len(counties)]
            role, bound = ("leader", EVERYWHERE) if is_leader else ("officer", region)
            people.append(
                {"name": name, "token": self._token(name, role, bound), "is_leader": is_leader,
                 "region": self._pack.regions.code[0] if is_leader else region}
            )  # fmt: skip
        return {
            "officers": people,
            "reporter": self._token("热线", "producer"),
            "reports": list(self._cases.drawn(20_000, "called")),
        }

    def _left_over(self, after: dict[str, RawCase]) -> list[Row]:
        """The web server's count of open cases beside the store's."""
        stored = sum(map(_is_open, after.values()))
        asking = Asking(self._kite.url, self._token("值班席03"))
        time.sleep(1.0)  # the load has ended, and what it wrote last may still be on its way
        told = asking.get("cases?limit=1").said["total"]
        note = f"{stored:,} open of {len(after):,} in the store"
        return [Row("open cases that only one of store and web server has", "", abs(told - stored), None, 0.0,
                    note=note)]  # fmt: skip

    def _cost(self, spent: dict[str, float], result: Result) -> list[Row]:
        rows = [
            Row(f"{OFFICERS} officers: CPU of {name}", "ms/s", ms / result.seconds)
            for name, ms in spent.items()
        ]
        rows.append(Row(f"{OFFICERS} officers: CPU of the officers themselves", "ms/s",
                        result.cpu_s * 1000 / result.seconds))  # fmt: skip
        memory = resident_mb(self._kite.processes())
        return rows + [
            Row(f"{OFFICERS} officers: memory of {name.partition(' 127.')[0]}", "MB", mb)
            for name, mb in memory.items()
        ]


def _is_open(case: RawCase) -> bool:
    return case["state"] not in ("closed", "merged")


def _is_calm(case: RawCase) -> bool:
    return case["state"] == "reported" and case["level"] == 4 and str(case["type"]).startswith(CALM_TYPES)
