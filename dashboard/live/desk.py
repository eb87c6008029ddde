"""Commands and reports that people send: checked at the door, written to the record, and answered.

The record is the only way in: a command is an entry of the raw stream like any producer's, and what became
of it comes back in the changes (`answers`), which every web process follows. So it makes no difference
which process was asked, and nothing is decided twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import gevent
import numpy as np
from gevent.event import AsyncResult

from dashboard.domain.access import Identity, may
from dashboard.domain.case_record import Case
from dashboard.domain.commands import COMMANDS
from dashboard.domain.dispatch import Suggestion, UnitTable, suggest
from dashboard.domain.events import parse_command, parse_report
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.refused import Refused
from dashboard.domain.similar import NEAR_M, similar
from dashboard.domain.units import OFF
from dashboard.live.state import LiveState
from dashboard.streams.client import FAILED, client_of
from dashboard.streams.keys import Keys
from dashboard.streams.reader import read_case
from dashboard.streams.writer import Writer
from geodata import Pack
from geodata.locator import Locator
from geodata.pack import UNITS_PER_M

PATIENCE_S = 5.0
_LOOK_S = 0.01
_NO_STORE = "The store does not answer, so nothing was done; try again in a moment."

Answer = dict[str, Any]
"""What became of a command, as `answers` of docs/protocol.md has it."""


class ForbiddenError(Exception):
    """The one who asks may not do this there; the message is one sentence."""


class UnknownCaseError(Exception):
    """There is no such case for the one who asks; the message is one sentence."""


class UnansweredError(Exception):
    """Nobody says what became of it; the message is one sentence, `reason` one of `UNANSWERED`."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


UNANSWERED = {
    "unwritten": "the store does not answer, so nothing was written",
    "unapplied": "it is written and will be applied, but has not been yet",
}


@dataclass(frozen=True)
class Row:
    """An open case as `similar` wants it."""

    id: str
    type: str
    state: str
    x: float
    y: float
    occurred_at_ms: int

    @classmethod
    def of(cls, case: Mapping[str, Any]) -> Row:
        """From a case as the wire has it."""
        return cls(*(case[name] for name in ("id", "type", "state", "x", "y", "occurred_at_ms")))


class Desk:
    """The duty desk of one city in one web process; `hear` must be told of every answer in the changes."""

    def __init__(self, url: str, keys: Keys, pack: Pack, hierarchy: Hierarchy, state: LiveState) -> None:
        self._pack, self._hierarchy, self._state = pack, hierarchy, state
        self._keys = keys
        self._client = client_of(url, keys)
        self._writer = Writer(self._client, keys)
        self._locator = Locator(pack)
        self._waiting: dict[str, AsyncResult] = {}
        self._unit_numbers = {call_sign: number for number, call_sign in enumerate(pack.units.call_sign)}

    def hear(self, answers: list[Answer]) -> None:
        """Hand answers to those who wait for them.

        An id that was sent twice at once has two answers and one that waits for both senders: the first says
        what became of the command, the second only that it was a duplicate.
        """
        for answer in answers:
            waiting = self._waiting.get(answer["id"])
            if waiting is not None and not waiting.ready():
                waiting.set(answer)

    # Commands

    def command(self, who: Identity, case_id: str, fields: Mapping[str, str]) -> Answer:
        """Send a command and wait until it is said what became of it.

        `fields`: those of a command's entry without `case`, `at` and `by`; without an `id` one is made.
        Raises `Refused` for fields that no entry may have, `UnknownCaseError`, `ForbiddenError` and
        `UnansweredError`.
        """
        entry = {
            **fields,
            "id": fields.get("id") or f"desk-{uuid.uuid4().hex[:16]}",
            "case": case_id,
            "at": _now(),
            "by": who.name,
        }
        parsed = parse_command(entry, _now_ms())
        self._insist_on_command(who, case_id, parsed.command)
        waiting = self._waiting.setdefault(parsed.id, AsyncResult())
        try:
            self._append("commands", entry)
            return dict(waiting.get(timeout=PATIENCE_S))
        except gevent.Timeout:
            sentence = f"Command {parsed.id} is written and not applied yet; it will be, don't send it again."
            raise UnansweredError("unapplied", sentence) from None
        finally:
            self._waiting.pop(parsed.id, None)

    def _insist_on_command(self, who: Identity, case_id: str, command: str) -> None:
        rule, case = COMMANDS[command], self._wire_case(case_id)
        if not self._may(who, rule.action, case["grid"]):
            raise ForbiddenError(f"{who.name} may not {rule.en} there.")
        if who.role == "unit" and not (rule.by_unit and case["unit"] == who.name):
            raise ForbiddenError(
                f"{who.name} may not {rule.en}: it is not the unit's own case, or not its part."
            )

    def _may(self, who: Identity, action: str, grid: int) -> bool:
        code = self._hierarchy.codes[self._hierarchy.region_of_grid(grid)]
        return may(who, action, code, self._hierarchy.contains_code)

    def _append(self, kind: str, entry: Mapping[str, str]) -> None:
        try:
            self._writer.append(kind, entry)
        except FAILED:
            raise UnansweredError("unwritten", _NO_STORE) from None

    # Reports

    def report(self, who: Identity, fields: Mapping[str, str]) -> dict[str, Any]:
        """Report a case; the case as the wire has it once it is there. Raises as `command` does."""
        entry = {"occurred_at": _now(), "source": who.name, **fields}
        parsed = parse_report({**entry, "id": fields.get("id") or "new"}, _now_ms())
        grid = self.grid_at(parsed.lon, parsed.lat) if parsed.lon is not None else self._grid_of(parsed.grid)
        if grid is None:
            raise Refused("outside", "The place is not in this city.")
        if not self._may(who, "report", grid):
            raise ForbiddenError(f"{who.name} may not report there.")
        code = self._hierarchy.codes[self._hierarchy.region_of_grid(grid)]
        entry["id"] = fields.get("id") or f"{code[:6]}-{datetime.now(UTC):%Y%m%d}-{uuid.uuid4().hex[:8]}"
        self._append("reports", entry)
        return self._once_there(entry["id"])

    def _once_there(self, case_id: str) -> dict[str, Any]:
        try:
            with gevent.Timeout(PATIENCE_S):
                while case_id not in self._state.open_cases:
                    gevent.sleep(_LOOK_S)
        except gevent.Timeout:
            sentence = f"Case {case_id} is written and not applied yet; it will be, don't send it again."
            raise UnansweredError("unapplied", sentence) from None
        return dict(self._state.open_cases[case_id])

    def grid_at(self, lon: float | None, lat: float | None) -> int | None:
        """The grid that a point (WGS 84 degrees) lies in; None outside of the city."""
        grid = int(self._locator.locate(np.array([lon], dtype=float), np.array([lat], dtype=float))[0])
        return grid if grid >= 0 else None

    def _grid_of(self, code: str | None) -> int | None:
        return None if code is None else self._hierarchy.grid_of(code)

    # Looking

    def case(self, who: Identity, case_id: str) -> Case:
        """A case with its whole history. Raises `UnknownCaseError`, also where `who` may not look."""
        found = self._read(case_id)
        if found is None or not self._may(who, "view", found.grid):
            raise UnknownCaseError(f"There is no case {case_id}.")
        return found

    def _read(self, case_id: str) -> Case | None:
        try:
            return read_case(self._client, self._keys, case_id)
        except FAILED:
            raise UnansweredError("unwritten", _NO_STORE) from None

    def _wire_case(self, case_id: str) -> Mapping[str, Any]:
        known = self._state.open_cases.get(case_id)
        if known is not None:
            return known
        ended = self._read(case_id)
        if ended is None:
            raise UnknownCaseError(f"There is no case {case_id}.")
        return {"grid": ended.grid, "unit": ended.unit}

    def suggestions(self, case_id: str) -> list[Suggestion]:
        """The best units for a case, by where they are now; none once it has ended."""
        case = self._state.open_cases.get(case_id)
        if case is None:
            return []
        return suggest(
            case["type"], case["grid"], (case["x"], case["y"]), self._units(), self._m_per_unit(case["y"])
        )

    def similar(self, case_id: str) -> list[tuple[Row, float]]:
        """(case, metres) of open cases that it may be merged with; none once it has ended."""
        case = self._state.open_cases.get(case_id)
        if case is None:
            return []
        m_per_unit = self._m_per_unit(case["y"])
        near = self._state.case_index.near(case["x"], case["y"], NEAR_M / m_per_unit)
        return similar(Row.of(case), map(Row.of, near), m_per_unit)

    def _units(self) -> UnitTable:
        fixed = self._pack.units
        count = len(fixed.kind)
        columns = [_padded(self._state.column("units", name), count) for name in ("x", "y", "state")]
        load = np.zeros(count, dtype=np.int64)
        for call_sign, cases in self._state.case_index.in_hand.items():
            number = self._unit_numbers.get(call_sign)
            if number is not None:
                load[number] = cases
        xy = np.stack(columns[:2], axis=1)
        return UnitTable(fixed.kind, columns[2].astype(np.uint8), xy, fixed.home_grid, load)

    def _m_per_unit(self, y: float) -> float:
        """Metres on the ground per map unit: web mercator stretches by the cosine of the latitude."""
        _, lat = self._pack.to_lonlat(np.array([[0.0, y]]))
        return float(np.cos(np.radians(lat[0]))) / UNITS_PER_M


def _padded(column: np.ndarray[Any, Any], count: int) -> np.ndarray[Any, Any]:
    """A column that may not have come whole; what is missing is off duty."""
    if len(column) >= count:
        return column[:count]
    return np.concatenate([column, np.full(count - len(column), OFF, column.dtype)])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _now_ms() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)
