"""The latest state of each camera and unit, as columns: of two values the later `at` wins.

Values of the same `at` give way to the one whose entry is later. A checkpoint (what the projector writes
before a raw stream is trimmed) only adds what is later than what is known, so that it changes nothing
where nothing was trimmed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.cameras import NOT_NETWORKED, REPORTED_STATUSES
from dashboard.domain.events import EARLIEST_MS, FUTURE_TOLERANCE_MS
from dashboard.domain.refused import Refused
from dashboard.domain.units import STATES
from dashboard.streams.city import CityModel
from dashboard.streams.codecs import CAMERA_RECORD, UNIT_CHECKPOINT_RECORD

Numbers = NDArray[np.int64]
CHUNK = 32
"""Cameras or units per field of their state hash: few enough to rewrite, enough to load fast."""

CAMERA_STATE = np.dtype([("status", "u1"), ("at_ms", "<i8")])
UNIT_STATE = np.dtype(
    [("x", "<i4"), ("y", "<i4"), ("located_at_ms", "<i8"), ("state", "u1"), ("at_ms", "<i8")]
)

_STATUSES = np.array(sorted(REPORTED_STATUSES.values()))
_LAST_STATE = max(number for number, _ in STATES.values())
_MERCATOR_LAT = 85.0
_LOOKED_AT = 1_000  # records of a batch, about, that are looked at for what is known already


def last_of_each(number: NDArray[Any], at_ms: NDArray[Any]) -> NDArray[np.int64]:
    """Places of the winning records: for each number the latest, of equal ones the last."""
    order = np.lexsort((at_ms, number))  # stable: equal ones stay in the entries' order
    ordered = number[order]
    last = np.ones(len(order), dtype=bool)
    last[:-1] = ordered[1:] != ordered[:-1]
    return order[last]


def _winners(
    number: NDArray[Any], at_ms: NDArray[Any], known_ms: NDArray[np.int64], strictly: bool
) -> NDArray[np.int64]:
    """Places of the records that replace what is known."""
    places = last_of_each(number, at_ms)
    before = known_ms[number[places]]
    newer = at_ms[places] > before if strictly else at_ms[places] >= before
    return np.asarray(places[newer], dtype=np.int64)


def _known_already(
    columns: NDArray[Any], number: NDArray[Any], value: NDArray[Any], at_ms: NDArray[Any], name: str
) -> int:
    """How many say of their camera or unit what its columns hold; of very many, as in a part of them."""
    step = len(number) // _LOOKED_AT + 1
    number, value, at_ms = number[::step], value[::step], at_ms[::step]
    same_time = np.flatnonzero(columns["at_ms"][number] == at_ms)
    if not len(same_time):
        return 0
    return step * int(np.count_nonzero(columns[name][number[same_time]] == value[same_time]))


class Cameras:
    """Status and time of each camera; a time of 0 means that nothing was ever heard of it.

    `latest_ms` is the latest of the times.
    """

    def __init__(self, city: CityModel) -> None:
        self.columns = np.zeros(city.camera_count, dtype=CAMERA_STATE)
        self.columns["status"] = city.first_statuses()

        self.latest_ms = 0

    def restore(self, columns: NDArray[Any]) -> None:
        """Take columns as they were stored."""
        self.columns = columns
        self.latest_ms = int(columns["at_ms"].max(initial=0))

    def apply(self, records: NDArray[Any], city: CityModel) -> Numbers:
        """Take good records in the entries' order; the numbers of those that changed."""
        return self._set(records, False)

    def repeats(self, records: NDArray[Any]) -> int:
        """How many of the records, about, say what is known already, of the same time."""
        return _known_already(self.columns, records["camera"], records["status"], records["at_ms"], "status")

    def apply_checkpoint(self, records: NDArray[Any]) -> Numbers:
        """Take the records of a checkpoint: whatever is later than what is known."""
        return self._set(records, True)

    def _set(self, records: NDArray[Any], strictly: bool) -> Numbers:
        # A camera that the pack has as not networked can't be online, whatever an older record says.
        records = records[self.columns["status"][records["camera"]] != NOT_NETWORKED]
        number, at_ms = records["camera"].astype(np.int64), records["at_ms"]
        won = _winners(number, at_ms, self.columns["at_ms"], strictly)
        self.columns["status"][number[won]] = records["status"][won]
        self.columns["at_ms"][number[won]] = at_ms[won]
        self.latest_ms = max(self.latest_ms, int(at_ms[won].max(initial=0)))
        return number[won]

    def checkpoint(self) -> NDArray[Any]:
        """All that is known, as records that `apply_checkpoint` takes."""
        known = np.flatnonzero(self.columns["at_ms"])
        records = np.zeros(len(known), dtype=CAMERA_RECORD)
        records["camera"] = known
        records["status"], records["at_ms"] = self.columns["status"][known], self.columns["at_ms"][known]
        return records

    @classmethod
    def checkpoint_fits(cls, records: NDArray[Any], city: CityModel, stamp_ms: int) -> bool:
        """Whether every record of a checkpoint can be applied."""
        return not cls.refusals(records, city, stamp_ms)

    @staticmethod
    def refusals(records: NDArray[Any], city: CityModel, stamp_ms: int) -> dict[int, Refused]:
        """Place → refusal of the records that can't be applied."""
        last = city.camera_count - 1
        checks = (
            ("camera", records["camera"] > last, f"a camera of this city, 0 to {last}"),
            ("status", ~np.isin(records["status"], _STATUSES), "a status: 1 online, 2 offline, 3 fault"),
        )
        return _refusals(records, checks, stamp_ms)


class Units:
    """State, position and their times of each unit; a time of 0 means that nothing was ever heard of it.

    `latest_ms` is the latest time of a state.
    """

    def __init__(self, city: CityModel) -> None:
        self.columns = np.zeros(city.unit_count, dtype=UNIT_STATE)
        self.columns["x"], self.columns["y"] = city.unit_xy[:, 0], city.unit_xy[:, 1]
        self.latest_ms = 0

    def restore(self, columns: NDArray[Any]) -> None:
        """Take columns as they were stored."""
        self.columns = columns
        self.latest_ms = int(columns["at_ms"].max(initial=0))

    def apply(self, records: NDArray[Any], city: CityModel) -> Numbers:
        """Take good records in the entries' order; the numbers of those that changed."""
        number = records["unit"].astype(np.int64)
        located = np.flatnonzero(~np.isnan(records["lon"]))
        xy = np.asarray(city.to_map_units(records["lon"][located], records["lat"][located])).reshape(-1, 2)
        at_ms = records["at_ms"]
        return np.union1d(
            self._set_states(number, records["state"], at_ms, False),
            self._set_positions(number[located], xy, at_ms[located], False),
        )

    def repeats(self, records: NDArray[Any]) -> int:
        """How many of the records, about, say what is known already, of the same time."""
        return _known_already(self.columns, records["unit"], records["state"], records["at_ms"], "state")

    def apply_checkpoint(self, records: NDArray[Any]) -> Numbers:
        """Take the records of a checkpoint: whatever is later than what is known."""
        number = records["unit"].astype(np.int64)
        xy = np.stack([records["x"], records["y"]], axis=1)
        return np.union1d(
            self._set_states(number, records["state"], records["at_ms"], True),
            self._set_positions(number, xy, records["located_at_ms"], True),
        )

    def _set_states(
        self, number: Numbers, state: NDArray[Any], at_ms: NDArray[Any], strictly: bool
    ) -> Numbers:
        won = _winners(number, at_ms, self.columns["at_ms"], strictly)
        self.columns["state"][number[won]] = state[won]
        self.columns["at_ms"][number[won]] = at_ms[won]
        self.latest_ms = max(self.latest_ms, int(at_ms[won].max(initial=0)))
        return number[won]

    def _set_positions(
        self, number: Numbers, xy: NDArray[Any], at_ms: NDArray[Any], strictly: bool
    ) -> Numbers:
        won = _winners(number, at_ms, self.columns["located_at_ms"], strictly)
        self.columns["x"][number[won]], self.columns["y"][number[won]] = xy[won, 0], xy[won, 1]
        self.columns["located_at_ms"][number[won]] = at_ms[won]
        return number[won]

    def checkpoint(self) -> NDArray[Any]:
        """All that is known, as records that `apply_checkpoint` takes."""
        known = np.flatnonzero((self.columns["at_ms"] > 0) | (self.columns["located_at_ms"] > 0))
        records = np.zeros(len(known), dtype=UNIT_CHECKPOINT_RECORD)
        records["unit"] = known
        for name in ("state", "x", "y", "at_ms", "located_at_ms"):
            records[name] = self.columns[name][known]
        return records

    @staticmethod
    def checkpoint_fits(records: NDArray[Any], city: CityModel, stamp_ms: int) -> bool:
        """Whether every record of a checkpoint can be applied."""
        latest_ms = np.maximum(records["at_ms"], records["located_at_ms"])
        return bool(
            np.all(records["unit"] < city.unit_count)
            and np.all(records["state"] <= _LAST_STATE)
            and np.all(latest_ms <= stamp_ms + FUTURE_TOLERANCE_MS)
        )

    @staticmethod
    def refusals(records: NDArray[Any], city: CityModel, stamp_ms: int) -> dict[int, Refused]:
        """Place → refusal of the records that can't be applied."""
        lon, lat = records["lon"], records["lat"]
        half = np.isnan(lon) != np.isnan(lat)
        off_map = ~half & ~np.isnan(lon) & ~((abs(lon) <= 180) & (abs(lat) <= _MERCATOR_LAT))
        checks = (
            ("unit", records["unit"] >= city.unit_count, f"a unit of this city, 0 to {city.unit_count - 1}"),
            ("state", records["state"] > _LAST_STATE, f"a state, 0 to {_LAST_STATE}"),
            ("lon and lat", half, "both numbers or both NaN"),
            ("lon and lat", off_map, f"degrees within 180 and {_MERCATOR_LAT:g}"),
        )
        return _refusals(records, checks, stamp_ms)


def _refusals(
    records: NDArray[Any], checks: tuple[tuple[str, NDArray[np.bool_], str], ...], stamp_ms: int
) -> dict[int, Refused]:
    found: dict[int, Refused] = {}
    past, future = records["at_ms"] < EARLIEST_MS, records["at_ms"] > stamp_ms + FUTURE_TOLERANCE_MS
    for name, wrong, wanted in (*checks, ("at_ms", past, "a time from 2000-01-02 on")):
        for place in np.flatnonzero(wrong).tolist():
            found.setdefault(place, Refused("bad_value", f"The field {name!r} must be {wanted}.", field=name))
    for place in np.flatnonzero(future).tolist():
        ahead_s = (int(records["at_ms"][place]) - stamp_ms) // 1000
        sentence = f"The field 'at_ms' lies {ahead_s} s ahead of the stream's clock."
        found.setdefault(place, Refused("future", sentence, field="at_ms"))
    return found
