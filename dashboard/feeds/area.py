"""Where the points of an incident file may lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from dashboard.streams.city import CityModel, Locate

OUTSIDE = -1


@dataclass(frozen=True)
class Area:
    """A city for files: the grid of a point or of a grid's code, and the zone of times without an offset.

    `locate(lon[n], lat[n])` gives grid numbers [n], -1 outside; `grid_of(code)` one, None when there is none.
    """

    locate: Locate
    grid_of: Callable[[str], int | None]
    timezone: str

    @classmethod
    def of(cls, city: CityModel, timezone: str) -> Area:
        """The area of a city; `timezone` is its pack's."""
        return cls(city.locate, city.hierarchy.grid_of, timezone)

    def grids(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], reports: Sequence[dict[str, Any]]
    ) -> NDArray[np.int64]:
        """The grid of every report, i64[n], -1 outside; where there is no point (NaN), by its grid code."""
        out = np.full(len(reports), OUTSIDE, dtype=np.int64)
        pointed = np.isfinite(lon)
        if pointed.any():
            out[pointed] = self.locate(lon[pointed], lat[pointed])
        for row in np.flatnonzero(~pointed).tolist():
            grid = self.grid_of(reports[row].get("grid", ""))
            out[row] = OUTSIDE if grid is None else grid
        return out
