"""1, 4 and 16 cities in a Valkey, 4 on a cluster: CPU per event and memory, also as a history grows.

Every city is Weifang at full size under a code of its own, with its own projector process (`app.py project`)
and hash slot. What is measured is CPU time, because 16 projectors share two cores. All cities live through
the same events at `RATE` a second each, few enough that 16 cities don't saturate the cores: projectors that
fall behind commit more at a time, which is cheaper. A round holds two of the snapshots that a projector saves
every 10 s: their cost goes with time, not with events, and must count alike for all. There is no peer.

DESIGN asks that a city cost the same among 16 as alone: up to `SAME` times as much is taken for that, because
processes that take turns on a core find its caches filled by the others. Growth is linear when the last
quarter of a history costs no more than `SAME` times the first, and memory lies on a line with an R² of
`LINE`.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dashboard.streams.city import CityModel
from dashboard.streams.embedded import EmbeddedServer
from dashboard.streams.from_pack import city_of
from geodata import Pack, builder, load_pack
from geodata.registry import pack_path
from tests.benchmarks import provinces
from tests.benchmarks.backlog import Truth, draw
from tests.benchmarks.cluster import running_cluster
from tests.benchmarks.provinces import Province, timed
from tests.benchmarks.report import Row, spread

RATE = 25
BACKLOG_RATE = 500
SAME, LINE = 1.2, 0.98
MIX = {"reports": 0.08, "commands": 0.02, "units": 0.3, "cameras": 0.6}
HISTORY = {"reports": 0.1, "commands": 0.1, "units": 0.3, "cameras": 0.5}  # cases are what stays
ROUND_MS = 10_000_000
"""Between the pieces of a history, which ends now: of cases left lying for longer Kite sends some up itself,
with ids after those that the pieces have.
"""
MOST = 16


@dataclass
class Cost:
    """Microseconds of CPU per event in each round."""

    projector: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)

    @property
    def both(self) -> list[float]:
        """Projector and Valkey together."""
        return [sum(pair) for pair in zip(self.projector, self.server, strict=True)]

    def take(self, province: Province, seconds: tuple[float, float], events: int) -> None:
        """One round of all cities of a province."""
        for spent, out in zip(seconds, (self.projector, self.server), strict=True):
            out.append(spent * 1e6 / events / len(province.cities))


def run(quick: bool) -> list[Row]:
    """All rows; about eight minutes, two with `quick`."""
    rounds, seconds, piece = (2, 10, 25_000) if quick else (5, 20, 100_000)
    with tempfile.TemporaryDirectory(prefix="kite-bench-") as folder:
        data = Path(folder)
        builder.build("weifang", data)
        pack = load_pack(pack_path(data, "weifang"))
        provinces.build(pack, data, MOST)
        model = city_of(pack)
        return [
            *_with_history(data, pack, model, piece),
            *_with_cities(data, pack, model, rounds, seconds * RATE),
        ]


def _with_cities(data: Path, pack: Pack, model: CityModel, rounds: int, events: int) -> list[Row]:
    truth = Truth()
    with _side_by_side(data) as all_provinces:
        costs = {province.name: Cost() for province in all_provinces}
        for number in range(-1, rounds):  # the first is not counted: it fills what stays filled
            first_ms = time.time_ns() // 1_000_000
            count = events if number >= 0 else RATE
            backlog = draw(pack, model, MIX, count, RATE, first_ms, f"round{number}")
            truth.take(backlog)
            for province in all_provinces:
                spent = province.live(timed(backlog))
                if number >= 0:
                    costs[province.name].take(province, spent, backlog.count)
        checks = {province.name: province.check(truth, model) for province in all_provinces}
        return [*_cost_rows(costs, checks), *_memory_rows(all_provinces)]


@contextmanager
def _side_by_side(data: Path) -> Iterator[list[Province]]:
    """All arrangements at once, so that they can take turns."""
    with ExitStack() as stack:
        found = []
        for count in (1, 4, MOST):
            server = stack.enter_context(EmbeddedServer(data / f"valkey-{count}"))
            name = "1 city" if count == 1 else f"{count} cities"
            found.append(stack.enter_context(provinces.projected(name, [server], data, count)))
        nodes = stack.enter_context(running_cluster(data / "cluster")).nodes
        name = f"4 cities on a cluster of {len(nodes)}"
        found.append(stack.enter_context(provinces.projected(name, list(nodes), data, 4)))
        yield found


def _cost_rows(costs: dict[str, Cost], checks: dict[str, str]) -> list[Row]:
    alone, rows = costs["1 city"], []
    for name, cost in costs.items():
        halves = f"projector {spread(cost.projector)}; Valkey {spread(cost.server)}"
        note = f"{spread(cost.both)}; {halves}; {checks[name]}"
        rows.append(Row(f"CPU per event, {name}", "µs", statistics.median(cost.both), note=note))
    for name, cost in list(costs.items())[1:]:
        ratios = [ours / one for ours, one in zip(cost.both, alone.both, strict=True)]
        note = spread(ratios)
        rows.append(Row(f"CPU per event, {name}: times that of 1 city", "×", statistics.median(ratios),
                        target=SAME, note=note))  # fmt: skip
    return rows


def _memory_rows(all_provinces: list[Province]) -> list[Row]:
    alone, rows = all_provinces[0].projector_mb(), []
    for province in all_provinces:
        projector = province.projector_mb()
        note = f"{projector / alone:.3g} times that of 1 city"
        rows.append(Row(f"memory of a projector, {province.name}", "MB", projector, note=note))
        rows.append(Row(f"memory of Valkey per city, {province.name}", "MB", province.server_mb()))
    ratio = all_provinces[2].projector_mb() / alone
    rows.append(Row(f"memory of a projector, {MOST} cities: times that of 1 city", "×", ratio, target=SAME))
    return rows


def _with_history(data: Path, pack: Pack, model: CityModel, piece: int) -> list[Row]:
    """One city, its history growing by four equal pieces."""
    cost, truth, events, memory, stored = Cost(), Truth(), [0], [], []
    with (
        EmbeddedServer(data / "valkey-history") as server,
        provinces.projected("a history", [server], data, 1) as province,
    ):
        begun_ms = time.time_ns() // 1_000_000
        for number in range(-1, 4):
            first_ms = begun_ms - (4 - number) * ROUND_MS
            backlog = draw(pack, model, HISTORY, piece, BACKLOG_RATE, first_ms, f"piece{number}")
            truth.take(backlog)
            spent = province.work_off(backlog)
            memory.append(province.projector_mb())
            stored.append(province.cities[0].data_bytes() / 1e6)
            if number >= 0:
                cost.take(province, spent, backlog.count)
                events.append(events[-1] + backlog.count)
        check = province.check(truth, model)
    quarters = cost.both[-1] / cost.both[0]
    pieces = ", ".join(f"{value:.3g}" for value in cost.both)
    return [
        Row(f"history of {events[-1]:,} events: CPU per event, last quarter ÷ first", "×", quarters,
            target=SAME, note=f"µs per event in each quarter: {pieces}; {check}"),
        *_line(f"projector memory over {events[-1]:,} events", events, memory),
        *_line(f"Valkey memory over {events[-1]:,} events", events, stored),
    ]  # fmt: skip


def _line(what: str, events: list[int], megabytes: list[float]) -> list[Row]:
    """Slope and straightness of memory over events."""
    slope, _ = np.polyfit(events, megabytes, 1)
    straight = float(np.corrcoef(events, megabytes)[0, 1] ** 2)
    note = "MB: " + ", ".join(f"{value:.4g}" for value in megabytes)
    return [
        Row(f"{what}: per 1,000 events", "kB", float(slope) * 1e6, note=note),
        Row(f"{what}: R² of a line", "", straight, target=LINE, higher_is_better=True),
    ]
