"""Which grid a point is in: Kite's locator beside `geopandas.sjoin`, on all 12,044 grids of Weifang.

Both get the same points: `sjoin` on the map's plane, where the grids' borders are straight, Kite as WGS 84
degrees, as they come with an entry, so that it alone pays for the projection. First every answer is
compared: where `sjoin` finds one grid, Kite must find that one; on a border `sjoin` finds two or more (or,
asked for `within`, none), where Kite must give one of them, always the same; outside both must find none.
Nearer to a border than Kite's own rounding, 0.1 mm, a point counts as on it. Points on the outermost border,
or outside it by less than the 0.1 m that it is rounded to, belong to the nearest grid by Kite's rule.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata import Locator, Pack, load_pack
from geodata.buckets import SUB_UNITS
from geodata.outlines import tier_polygons
from geodata.registry import pack_path
from geodata.rim import WIDTH
from geodata.tables import CITY, GRID
from tests.benchmarks.cities import CITY as NAME
from tests.benchmarks.cities import data_folder
from tests.benchmarks.peers.sjoin import GridFrame
from tests.benchmarks.report import Row, paired

TIMES_BETTER = 10.0
BATCHES = ((1, 400, 40), (1_000, 40, 4), (100_000, 4, 1))
"""(points of a call, our calls of a round, the peer's): enough of each to time."""

ROUNDED = 1 / SUB_UNITS
"""Map units (decimetres) to which the locator rounds a point."""

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """How many points were compared, and which kinds of them; all agree, or `compare` raises."""

    inside: int
    on_borders: int
    outside: int

    def __str__(self) -> str:
        return (
            f"the same answer for all: {self.inside:,} points inside, {self.on_borders:,} on borders "
            f"(one of the grids that meet there), {self.outside:,} outside"
        )


def points_of(pack: Pack, count: int, seed: int) -> Points:
    """[n, 2] map units: `count` anywhere in the city's bounding box, half as many about the borders' corners
    and the middles of their edges, those corners themselves among them."""
    rng, xy = np.random.default_rng(seed), pack.geometry.vertex_xy.astype(np.float64)
    low, high = xy.min(axis=0), xy.max(axis=0)
    vertex = rng.integers(len(xy), size=count // 2)
    about = xy[vertex]
    about[len(about) // 3 :] += rng.choice([-300.0, -1.0, 0.0, 1.0, 300.0], (len(about) - len(about) // 3, 2))
    return np.concatenate([rng.uniform(low, high, (count, 2)), about])


def compare(pack: Pack, locator: Locator, frame: GridFrame, xy: Points) -> Agreement:
    """Hold every answer against the peer's; raises `AssertionError` where one differs."""
    lonlat = pack.to_lonlat(xy)
    ours = locator.locate(*lonlat)
    x, y = pack.project(*lonlat)
    point, grid = frame.join(x, y)
    found = np.bincount(point, minlength=len(xy))
    outlines = tier_polygons(pack.geometry, pack.regions, GRID)
    border = _near(shapely.boundary(outlines), x, y, ROUNDED)
    city = tier_polygons(pack.geometry, pack.regions, CITY)
    rim = _near(shapely.boundary(city), x, y, WIDTH + ROUNDED)

    plain = ~border & ~rim
    expected = np.full(len(xy), -1)
    expected[point] = grid
    inside, outside = plain & (found > 0), plain & (found == 0)
    assert (found[inside] == 1).all()
    _same(ours[plain], expected[plain], "away from borders")
    at = np.flatnonzero(~plain)
    met = shapely.distance(outlines[ours[at]], shapely.points(x[at], y[at])) <= 2 * ROUNDED
    held = (ours[at] >= 0) & (met | rim[at])
    _same(held | (rim[at] & (ours[at] < 0) & (found[at] == 0)), np.ones(len(at), bool), "on borders")
    return Agreement(int(inside.sum()), len(at), int(outside.sum()))


def _near(lines: NDArray[np.object_], x: Points, y: Points, distance: float) -> NDArray[np.bool_]:
    point, _ = shapely.STRtree(lines).query(shapely.points(x, y), predicate="dwithin", distance=distance)
    near = np.zeros(len(x), dtype=bool)
    near[point] = True
    return near


def _same(ours: NDArray[np.generic], theirs: NDArray[np.generic], where: str) -> None:
    wrong = int((ours != theirs).sum())
    if wrong:
        raise AssertionError(f"{wrong} of {len(ours)} points {where} are answered differently.")


def run(quick: bool) -> list[Row]:
    """A row for each size of a batch, in points a second, and how many times better it is."""
    with data_folder() as folder:
        pack = load_pack(pack_path(folder, NAME))
    locator, frame = Locator(pack), GridFrame(pack)
    agreement = compare(pack, locator, frame, points_of(pack, 20_000 if quick else 400_000, 1))
    rows = []
    for size, our_calls, peer_calls in BATCHES:
        rounds = 2 if quick else 5
        ours, peer = _rounds(pack, locator, frame, size, our_calls, peer_calls, rounds)
        rows += paired(
            f"points located, {size:,} a call", "points/s", ours, peer,
            higher_is_better=True, times_better=TIMES_BETTER, note=str(agreement),
        )  # fmt: skip
    return rows


def _rounds(
    pack: Pack, locator: Locator, frame: GridFrame, size: int, our_calls: int, peer_calls: int, rounds: int
) -> tuple[list[float], list[float]]:
    ours, peer = [], []
    for number in range(rounds):
        xy = points_of(pack, size * our_calls, 10 + number)[: size * our_calls]
        lon, lat = pack.to_lonlat(xy)
        x, y = pack.project(lon, lat)
        ours.append(_rate(locator.locate, lon, lat, size, our_calls))
        peer.append(_rate(frame.join, x, y, size, peer_calls))
    return ours, peer


def _rate(call: Callable[[Points, Points], object], a: Points, b: Points, size: int, calls: int) -> float:
    """Points a second of `calls` calls with `size` points each."""
    begun_s = time.perf_counter()
    for start in range(0, calls * size, size):
        call(a[start : start + size], b[start : start + size])
    return calls * size / (time.perf_counter() - begun_s)
