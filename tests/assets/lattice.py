"""The ground of a made-up city: a lattice in the order of a Hilbert curve, warped and shaken."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

CELL_UNITS = 16_000  # 1.6 km in map units of web mercator
PER_EDGE = 2  # vertices between the corners of an edge


def hilbert(order: int) -> NDArray[np.int64]:
    """Column and row of the cells of a square of 2^order, along the curve."""
    cells = np.zeros((1, 2), np.int64)
    for k in range(order):
        side = 1 << k
        x, y = cells[:, 0], cells[:, 1]
        parts = (
            (y, x),
            (x, y + side),
            (x + side, y + side),
            (2 * side - 1 - y, side - 1 - x),
        )
        cells = np.concatenate([np.stack(part, axis=-1) for part in parts])
    return cells


class Lattice:
    """Cells (grids, by number), their shared vertices and the edges between them; map units."""

    def __init__(self, grids: int, rng: np.random.Generator) -> None:
        order = int(np.ceil(np.log2(grids) / 2))
        self.side = 1 << order
        self.cells = hilbert(order)[:grids]
        self.number = np.full((self.side + 2, self.side + 2), -1)
        self.number[self.cells[:, 0] + 1, self.cells[:, 1] + 1] = np.arange(grids)
        self.xy = self._vertices(rng)

    def _corner(self, column: ArrayLike, row: ArrayLike) -> NDArray[np.int64]:
        return np.asarray(column) * (self.side + 1) + np.asarray(row)

    def _vertices(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Corners, then the vertices of all upward edges, then those of all rightward edges."""
        n = self.side + 1
        corners = np.stack(np.meshgrid(np.arange(n), np.arange(n), indexing="ij"), axis=-1).reshape(-1, 2)
        corners = corners + rng.uniform(-0.22, 0.22, corners.shape)
        between = []
        self._edge_base = []
        for step in ((0, 1), (1, 0)):
            here = corners.reshape(n, n, 2)[: n - step[0], : n - step[1]].reshape(-1, 1, 2)
            there = corners.reshape(n, n, 2)[step[0] :, step[1] :].reshape(-1, 1, 2)
            share = (np.arange(1, PER_EDGE + 1) / (PER_EDGE + 1)).reshape(1, -1, 1)
            points = here + (there - here) * share
            self._edge_base.append(len(corners) + sum(map(len, between)))
            between.append((points + rng.uniform(-0.07, 0.07, points.shape)).reshape(-1, 2))
        points = np.concatenate([corners, *between]) - self.side / 2
        for _ in range(12):
            points = _pull(points, rng.uniform(-0.4, 0.4, 2) * self.side, self.side * 0.16)
        return np.round(points * CELL_UNITS).astype(np.int64)

    def _edge(self, across: int, column: ArrayLike, row: ArrayLike) -> NDArray[np.int64]:
        """Vertices from corner to corner of the edges that go up (0) or right (1) from these corners."""
        column, row = np.asarray(column), np.asarray(row)
        rows = self.side + (1 if across else 0)
        first = self._edge_base[across] + (column * rows + row) * PER_EDGE
        ends = self._corner(column, row), self._corner(column + across, row + 1 - across)
        return np.stack([ends[0], *(first + k for k in range(PER_EDGE)), ends[1]], axis=-1)

    def rings(self) -> NDArray[np.int64]:
        """Vertices of each grid's outline, anticlockwise, u[G, n]."""
        c, r = self.cells.T
        sides = (
            self._edge(1, c, r),
            self._edge(0, c + 1, r),
            self._edge(1, c, r + 1)[:, ::-1],
            self._edge(0, c, r)[:, ::-1],
        )
        return np.concatenate([side[:, :-1] for side in sides], axis=1)

    def edges(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """(vertices, grid to the left, grid to the right) of every edge that belongs to a grid."""
        found = []
        for across in (0, 1):
            c, r = np.meshgrid(
                np.arange(self.side + 1 - across), np.arange(self.side + across), indexing="ij"
            )
            c, r = c.ravel(), r.ravel()
            one = self.number[c + 1, r + 1]
            other = self.number[c, r + 1] if across == 0 else self.number[c + 1, r]
            left, right = (other, one) if across == 0 else (one, other)
            kept = (left >= 0) | (right >= 0)
            found.append((self._edge(across, c[kept], r[kept]), left[kept], right[kept]))
        vertices, left, right = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return vertices, left, right

    def boxes(self) -> NDArray[np.int64]:
        """minx, miny, maxx, maxy per grid."""
        corners = self.xy[self.rings()]
        return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)

    def centres(self) -> NDArray[np.int64]:
        """A point inside each grid."""
        return np.round(self.xy[self.rings()].mean(axis=1)).astype(np.int64)

    def random_points(self, grid: NDArray[np.uint32], rng: np.random.Generator) -> NDArray[np.int32]:
        """A point in each of these grids: between its middle and a random place of its outline."""
        outline = self.xy[self.rings()[grid, rng.integers(0, 4 * (PER_EDGE + 1), len(grid))]]
        middle = self.centres()[grid]
        share = np.sqrt(rng.uniform(0.02, 0.9, (len(grid), 1)))
        return np.round(middle + (outline - middle) * share).astype(np.int32)


def _pull(points: NDArray[np.float64], centre: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """Pull what lies within a radius together: a town where grids are small."""
    away = points - centre
    distance = np.hypot(*away.T)[:, None] / radius
    return np.where(distance < 1, centre + away * np.maximum(distance, 1e-9) ** 0.5, points)


def outline(lattice: Lattice, lo: int, hi: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(vertices, grid inside) along the longest outline of the grids [lo, hi), edge after edge, closed."""
    vertices, left, right = lattice.edges()
    inside_left, inside_right = (left >= lo) & (left < hi), (right >= lo) & (right < hi)
    chosen = np.flatnonzero(inside_left != inside_right)
    following: dict[int, list[tuple[int, int]]] = {}
    for edge in chosen:  # with the region on the left
        line = vertices[edge] if inside_left[edge] else vertices[edge][::-1]
        following.setdefault(int(line[0]), []).append((int(edge), int(line[-1])))
    loops = []
    while following:
        at = next(iter(following))
        loop = []
        while at in following:
            edge, to = following[at].pop()
            if not following[at]:
                del following[at]
            loop.append(edge)
            at = to
        loops.append(loop)
    longest = max(loops, key=len)
    lines = [vertices[e] if inside_left[e] else vertices[e][::-1] for e in longest]
    inside = [int(left[e] if inside_left[e] else right[e]) for e in longest]
    return np.array(lines), np.array(inside)


def stretches(
    lattice: Lattice, lo: NDArray[np.uint32], hi: NDArray[np.uint32], count: int
) -> Iterator[tuple[NDArray[np.int64], int]]:
    """`count` stretches (points, a grid beside it) that cover the outlines of these regions."""
    shares = np.diff(np.round(np.linspace(0, count, len(lo) + 1)).astype(int))
    for first, last, parts in zip(lo, hi, shares, strict=True):
        lines, inside = outline(lattice, int(first), int(last))
        for edges in np.array_split(np.arange(len(lines)), max(1, parts)):
            points = np.concatenate(
                [*(lattice.xy[lines[e][:-1]] for e in edges), lattice.xy[lines[edges[-1]][-1:]]]
            )
            yield points, int(inside[edges[len(edges) // 2]])
