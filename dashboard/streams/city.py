"""What the projector must know of a city beforehand: its places, cameras and units, by number."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.cameras import NOT_NETWORKED, UNKNOWN
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.safety_index import IndexParameters
from dashboard.domain.units import KINDS
from dashboard.domain.working_days import WorkingDays
from dashboard.streams.merge import BUCKET_MS

STATE_FORMAT = 3
"""Raised when the state's hashes change their meaning: older ones are then projected again."""

_GRID_WORKER = [slug for slug, _ in KINDS].index("grid_worker")

Locate = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[Any]]
ToMapUnits = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[Any]]


@dataclass(frozen=True)
class CityModel:
    """One city for the projector.

    `code`: national code, the hash tag of its keys. `pack`: a text that changes when the pack does.
    `population` [G] people per grid. `grid_xy` [G, 2] map units, where a case is drawn of which only the
    grid is known. `locate(lon[n], lat[n])` gives grid numbers [n], -1 outside. `to_map_units(lon[n], lat[n])`
    gives [n, 2]. `networked` [N] says of each camera whether it is. `unit_numbers`: call sign → number,
    `unit_xy` [U, 2] map units at home. `names` of the regions, `unit_kind` [U] numbers of `units.KINDS` and
    `unit_home` [U] grid numbers are for what Kite itself writes; without them it says codes and no unit.
    """

    code: str
    pack: str
    hierarchy: Hierarchy
    population: NDArray[Any]
    grid_xy: NDArray[Any]
    locate: Locate
    to_map_units: ToMapUnits
    networked: NDArray[Any]
    unit_numbers: Mapping[str, int]
    unit_xy: NDArray[Any]
    parameters: IndexParameters
    timezone: str = "Asia/Shanghai"
    names: Sequence[str] = ()
    unit_kind: NDArray[Any] = field(default_factory=lambda: np.zeros(0, dtype=np.uint8))
    unit_home: NDArray[Any] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @cached_property
    def working_days(self) -> WorkingDays:
        """The calendar that the city's terms are counted by."""
        return WorkingDays(self.timezone)

    @property
    def grid_count(self) -> int:
        """G"""
        return self.hierarchy.grid_count

    @property
    def camera_count(self) -> int:
        """N"""
        return len(self.networked)

    @property
    def unit_count(self) -> int:
        """U"""
        return len(self.unit_xy)

    def first_statuses(self) -> NDArray[np.uint8]:
        """Status of each camera before its first entry, u8[N]."""
        return np.where(np.asarray(self.networked, dtype=bool), UNKNOWN, NOT_NETWORKED).astype(np.uint8)

    def unit_number(self, text: str) -> int | None:
        """The number of a unit given by its call sign or its number; None when this city has no such unit."""
        number = self.unit_numbers.get(text)
        if number is not None:
            return number
        is_number = text.isascii() and text.isdigit() and len(text) < 10
        return int(text) if is_number and int(text) < self.unit_count else None

    @cached_property
    def _grid_workers(self) -> dict[int, str]:
        """Grid → call sign of its first grid workers' unit."""
        at_work = np.flatnonzero(self.unit_kind == _GRID_WORKER)
        call_sign = {number: text for text, number in self.unit_numbers.items()}
        return {int(self.unit_home[unit]): call_sign[unit] for unit in at_work[::-1].tolist()}

    def grid_worker(self, grid: int) -> str | None:
        """The call sign of the grid workers' unit of a grid, None where it has none."""
        return self._grid_workers.get(grid)

    def name_of(self, code: str) -> str:
        """The name of the region of that code; the code where no name is known."""
        return self.names[self.hierarchy.number_of(code)] if self.names else code

    @cached_property
    def basis(self) -> str:
        """What the state rests on besides the record: when it changes, the state must be projected again.

        The length of a bucket is part of it: levels have a dead band, so they depend on when one looked.
        """
        rests_on = (STATE_FORMAT, BUCKET_MS, self.pack, self.parameters)
        return hashlib.sha256(repr(rests_on).encode()).hexdigest()[:16]
