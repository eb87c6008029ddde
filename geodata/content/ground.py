"""`Ground`: the grids in map units, and places inside them.

Everything is placed in map units, where the pack's own outlines are: a straight line of the metric CRS is not
quite straight there (0.4 m off over 5 km), so what is inside in metres might be outside in the pack.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.land import Land
from geodata.tables import F64, I32

_MARGIN = 5.0  # map units (decimetres) that places keep from their grid's border where it has the room
_ROUNDS = 60  # of drawing until all are inside; a grid that fills 1/5 of its box is missed once in 10^6
ROOMY = 1.0
"""The spread of places that may be anywhere in their grid."""


class Ground:
    """The grids of a land in map units. `heart` i32[G, 2] is a point well inside each."""

    def __init__(self, land: Land, to_map_units: Callable[[F64], I32]) -> None:
        self.to_map_units = to_map_units
        self.outline: NDArray[np.object_] = shapely.transform(
            land.grids, lambda xy: np.asarray(to_map_units(xy), dtype=np.float64)
        )
        inner = shapely.buffer(self.outline, -_MARGIN, join_style="mitre")
        self._inner = np.where(shapely.is_empty(inner), self.outline, inner)
        shapely.prepare(self._inner)
        self._box = shapely.bounds(self._inner)
        self._size = np.sqrt(shapely.area(self._inner))
        self.heart: I32 = _rounded(shapely.get_coordinates(shapely.point_on_surface(self._inner)))

    def places(self, grid: NDArray[Any], spread: NDArray[Any] | float, rng: np.random.Generator) -> I32:
        """A place inside each of the given grids, i32[n, 2] in map units.

        Places with a `spread` below `ROOMY` lie about the grid's heart as houses do about a village's:
        normally, with a deviation of `spread` times the side of a square of the grid's area.
        """
        at: I32 = self.heart[grid]
        spreads = np.broadcast_to(np.asarray(spread, dtype=np.float64), grid.shape)
        waiting = np.arange(len(grid))
        for _ in range(_ROUNDS):
            tried = self._draw(grid[waiting], spreads[waiting], rng)
            inside = shapely.contains_xy(self._inner[grid[waiting]], tried[:, 0], tried[:, 1])
            at[waiting[inside]] = tried[inside]
            waiting = waiting[~inside]
            if not len(waiting):
                break
        return at

    def inside(self, grid: NDArray[Any], xy: NDArray[Any]) -> NDArray[np.bool_]:
        """Whether each point is inside its grid by more than the margin."""
        return np.asarray(shapely.contains_xy(self._inner[grid], xy[:, 0], xy[:, 1]))

    def _draw(self, grid: NDArray[Any], spread: F64, rng: np.random.Generator) -> I32:
        box = self._box[grid]
        anywhere = box[:, :2] + rng.random((len(grid), 2)) * (box[:, 2:] - box[:, :2])
        about = self.heart[grid] + rng.standard_normal((len(grid), 2)) * (spread * self._size[grid])[:, None]
        return _rounded(np.where((spread < ROOMY)[:, None], about, anywhere))


def _rounded(xy: F64) -> I32:
    return np.rint(xy).astype(np.int32)
