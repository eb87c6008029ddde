"""Where borders run, cell by cell of a raster: what `geodata.locator` looks a point up in.

Positions are whole sub-units, `SUB_UNITS` to a map unit, so every comparison is exact. A point (x, y) stands
for (x + δ, y + ε) with 0 < ε ≪ δ ≪ 1, so it never lies on a border, and the grids share out the plane. The
lines of the raster run half a map unit beside all vertices.

On the way from A to B the number of the grid changes by what every border that is crossed adds to it; so the
grid at B is the grid at A plus the sum over the borders between them. Each cell keeps the grid at its lower
left corner, and as entries what can change between that corner and a point of the cell, on the way up along
the cell's left side and then to the right:

- a *step* for every border that crosses the left side: it adds to all points at its height and above;
- a *wall* for every border within the cell: it adds to the points right of it, at the heights where it is
  in the cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.outlines import Ints
from geodata.tables import I32, Geometry

SUB_UNITS = 1024
_CELLS_PER_GRID = 100
_STEP = -1  # in place of a wall's number


@dataclass(frozen=True)
class Walls:
    """Pieces of border from `(ax, ay)` by `(dx, dy)`, in sub-units, dy ≥ 0 (dx > 0 where dy is 0).

    `change` is what crossing it from left to right (downwards where dy is 0) adds to the grid's number.
    `inside` is the grid of its inner side where it is the city's border, else -1.
    """

    ax: Ints
    ay: Ints
    dx: Ints
    dy: Ints
    change: Ints
    inside: Ints

    @classmethod
    def of(cls, geometry: Geometry) -> Walls:
        """All pieces of a pack's arcs."""
        vertex, start = geometry.arc_vertex.astype(np.int64), geometry.arc_start.astype(np.int64)
        piece = np.delete(np.arange(len(vertex)), start[1:] - 1)
        arc = np.repeat(np.arange(len(start) - 1), np.diff(start) - 1)
        a, b = (geometry.vertex_xy[vertex[at]].astype(np.int64) * SUB_UNITS for at in (piece, piece + 1))
        left, right = geometry.arc_left[arc].astype(np.int64), geometry.arc_right[arc].astype(np.int64)
        turned = (a[:, 1] > b[:, 1]) | ((a[:, 1] == b[:, 1]) & (a[:, 0] > b[:, 0]))
        low = np.where(turned[:, None], b, a)
        along = np.where(turned[:, None], a - b, b - a)
        change = np.where(turned, left - right, right - left)
        inside = np.where(right < 0, left, -1)
        return cls(low[:, 0], low[:, 1], along[:, 0], along[:, 1], change, inside)

    def x_at(self, wall: Ints, y: Ints) -> Ints:
        """The least whole x that counts as right of the wall at height y (of walls that aren't level)."""
        return self.ax[wall] - ((self.ay[wall] - y) * self.dx[wall]) // self.dy[wall]

    def y_above(self, wall: Ints, x: Ints) -> Ints:
        """The least whole y at which (x, y) counts as above the wall, where it crosses the line x."""
        dx, across = self.dx[wall], (x - self.ax[wall]) * self.dy[wall]
        rising = self.ay[wall] + across // np.where(dx > 0, dx, 1) + 1
        falling = self.ay[wall] - across // np.where(dx < 0, -dx, 1)
        return np.where(dx > 0, np.where(self.dy[wall] > 0, rising, self.ay[wall]), falling)


@dataclass(frozen=True)
class Raster:
    """Square cells of 2^`shift` sub-units from `(x, y)`, row by row from below."""

    x: int
    y: int
    shift: int
    columns: int
    rows: int

    @classmethod
    def around(cls, vertex_xy: I32, grids: int) -> Raster:
        """With room around all vertices, and some `_CELLS_PER_GRID` cells to a grid."""
        low, high = vertex_xy.min(axis=0).astype(np.int64), vertex_xy.max(axis=0).astype(np.int64)
        wide, tall = (int(side) + 8 for side in high - low)
        width = max(1.0, (wide * tall / (_CELLS_PER_GRID * grids)) ** 0.5)
        shift = round(np.log2(width * SUB_UNITS))
        x, y = (int(side) * SUB_UNITS - 4 * SUB_UNITS + SUB_UNITS // 2 for side in low)
        return cls(x, y, shift, (wide * SUB_UNITS >> shift) + 1, (tall * SUB_UNITS >> shift) + 1)

    @property
    def size(self) -> int:
        """Width of a cell."""
        return 1 << self.shift

    @property
    def box(self) -> tuple[int, int, int, int]:
        """minx, miny, and the first x and y beyond."""
        return self.x, self.y, self.x + self.columns * self.size, self.y + self.rows * self.size

    def column(self, x: Ints) -> Ints:
        """Column that holds x."""
        return (x - self.x) >> self.shift

    def row(self, y: Ints) -> Ints:
        """Row that holds y."""
        return (y - self.y) >> self.shift

    def left(self, column: Ints) -> Ints:
        """The x where a column begins."""
        return self.x + (column << self.shift)

    def bottom(self, row: Ints) -> Ints:
        """The y where a row begins."""
        return self.y + (row << self.shift)


@dataclass(frozen=True)
class Buckets:
    """`cell` [rows · columns]: the one grid (-1: outside) of a cell, or -2 - b where it has a bucket b.

    The grid at a bucket's lower left corner is `corner[b]`, its entries are `start[b]` to `start[b + 1]`. An
    entry adds `change` to points with `y_low` ≤ y < `y_high` (from the cell's bottom) that are right of
    `wall`; for a step this is number `len(walls.ax)`, for which the locator puts a wall left of everything.
    """

    cell: I32
    corner: I32
    start: Ints
    y_low: Ints
    y_high: Ints
    wall: I32
    change: I32


def make_buckets(walls: Walls, raster: Raster) -> Buckets:
    """The buckets of all cells that a border runs through."""
    upright = np.flatnonzero(walls.dy > 0)
    wall, row = expand(upright, raster.row(walls.ay[upright]), raster.row((walls.ay + walls.dy)[upright]))
    corners = _corners(walls, raster, wall, row)
    wall, row, column = _visits(walls, raster, wall, row)
    visits = wall, row, column
    entries = np.concatenate([_walls_in(walls, raster, *visits), _steps(walls, raster, *visits)], axis=1)
    entries = entries[:, np.argsort(entries[0], kind="stable")]
    used, start = np.unique(entries[0], return_index=True)
    cell = corners.astype(np.int32)
    corner = cell[used]
    cell[used] = -2 - np.arange(len(used))
    _, y_low, y_high, of_wall, change = entries
    of_wall = np.where(of_wall == _STEP, len(walls.ax), of_wall)
    return Buckets(
        cell, corner, np.append(start, entries.shape[1]), y_low, y_high,
        of_wall.astype(np.int32), change.astype(np.int32),
    )  # fmt: skip


def expand(value: Ints, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Each value with every number from its first to its last one."""
    counts = last - first + 1
    offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(value, counts), np.repeat(first, counts) + offset


def _corners(walls: Walls, raster: Raster, wall: Ints, row: Ints) -> Ints:
    """The grid at every cell's lower left corner, from what the walls left of it add up to."""
    y = raster.bottom(row)
    crossed = walls.ay[wall] < y
    wall, row, y = wall[crossed], row[crossed], y[crossed]
    column = -(-(walls.x_at(wall, y) - raster.x) >> raster.shift)
    changes = np.zeros((raster.rows, raster.columns + 1), dtype=np.int64)
    np.add.at(changes, (row, column), walls.change[wall])
    return (changes[:, :-1].cumsum(axis=1) - 1).ravel()


def _visits(walls: Walls, raster: Raster, wall: Ints, row: Ints) -> tuple[Ints, Ints, Ints]:
    """(wall, row, column) of each cell that a wall runs through; level walls at last."""
    low = np.maximum(walls.ay[wall], raster.bottom(row))
    high = np.minimum(walls.ay[wall] + walls.dy[wall], raster.bottom(row + 1))
    ends = np.sort(np.stack([walls.x_at(wall, low), walls.x_at(wall, high)]), axis=0) - 1
    at, column = expand(np.arange(len(wall)), *raster.column(ends))
    level = np.flatnonzero(walls.dy == 0)
    begin, end = raster.column(walls.ax[level]), raster.column((walls.ax + walls.dx)[level])
    across, level_column = expand(level, begin, end)
    return (
        np.concatenate([wall[at], across]),
        np.concatenate([row[at], raster.row(walls.ay[across])]),
        np.concatenate([column, level_column]),
    )


def _walls_in(walls: Walls, raster: Raster, wall: Ints, row: Ints, column: Ints) -> Ints:
    """Entries [5, n] (cell, y_low, y_high, wall, change) of walls, at heights where they are in the cell."""
    bottom, crosses = raster.bottom(row), _crosses(walls, wall, raster.left(column))
    low = np.maximum(walls.ay[wall], bottom)
    high = np.minimum(walls.ay[wall] + walls.dy[wall], raster.bottom(row + 1))
    turn = walls.y_above(wall, raster.left(column))
    low = np.where(crosses & (walls.dx[wall] > 0), np.maximum(low, turn), low)
    high = np.where(crosses & (walls.dx[wall] < 0), np.minimum(high, turn), high)
    cell = row * raster.columns + column
    return np.stack([cell, low - bottom, high - bottom, wall, walls.change[wall]])[:, low < high]


def _steps(walls: Walls, raster: Raster, wall: Ints, row: Ints, column: Ints) -> Ints:
    """Entries [5, n] of borders across a cell's left side; upwards, a rising one leads from right to left."""
    bottom = raster.bottom(row)
    turn = walls.y_above(wall, raster.left(column)) - bottom
    kept = _crosses(walls, wall, raster.left(column)) & (turn > 0) & (turn < raster.size)
    change = np.where(walls.dx[wall] > 0, -walls.change[wall], walls.change[wall])
    cell = row * raster.columns + column
    entries = np.stack([cell, turn, np.full_like(turn, raster.size), np.full_like(turn, _STEP), change])
    return entries[:, kept]


def _crosses(walls: Walls, wall: Ints, x: Ints) -> NDArray[np.bool_]:
    """Whether the wall has ends on both sides of the vertical line x."""
    begins_left = walls.ax[wall] < x
    return np.asarray(begins_left != (walls.ax[wall] + walls.dx[wall] < x))
