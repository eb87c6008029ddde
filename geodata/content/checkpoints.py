"""Checkpoints of the three rings, spaced evenly along the borders that they guard.

The city ring guards the city's own border, the county ring the borders between counties, and the police
ring those between towns of one county (a town is a police station's area). A line that is the border of
several tiers belongs to the coarsest, so each way over a border is guarded once, and a county's perimeter is
made of county stretches and, where the city ends, of city stretches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from geodata.content.apportion import apportion
from geodata.content.borders import I64, OUTSIDE, Borders
from geodata.content.ground import Ground
from geodata.content.trails import Trail, trails_of
from geodata.errors import PackError
from geodata.tables import F64, I32, RINGS, U8, U32, Checkpoints

# Where a checkpoint's camera is tried, and the first that fits is taken: map units (decimetres) from the
# checkpoint, and degrees from the direction of the grid's heart.
_STEPS = (30, 20, 12, 45, 60, 90, 150)
_TURNS = (0, 22, -22, 45, -45, 67, -67, 90, -90, 112, -112, 135, -135, 157, -157, 180)


@dataclass(frozen=True)
class Guarded:
    """Checkpoints before they have cameras, sorted by ring and grid: as in `geodata.tables.Checkpoints`, and
    `camera_xy` [n, 2], a place for the camera inside the grid a few metres from the border.
    """

    ring: U8
    grid: U32
    xy: I32
    length_m: F64
    stretches: list[I32]
    camera_xy: I32

    def with_cameras(self, camera: U32) -> Checkpoints:
        """The table, with the number of each checkpoint's camera."""
        lengths = [len(stretch) for stretch in self.stretches]
        return Checkpoints(
            ring=self.ring,
            grid=self.grid,
            camera=camera,
            xy=self.xy,
            length_m=self.length_m.astype(np.float32),
            stretch_start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint32),
            stretch_xy=np.concatenate([*self.stretches, np.empty((0, 2), dtype=np.int32)]),
        )


@dataclass(frozen=True)
class _Stretch:
    """The line [k, 2] of a stretch and its middle [2] in map units, the two sides there and the length."""

    line: I32
    middle: I32
    sides: I64
    length_m: float


def guard(rings: Sequence[Borders], counts: Sequence[int], ground: Ground) -> Guarded:
    """`counts` checkpoints on each ring's borders; raises `PackError` where a ring can't have that number.

    Every trail is cut into stretches of one length, with a checkpoint in the middle of each; on a border
    between two places the two take turns in whose grid it stands.
    """
    stretches, ring, grid = [], [], []
    for number, (borders, count) in enumerate(zip(rings, counts, strict=True), start=1):
        trails = trails_of(borders) if len(borders.ends) else []
        _refuse(number, count, len(trails))
        shares = apportion(count, [trail.length_m for trail in trails], least=1)
        for trail, share in zip(trails, shares, strict=True):
            for turn, stretch in enumerate(_cut(borders, trail, int(share), ground)):
                stretches.append(stretch)
                ring.append(number)
                grid.append(_whose(stretch.sides, turn))
    return _sorted(stretches, np.array(ring, dtype=np.uint8), np.array(grid, dtype=np.uint32), ground)


def _refuse(number: int, count: int, trails: int) -> None:
    key = f"checkpoints_{RINGS[number]}"
    if count and not trails:
        raise PackError(f"The {RINGS[number]} ring has no border to guard; set {key} in [totals] to 0.")
    if count < trails:
        raise PackError(
            f"The borders of the {RINGS[number]} ring are {trails} separate lines, too many for {count} "
            f"checkpoints; set {key} in [totals] to {trails} or more."
        )


def _whose(sides: I64, turn: int) -> int:
    return int(sides[0] if sides[1] == OUTSIDE else sides[turn % 2])


def _cut(borders: Borders, trail: Trail, parts: int, ground: Ground) -> list[_Stretch]:
    """The trail in `parts` stretches of equal length (metres), which share their end points.

    The cuts are made between the vertices in map units, so they lie on the outlines of the pack.
    """
    points = ground.to_map_units(borders.xy[trail.vertices])
    length = trail.length_m / parts
    cuts = np.asarray(np.arange(1, parts) * length, dtype=np.float64)
    middles = np.asarray((np.arange(parts) + 0.5) * length, dtype=np.float64)
    ends = np.concatenate([points[:1], _along(points, trail.measure_m, cuts), points[-1:]])
    middle_points = _along(points, trail.measure_m, middles)
    inner = np.split(points[1:-1], np.searchsorted(trail.measure_m[1:-1], cuts))
    edge = trail.edges[np.searchsorted(trail.measure_m[1:-1], middles, side="right")]
    return [
        _Stretch(np.concatenate([ends[k : k + 1], inner[k], ends[k + 1 : k + 2]]), middle_points[k],
                 borders.sides[edge[k]], length)
        for k in range(parts)
    ]  # fmt: skip


def _along(points: I32, measure: F64, at: F64) -> I32:
    between = np.stack([np.interp(at, measure, points[:, axis]) for axis in (0, 1)], axis=1)
    return np.rint(between).astype(np.int32)


def _sorted(stretches: list[_Stretch], ring: U8, grid: U32, ground: Ground) -> Guarded:
    """The stretches in the order of the table."""
    order = np.lexsort((grid, ring))
    chosen = [stretches[number] for number in order]
    if not chosen:
        none = np.empty((0, 2), dtype=np.int32)
        return Guarded(ring, grid, none, np.empty(0), [], none)
    xy = np.array([stretch.middle for stretch in chosen], dtype=np.int32)
    return Guarded(
        ring=ring[order],
        grid=grid[order],
        xy=xy,
        length_m=np.array([stretch.length_m for stretch in chosen]),
        stretches=[stretch.line for stretch in chosen],
        camera_xy=_beside(grid[order], xy, ground),
    )


def _beside(grid: U32, xy: I32, ground: Ground) -> I32:
    """A place inside each grid near a point of its border; the grid's heart where it is too narrow there."""
    found = ground.heart[grid].copy()
    towards = np.arctan2(*(found - xy).T[::-1])
    waiting = np.arange(len(grid))
    for step, turn in product(_STEPS, _TURNS):
        angle = towards[waiting] + np.radians(turn)
        aside = np.stack([np.cos(angle), np.sin(angle)], axis=1) * step
        tried = np.rint(xy[waiting] + aside).astype(np.int32)
        fits = ground.inside(grid[waiting], tried)
        found[waiting[fits]] = tried[fits]
        waiting = waiting[~fits]
    return found
