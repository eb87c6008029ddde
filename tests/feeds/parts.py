"""A writer that remembers, a clock that only moves when told, and a small city that was never built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
from pyproj import Transformer

from dashboard.domain.cases import Case, apply, merge_report, new_case
from dashboard.domain.events import parse_command, parse_report
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.safety_index import IndexParameters
from dashboard.feeds.area import Area
from dashboard.feeds.simulation.world import World
from dashboard.streams.city import CityModel

START_MS = 1_764_000_000_000
CODE = "370700"
COUNTIES, TOWNS, VILLAGES, GRIDS = 2, 3, 2, 4  # of the one above
SIDE = 3_000  # of a grid, in map units
COLUMNS = 8
ORIGIN = (13_250_000.0, 4_390_000.0)
_MERCATOR = Transformer.from_crs(4326, 3857, always_xy=True)


@dataclass
class Written:
    """One call of the appender: the stream, its events, and what went with them."""

    kind: str
    events: Any
    simulated: bool
    packed: bool
    at_s: float


@dataclass
class Memory:
    """An appender that keeps what it is given. `clock` stamps it; `fail` calls raise `error` first."""

    clock: Any = None
    written: list[Written] = field(default_factory=list)
    fail: int = 0
    error: type[Exception] = OSError

    def append(self, kind: str, fields: Mapping[str, str]) -> str:
        return self.append_many(kind, [fields])[0]

    def append_many(self, kind: str, entries: Sequence[Mapping[str, str]]) -> list[str]:
        return self._keep(kind, [dict(entry) for entry in entries], False, False)

    def append_packed(self, kind: str, items: Any, simulated: bool = False) -> list[str]:
        events = items.copy() if isinstance(items, np.ndarray) else [dict(item) for item in items]
        return self._keep(kind, events, simulated, True)

    def _keep(self, kind: str, events: Any, simulated: bool, packed: bool) -> list[str]:
        if self.fail:
            self.fail -= 1
            raise self.error("away")
        at_s = self.clock.now_s() if self.clock else 0.0
        self.written.append(Written(kind, events, simulated, packed, at_s))
        return [f"{len(self.written)}-{k}" for k in range(len(events))]

    def flat(self, kind: str) -> list[dict[str, str]]:
        """All reports or commands of a stream in their order, heartbeats left out."""
        events = [event for call in self.written if call.kind == kind for event in call.events]
        return [event for event in events if event.get("kind") != "heartbeat"]

    def heartbeats(self, kind: str) -> list[tuple[float, dict[str, str]]]:
        """(when written, heartbeat) of a stream."""
        return [
            (call.at_s, event)
            for call in self.written
            if call.kind == kind and not isinstance(call.events, np.ndarray)
            for event in call.events
            if event.get("kind") == "heartbeat"
        ]

    def records(self, kind: str) -> np.ndarray:
        """All records of cameras or units."""
        calls = [call.events for call in self.written if call.kind == kind]
        return np.concatenate([events for events in calls if isinstance(events, np.ndarray)])


@dataclass
class Clock:
    """A clock and a stop in one: waiting moves it on, and it stops at `end_s` or after `most_waits`.

    `jumps`: (when, by how much), in seconds of its own time, as a paused machine sees them. A machine that is
    busy wakes up late: every wait takes `stretch` times as long.
    """

    end_s: float = float("inf")
    jumps: list[tuple[float, float]] = field(default_factory=list)
    elapsed_s: float = 0.0
    most_waits: float = float("inf")
    stretch: float = 1.0
    waits: int = 0

    def now_s(self) -> float:
        return self.elapsed_s

    def now_ms(self) -> int:
        return START_MS + int(self.elapsed_s * 1000)

    def wait(self, timeout: float | None = None, /) -> bool:
        self.waits += 1
        self.elapsed_s += (timeout or 0.0) * self.stretch
        while self.jumps and self.elapsed_s >= self.jumps[0][0]:
            self.elapsed_s += self.jumps.pop(0)[1]
        return self.is_set()

    def is_set(self) -> bool:
        return self.elapsed_s >= self.end_s or self.waits >= self.most_waits


def small_pack(cameras_per_grid: int = 20) -> Any:
    """A lattice of 48 square grids: 2 counties, 6 towns, 12 villages; with cameras and units."""
    counts = np.cumprod([1, COUNTIES, TOWNS, VILLAGES, GRIDS])
    start = np.concatenate([[0], np.cumsum(counts)])
    children = [COUNTIES, TOWNS, VILLAGES, GRIDS]
    parent, codes = [-1], [CODE]
    for tier, each in enumerate(children):
        digits = 2 if tier == 0 else 3
        for above in range(int(start[tier]), int(start[tier + 1])):
            stem = codes[above][:4] if tier == 0 else codes[above]
            for child in range(each):
                parent.append(above)
                codes.append(f"{stem}{child + 1:0{digits}d}")
    grids = int(counts[-1])
    number = np.arange(grids)
    corner = np.stack([number % COLUMNS, number // COLUMNS], axis=1) * SIDE
    per_tier = [grids // int(count) for count in counts]
    label, box, lo = [], [], []
    for tier, each in enumerate(per_tier):
        for k in range(int(counts[tier])):
            inside = corner[k * each : (k + 1) * each]
            lo.append(k * each)
            label.append(inside[0] + SIDE // 2)
            box.append([*inside.min(axis=0), *(inside.max(axis=0) + SIDE)])
    people = 300 + 10 * number
    tier_of = np.repeat(np.arange(5), counts)
    names = {0: "潍坊市", 1: "诸城市", 2: "密州街道", 3: "东关社区", 4: "网格"}
    regions = SimpleNamespace(
        code=tuple(codes),
        name=tuple(names[tier] for tier in tier_of.tolist()),
        tier=tier_of.astype(np.uint8),
        parent=np.array(parent, dtype=np.int32),
        grid_lo=np.array(lo, dtype=np.uint32),
        grid_hi=np.array([first + per_tier[t] for first, t in zip(lo, tier_of, strict=True)], np.uint32),
        tier_start=start.astype(np.uint32),
        population=np.concatenate([people.reshape(-1, each).sum(axis=1) for each in per_tier]),
        area_m2=np.repeat(np.array(per_tier) * 58_000.0, counts),
        label_xy=np.array(label, dtype=np.int32),
        bbox=np.array(box, dtype=np.int32),
    )
    camera_grid = np.repeat(number, cameras_per_grid)
    kinds = np.tile([0, 0, 0, 1, 2, 3, 4, 5], grids)
    homes = np.repeat(number, 8)
    units = SimpleNamespace(
        call_sign=tuple(f"诸城-{kind}-{k:04d}" for k, kind in enumerate(kinds.tolist())),
        kind=kinds.astype(np.uint8),
        home_grid=homes.astype(np.uint32),
        xy=(corner[homes] + SIDE // 2).astype(np.int32),
    )
    cameras = SimpleNamespace(
        grid=camera_grid.astype(np.uint32),
        networked=(np.arange(len(camera_grid)) % 5 != 4).astype(np.uint8),
    )
    manifest = {"timezone": "Asia/Shanghai", "code": CODE, "origin": list(ORIGIN)}
    pack = SimpleNamespace(manifest=manifest, regions=regions, cameras=cameras, units=units)
    pack.from_lonlat, pack.to_lonlat = from_lonlat, to_lonlat
    return pack


def from_lonlat(lon: Any, lat: Any) -> np.ndarray:
    """Map units i32[..., 2], by pyproj."""
    metres = np.stack(_MERCATOR.transform(lon, lat), axis=-1) - ORIGIN
    return np.round(metres * 10).astype(np.int32)


def to_lonlat(xy: Any) -> tuple[np.ndarray, np.ndarray]:
    """(lon, lat) of map units [..., 2], by pyproj."""
    metres = np.asarray(xy, dtype=np.float64) / 10 + ORIGIN
    lon, lat = _MERCATOR.transform(metres[..., 0], metres[..., 1], direction="INVERSE")
    return np.asarray(lon), np.asarray(lat)


def locate_in(pack: Any) -> Any:
    """The grid of a point by the lattice's arithmetic."""

    def locate(lon: Any, lat: Any) -> np.ndarray:
        cell = np.floor_divide(pack.from_lonlat(lon, lat), SIDE)
        rows = len(pack.regions.code) - int(pack.regions.tier_start[4])
        inside = (cell >= 0).all(axis=1) & (cell[:, 0] < COLUMNS) & (cell[:, 1] < rows // COLUMNS)
        return np.where(inside, cell[:, 1] * COLUMNS + cell[:, 0], -1).astype(np.int32)

    return locate


def small_world() -> World:
    """The world of the small pack."""
    pack = small_pack()
    return World.of(pack, locate_in(pack))


def small_city(world: World) -> CityModel:
    """The small city for a projector."""
    regions, grids = world.pack.regions, slice(int(world.pack.regions.tier_start[4]), None)
    hierarchy = Hierarchy(
        regions.tier, regions.parent, regions.grid_lo, regions.grid_hi, regions.tier_start, regions.code
    )
    return CityModel(
        code=CODE,
        pack="small",
        hierarchy=hierarchy,
        population=regions.population[grids],
        grid_xy=regions.label_xy[grids],
        locate=world.locate,
        to_map_units=from_lonlat,
        networked=world.pack.cameras.networked,
        unit_numbers={name: number for number, name in enumerate(world.pack.units.call_sign)},
        unit_xy=world.pack.units.xy,
        parameters=IndexParameters.default(int(regions.population[0])),
    )


def small_area(world: World) -> Area:
    """The area of the small city, for files."""
    first = int(world.pack.regions.tier_start[4])
    codes = {code: number for number, code in enumerate(world.pack.regions.code[first:])}
    return Area(world.locate, codes.get, "Asia/Shanghai")


def lived_through(
    written: Sequence[Written], world: World, now_ms: int, cases: dict[str, Case] | None = None
) -> dict[str, Case]:
    """The cases after all reports and commands in the order they were written; the domain's own say.

    `cases` are those there before, and are changed. Raises `Refused` for what the projector would not apply.
    """
    cases = {} if cases is None else cases
    for call in written:
        if call.kind not in ("reports", "commands"):
            continue
        for event in call.events:
            if event.get("kind") == "heartbeat":
                continue
            if call.kind == "reports":
                report = parse_report(event, now_ms)
                grid = int(world.locate(np.array([report.lon]), np.array([report.lat]))[0])
                assert grid >= 0
                known = cases.get(report.id)
                case = new_case(report, grid) if known is None else merge_report(known, report, grid)
            else:
                command = parse_command(event, now_ms)
                case = apply(cases[command.case], command)
            cases[case.id] = case
    return cases
