"""What the panels read: the city's sources, and one region at one moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.hierarchy import GRID, VILLAGE, Hierarchy
from dashboard.domain.units import OFF
from dashboard.live.cases import OpenCase, open_cases_in
from dashboard.live.state import LiveState
from dashboard.live.systems.camera_times import CameraTimes
from dashboard.streams.client import FAILED
from geodata import Pack

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]
PERIOD = "month"
"""Of the figures that are counted from the record of cases (see `Leaders`)."""


@dataclass
class Sources:
    """A city as its systems are counted. `settling` and `leaders` may have nothing to say for a while."""

    pack: Pack
    hierarchy: Hierarchy
    state: LiveState
    times: CameraTimes
    settling: Callable[[str], dict[str, Any] | None]
    leaders: Any
    """A `dashboard.live.leaders.Leaders`, or None."""
    now_ms: Callable[[], int]

    @cached_property
    def station_host(self) -> Ints:
        """Station → the most populous of its grids, in which it stands."""
        people = self.pack.regions.population[self.hierarchy.tier_slice(GRID)].astype(np.int64)
        station = self.pack.stations.station_of_grid
        served = np.flatnonzero(station >= 0)
        order = served[np.lexsort((served, -people[served], station[served]))]
        _, first = np.unique(station[order], return_index=True)
        return np.asarray(order[first], dtype=np.int64)

    @cached_property
    def stretch_ends(self) -> NDArray[np.int32]:
        """First and last point of each checkpoint's stretch, i32[n, 2, 2] map units."""
        points = self.pack.checkpoints
        start = points.stretch_start.astype(np.int64)
        return np.stack([points.stretch_xy[start[:-1]], points.stretch_xy[start[1:] - 1]], axis=1)

    @cached_property
    def cameras_per_village(self) -> Ints:
        """Cameras of each village, in the villages' order."""
        rows, start = self.hierarchy.tier_slice(VILLAGE), self.pack.grid_camera_start.astype(np.int64)
        return start[self.hierarchy.grid_hi[rows]] - start[self.hierarchy.grid_lo[rows]]

    @cached_property
    def networked_before(self) -> Ints:
        """Networked cameras before each camera's place, i64[N + 1]."""
        return running(self.pack.cameras.networked)

    def camera_status(self) -> NDArray[np.uint8] | None:
        """The status of every camera; None until it is known."""
        status = self.state.column("cameras", "status")
        return status if len(status) >= len(self.pack.cameras.grid) else None

    def unit_state(self) -> NDArray[np.uint8] | None:
        """The state of every unit; None until it is known."""
        state = self.state.column("units", "state")
        return state if len(state) >= len(self.pack.units.kind) else None


class Look:
    """A region of a city, and what of the sources lies in it; made for one answer."""

    def __init__(self, sources: Sources, region: int) -> None:
        self.sources, self.region = sources, region
        self.pack, self.hierarchy = sources.pack, sources.hierarchy
        self.code = self.hierarchy.codes[region]
        self.tier = int(self.hierarchy.tier[region])
        self.low, self.high = self.hierarchy.slice_of(region)

    @property
    def grids(self) -> slice:
        """The numbers of its grids."""
        return slice(self.low, self.high)

    @property
    def children(self) -> range:
        """The regions directly inside it."""
        return self.hierarchy.children(self.region)

    @property
    def cameras(self) -> slice:
        """The numbers of its cameras."""
        start = self.pack.grid_camera_start
        return slice(int(start[self.low]), int(start[self.high]))

    @cached_property
    def status(self) -> NDArray[np.uint8] | None:
        """The status of its cameras; None until it is known."""
        status = self.sources.camera_status()
        return None if status is None else status[self.cameras]

    @cached_property
    def cases(self) -> list[OpenCase]:
        """Its open cases."""
        return open_cases_in(self.sources.state, self.hierarchy, self.region)

    @cached_property
    def settling(self) -> dict[str, Any] | None:
        """How its disputes are settled; None while that can't be read."""
        return self.sources.settling(self.code)

    @cached_property
    def on_duty(self) -> Mask | None:
        """Which of all the city's units are on duty; None until it is known."""
        state = self.sources.unit_state()
        return None if state is None else state != OFF

    def holds(self, grids: NDArray[Any]) -> Mask:
        """Which of things that stand in `grids` stand in the region."""
        return np.asarray((grids >= self.low) & (grids < self.high))

    def record(self, name: str) -> dict[str, Any] | None:
        """What `Leaders` counts by that name over `PERIOD`; None while it can't."""
        leaders = self.sources.leaders
        if leaders is None or not leaders.ready:
            return None
        try:
            found: dict[str, Any] | None = getattr(leaders, name)(self.code, PERIOD)
        except FAILED:
            return None
        return found


def running(values: NDArray[Any]) -> Ints:
    """Sums of all before each place, and of all at the end: i64[n + 1]."""
    return np.concatenate([[0], np.cumsum(values, dtype=np.int64)])


def share(part: int | None, whole: int) -> float | None:
    """Part of a whole; None where either isn't there."""
    return None if part is None or not whole else part / whole
