"""A made-up city of square grids, as small or as large as a test wants it, and entries for it."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain import cases
from dashboard.domain.cases import Case
from dashboard.domain.events import parse_command, parse_report
from dashboard.domain.hierarchy import GRID, Hierarchy, from_parents
from dashboard.domain.refused import Refused
from dashboard.domain.safety_index import IndexParameters
from dashboard.streams.city import CityModel
from tests.domain.sequences import Around, careless_command

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


class Casework:
    """Cases of a load and the commands for them, which are mostly what the cases allow by then."""

    def __init__(self, city: CityModel, rng: np.random.Generator) -> None:
        self._city, self._random = city, Random(int(rng.integers(2**32)))
        self.known: dict[str, Case] = {}
        grids = [grid_code(city, grid) for grid in (0, 1, city.grid_count - 1)]
        self._units, self._grids = [*list(city.unit_numbers)[:3], "火星-01"], [*grids, "110101001001001"]

    def open(self, fields: dict[str, str], at_ms: int, grid: int) -> None:
        """A case is reported."""
        self.known[fields["id"]] = cases.new_case(parse_report(fields, at_ms), grid)

    def command(self, at_ms: int, number: int) -> dict[str, str]:
        """A command for one of them."""
        ids = list(self.known)
        one = self.known[self._random.choice(ids[:5] if self._random.random() < 0.8 else ids)]
        around = Around(self._units, self._grids, [*ids[-3:], "nobody"])
        entry = careless_command(self._random, one, at_ms, number, around, 0.6)
        what = parse_command(entry, at_ms)
        grid = None if what.grid is None else self._city.hierarchy.grid_of(what.grid)
        with suppress(Refused):
            self.known[one.id] = cases.apply(one, what, grid)
        return entry


def random_load(
    city: CityModel, rng: np.random.Generator, count: int, at_ms: int, prefix: str = "c"
) -> list[tuple[str, dict[str, str]]]:
    """(kind, fields) of `count` flat entries of all kinds, good and refused ones, a second apart.

    Commands are of every kind; most go to the first few cases, so that some of these come to an end.
    """
    entries: list[tuple[str, dict[str, str]]] = []
    casework = Casework(city, rng)
    types = ("theft", "02", "07", "31", "2200", "02")
    for number in range(count):
        now_ms = at_ms + number * 1_000 - int(rng.integers(0, 40_000))
        draw = rng.random()
        grid = int(rng.integers(city.grid_count))
        if draw < 0.2 or not casework.known:
            more = {"type": types[int(rng.integers(len(types)))], "level": f"0{int(rng.integers(1, 5))}"}
            fields = report(f"{prefix}-{number}", now_ms, grid, city, **more)
            casework.open(fields, now_ms, grid)
            entries.append(("reports", fields))
        elif draw < 0.55:
            entries.append(("commands", casework.command(now_ms, number)))
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
