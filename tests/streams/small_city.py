"""A made-up city of square grids, as small or as large as a test wants it, and entries for it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.hierarchy import GRID, Hierarchy, from_parents
from dashboard.domain.safety_index import IndexParameters
from dashboard.streams.city import CityModel

WEST, SOUTH, SIDE = 119.0, 36.0, 0.01
"""Degrees: the corner of the lattice and the side of a grid. Grid g is in column g % columns."""
MAP_UNITS_PER_DEGREE = 1_000_000
START_MS = 1_795_000_000_000  # 2026-11-18


def make_city(
    counties: int = 2, towns: int = 4, villages: int = 12, grids: int = 60, cameras: int = 300,
    units: int = 40, pack: str = "made-up",
) -> CityModel:  # fmt: skip
    """A city with these counts; every tenth camera is not networked."""
    columns = max(1, int(np.ceil(np.sqrt(grids))))
    hierarchy = _hierarchy(counties, towns, villages, grids)
    corner = np.stack([np.arange(grids) % columns, np.arange(grids) // columns], axis=1)
    centre = np.array([WEST, SOUTH]) + (corner + 0.5) * SIDE

    def to_map_units(lon: NDArray[Any], lat: NDArray[Any]) -> NDArray[Any]:
        return np.rint(np.stack([lon, lat], axis=-1) * MAP_UNITS_PER_DEGREE).astype(np.int32)

    def locate(lon: NDArray[Any], lat: NDArray[Any]) -> NDArray[Any]:
        column = np.floor((np.asarray(lon) - WEST) / SIDE).astype(np.int64)
        row = np.floor((np.asarray(lat) - SOUTH) / SIDE).astype(np.int64)
        number = row * columns + column
        inside = (column >= 0) & (column < columns) & (row >= 0) & (number < grids)
        return np.where(inside, number, -1)

    return CityModel(
        code="379900",
        pack=pack,
        hierarchy=hierarchy,
        population=np.random.default_rng(1).integers(150, 600, grids),
        grid_xy=to_map_units(centre[:, 0], centre[:, 1]),
        locate=locate,
        to_map_units=to_map_units,
        networked=np.arange(cameras) % 10 != 9,
        unit_numbers={f"网格-{number:04d}": number for number in range(units)},
        unit_xy=to_map_units(centre[:, 0], centre[:, 1])[np.arange(units) % grids],
        parameters=IndexParameters.default(grids * 350),
    )


def _hierarchy(*counts: int) -> Hierarchy:
    parents = [
        np.arange(count) * above // count for above, count in zip((1, *counts[:-1]), counts, strict=True)
    ]
    widths = (6, 9, 12, 15)
    codes = ["379900"]
    for count, width in zip(counts, widths, strict=True):
        codes += [f"3799{number + 1:0{width - 4}d}" for number in range(count)]
    return from_parents(parents, codes)


def grid_code(city: CityModel, grid: int) -> str:
    """The code of a grid number."""
    return city.hierarchy.codes[city.hierarchy.tier_start[GRID] + grid]


def iso(at_ms: int) -> str:
    """A moment as entries say it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")


def report(
    case: str, at_ms: int, grid: int = 0, city: CityModel | None = None, **more: str
) -> dict[str, str]:
    """A report of a theft in a grid: by its code, or by a point in the first row of the lattice."""
    place = (
        {"lon": str(WEST + (grid + 0.5) * SIDE), "lat": str(SOUTH + 0.5 * SIDE)}
        if city is None
        else {"grid": grid_code(city, grid)}
    )
    fields = {"id": case, "type": "theft", "origin": "grid_worker", "occurred_at": iso(at_ms), **place}
    return {**fields, **more}


def command(case: str, name: str, at_ms: int, number: str = "", **more: str) -> dict[str, str]:
    """A command; its id is made of the case and the command unless `number` is given."""
    key = number or f"{case}.{name}"
    return {"id": key, "case": case, "command": name, "at": iso(at_ms), "by": "值班席01", **more}


def camera(number: int, status: str, at_ms: int) -> dict[str, str]:
    """A camera's new status."""
    return {"camera": str(number), "status": status, "at": iso(at_ms)}


def unit(number: int, state: str, at_ms: int, lon: float = 0.0, lat: float = 0.0) -> dict[str, str]:
    """A unit's new state, and its position unless that is 0, 0."""
    where = {"lon": repr(lon), "lat": repr(lat)} if lon or lat else {}
    return {"unit": str(number), "state": state, "at": iso(at_ms), **where}


def random_load(
    city: CityModel, rng: np.random.Generator, count: int, at_ms: int, prefix: str = "c"
) -> list[tuple[str, dict[str, str]]]:
    """(kind, fields) of `count` flat entries of all kinds, good and refused ones, a second apart."""
    entries: list[tuple[str, dict[str, str]]] = []
    cases: list[str] = []
    types = ("theft", "02", "07", "31", "2200", "robbery")
    for number in range(count):
        now_ms = at_ms + number * 1_000 - int(rng.integers(0, 40_000))
        draw = rng.random()
        grid = int(rng.integers(city.grid_count))
        if draw < 0.3 or not cases:
            cases.append(f"{prefix}-{number}")
            more = {"type": types[int(rng.integers(len(types)))], "level": f"0{int(rng.integers(1, 5))}"}
            entries.append(("reports", report(cases[-1], now_ms, grid, city, **more)))
        elif draw < 0.5:
            name = ("accept", "supervise", "instruct", "extend")[int(rng.integers(4))]
            more = {"supervise": {"card": "yellow"}, "instruct": {"note": "尽快"}}.get(name, {})
            chosen = cases[int(rng.integers(len(cases)))]
            entries.append(("commands", command(chosen, name, now_ms, f"{prefix}-{number}", **more)))
        elif draw < 0.7:
            status = ("online", "offline", "fault")[int(rng.integers(3))]
            entries.append(("cameras", camera(int(rng.integers(city.camera_count + 2)), status, now_ms)))
        elif draw < 0.9:
            lon, lat = WEST + float(rng.random()) * 0.05, SOUTH + float(rng.random()) * 0.05
            entries.append(("units", unit(int(rng.integers(city.unit_count)), "free", now_ms, lon, lat)))
        elif draw < 0.95:
            kind = ("reports", "commands", "cameras", "units")[int(rng.integers(4))]
            beat = {"kind": "heartbeat", "source": "12345", "at": iso(now_ms)}
            entries.append((kind, beat))
        else:
            entries.append(("reports", {"id": f"bad-{prefix}-{number}", "colour": "red"}))
    return entries


def now_ms() -> int:
    """This moment, ms since 1970."""
    return time.time_ns() // 1_000_000


def recent_load(city: CityModel, seed: int, count: int = 400) -> list[tuple[str, dict[str, str]]]:
    """A random load that ends about now; its cases are named after the seed."""
    return random_load(city, np.random.default_rng(seed), count, now_ms() - count * 1_000, f"c{seed}")
