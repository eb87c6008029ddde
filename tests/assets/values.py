"""Believable values for a made-up city: most of it well, a few places wrong, some without data."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.streams import frame
from dashboard.streams.frame import Section
from dashboard.streams.tables import LEVEL_HATCHED, SCORE_UNKNOWN
from geodata import Pack

FAMILIES = ("stability", "public_order", "criminal", "safety")
CUTS = (90.0, 80.0, 70.0)


def level_of(score: NDArray[np.float64]) -> NDArray[np.uint8]:
    """1 blue … 4 red."""
    return (4 - sum((score >= cut).astype(np.uint8) for cut in CUTS)).astype(np.uint8)


def grid_scores(pack: Pack, rng: np.random.Generator) -> NDArray[np.float64]:
    """Mostly above 90, lower around a few places."""
    middle = pack.regions.label_xy[pack.regions.tier_start[4] :].astype(float)
    extent = np.ptp(middle, axis=0).max()
    score = 95.0 + rng.normal(0, 2.2, len(middle))
    for _ in range(9):
        distance = np.hypot(*(middle - middle[rng.integers(len(middle))]).T) / extent
        score -= rng.uniform(8, 32) * np.exp(-((distance / rng.uniform(0.02, 0.05)) ** 2))
    return np.clip(score, 20, 100)


def first_sections(pack: Pack, seed: int = 3, cases: int = 40, now_ms: int | None = None) -> list[Section]:
    """All that a snapshot holds."""
    rng = np.random.default_rng(seed)
    now_ms = now_ms or time.time_ns() // 1_000_000
    regions, grids = pack.regions, pack.grid_count
    by_grid = grid_scores(pack, rng)
    sums = np.concatenate([[0], np.cumsum(by_grid)])
    lo, hi = regions.grid_lo.astype(int), regions.grid_hi.astype(int)
    score = (sums[hi] - sums[lo]) / (hi - lo)
    level = level_of(score)
    hatched = regions.tier_start[4] + np.flatnonzero(rng.random(grids) < 0.12)
    level[hatched] |= LEVEL_HATCHED
    unknown = regions.tier_start[4] + np.flatnonzero(rng.random(grids) < 0.004)
    level[unknown] = 0
    tenths = np.round(10 * score).astype(np.uint16)
    tenths[unknown] = SCORE_UNKNOWN
    upserts = make_cases(pack, rng, cases, now_ms)
    heat = np.zeros(grids, np.float32)
    for case in upserts:
        heat[case["grid"]] += (8, 4, 2, 1)[case["level"] - 1]
    open_grid = np.bincount([case["grid"] for case in upserts], minlength=grids)
    opens = np.concatenate([[0], np.cumsum(open_grid)])
    place = pack.units.xy + rng.integers(-4000, 4000, pack.units.xy.shape)
    return [
        frame.section("regions", "score", tenths),
        frame.section("regions", "level", level),
        *(frame.section("regions", name, np.clip(tenths[: regions.tier_start[4]] + 10 * k - 15, 0, 1000))
          for k, name in enumerate(FAMILIES)),
        frame.section("regions", "open_cases", opens[hi] - opens[lo]),
        frame.section("grids", "heat", heat),
        frame.section("cameras", "status", camera_status(pack, rng)),
        frame.section("units", "x", place[:, 0]),
        frame.section("units", "y", place[:, 1]),
        frame.section("units", "state", rng.choice(5, len(place), p=[0.2, 0.5, 0.2, 0.06, 0.04])),
        frame.section("cases", "upserts", upserts),
        clock_section(now_ms),
    ]  # fmt: skip


def clock_section(now_ms: int) -> Section:
    """The clock of a frame."""
    clock = {
        "clock_ms": now_ms,
        "heat_epoch_ms": now_ms,
        "simulated": True,
        "positions": {},
        "formula": "1.0",
    }
    return frame.section("clock", "clock", clock)


def camera_status(pack: Pack, rng: np.random.Generator) -> NDArray[np.uint8]:
    """98 % of the networked ones online."""
    count = len(pack.cameras.grid)
    status = np.where(rng.random(count) < 0.98, 1, rng.integers(2, 4, count)).astype(np.uint8)
    status[pack.cameras.networked == 0] = 4
    return status


def make_cases(pack: Pack, rng: np.random.Generator, count: int, now_ms: int) -> list[dict[str, Any]]:
    """Open cases as the changes stream has them, clustered, a few of them grave."""
    grids = pack.grid_count
    seats = rng.integers(0, grids, max(1, count // 12))
    grid = np.clip(rng.choice(seats, count) + rng.integers(-9, 10, count), 0, grids - 1)
    spread = rng.random(count) < 0.4
    grid[spread] = rng.integers(0, grids, int(spread.sum()))
    level = rng.choice([1, 2, 3, 4], count, p=[0.02, 0.05, 0.28, 0.65])
    level[: min(2, count)] = [1, 2][: min(2, count)]
    return [
        make_case(pack, n, int(g), int(k), now_ms - 60_000 * n)
        for n, (g, k) in enumerate(zip(grid, level, strict=True))
    ]


def make_case(pack: Pack, number: int, grid: int, level: int, at_ms: int, **more: Any) -> dict[str, Any]:
    """One open case in the middle of its grid."""
    x, y = pack.regions.label_xy[pack.regions.tier_start[4] + grid].tolist()
    return {
        "id": f"C{number:05}", "type": "0201", "level": level, "scale": 1, "state": "reported", "version": 1,
        "grid": grid, "x": x, "y": y, "occurred_at_ms": at_ms, "place": "文化路", "summary": "漏水纠纷",
        "origin": "hotline", "simulated": True, "closed": False, **more,
    }  # fmt: skip


def changed_levels(pack: Pack, grids: Sequence[int], levels: Sequence[int]) -> Section:
    """New levels of some grids."""
    first = int(pack.regions.tier_start[4])
    return frame.section("regions", "level", levels, [first + g for g in grids])
