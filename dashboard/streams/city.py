"""What the projector must know of a city beforehand: its places, cameras and units, by number."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.cameras import NOT_NETWORKED, UNKNOWN
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.safety_index import IndexParameters
from dashboard.domain.working_days import WorkingDays
from dashboard.streams.merge import BUCKET_MS

STATE_FORMAT = 3
"""Raised when the state's hashes change their meaning: older ones are then projected again."""

Locate = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[Any]]
ToMapUnits = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[Any]]


@dataclass(frozen=True)
class CityModel:
    """One city for the projector.

    `code`: national code, the hash tag of its keys. `pack`: a text that changes when the pack does.
    `population` [G] people per grid. `grid_xy` [G, 2] map units, where a case is drawn of which only the
    grid is known. `locate(lon[n], lat[n])` gives grid numbers [n], -1 outside. `to_map_units(lon[n], lat[n])`
    gives [n, 2]. `networked` [N] says of each camera whether it is. `unit_numbers`: call sign → number,
    `unit_xy` [U, 2] map units at home.
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
    def basis(self) -> str:
        """What the state rests on besides the record: when it changes, the state must be projected again.

        The length of a bucket is part of it: levels have a dead band, so they depend on when one looked.
        """
        rests_on = (STATE_FORMAT, BUCKET_MS, self.pack, self.parameters)
        return hashlib.sha256(repr(rests_on).encode()).hexdigest()[:16]
