"""Commands and reports that people send: checked at the door, written to the record, and answered.

The record is the only way in: a command is an entry of the raw stream like any producer's, and what became
of it comes back in the changes (see `sending`). So nothing is decided twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any, NamedTuple, TypeVar

import gevent

from dashboard.domain.access import EVERYWHERE, Identity, may, own_region
from dashboard.domain.case_effects import facts
from dashboard.domain.case_record import Case
from dashboard.domain.case_types import KITES_ORIGIN
from dashboard.domain.commands import COMMANDS, KITES_OWN
from dashboard.domain.dispatch import Suggestion
from dashboard.domain.events import Command, parse_command, parse_report
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.nearby import Surveyed
from dashboard.domain.refused import Refused
from dashboard.domain.roles import Part, part_of
from dashboard.domain.working_days import WorkingDays
from dashboard.live.fresh_ids import fresh_case_id, fresh_command_id
from dashboard.live.noting import about
from dashboard.live.own_time import insist_on_time
from dashboard.live.sending import NO_STORE, PATIENCE_S, UNSURE_S, Answer, Sender
from dashboard.live.sending import UNANSWERED as UNANSWERED
from dashboard.live.sending import UnansweredError as UnansweredError
from dashboard.live.state import LiveState
from dashboard.live.surroundings import MapUnits, Row, Surroundings
from dashboard.streams.client import FAILED, client_of
from dashboard.streams.keys import Keys
from dashboard.streams.publish import describe
from dashboard.streams.reader import read_case, read_cases
from geodata import Pack

_LOOK_S = 0.01
_LOOKS_AT_STORE = 5  # a look at the store for so many at what is known here

Found = TypeVar("Found")


class ForbiddenError(Exception):
    """The one who asks may not do this there; the message is one sentence."""


class UnknownCaseError(Exception):
    """There is no such case for the one who asks; the message is one sentence."""


class Spot(NamedTuple):
    """A place of the city: the grid that it lies in, and map units."""

    grid: int
    xy: MapUnits

    @classmethod
    def of(cls, case: Mapping[str, Any]) -> Spot:
        """That of an open case as the wire has it."""
        return cls(case["grid"], (case["x"], case["y"]))


class Desk:
    """The duty desk of one city in one web process; `hear` must be told of every answer in the changes."""

    def __init__(
        self, url: str, keys: Keys, pack: Pack, hierarchy: Hierarchy, state: LiveState, wait_replicas: int = 0
    ) -> None:
        self._pack, self._hierarchy, self._state = pack, hierarchy, state
        self._keys = keys
        self._days = WorkingDays(pack.manifest["timezone"])
        self._client = client_of(url, keys)
        self.sender = Sender(self._client, keys, wait_replicas)
        self.around = Surroundings(pack, hierarchy, state)

    def hear(self, answers: list[Answer]) -> None:
        """Hand answers to those who wait for them."""
        self.sender.hear(answers)

    # Commands

    def command(self, who: Identity, case_id: str, fields: Mapping[str, str]) -> Answer:
        """Send a command and wait until it is said what became of it.

        `fields`: those of a command's entry without `case` and `by`; without an `id` one is made, and without
        `at` it was done just now. `at` is for what was done out of reach and is told later.
        Raises `Refused` for fields that no entry may have, `UnknownCaseError`, `ForbiddenError` and
        `UnansweredError`.
        """
        entry = {
            **fields,
            "id": fields.get("id") or fresh_command_id(),
            "case": case_id,
            "at": fields.get("at") or _now(),
            "by": who.name,
        }
        about(subject=case_id)
        parsed = parse_command(entry, now_ms := _now_ms())
        about(command=parsed.command)
        insist_on_time(parsed.at_ms, now_ms)
        self._insist_on_command(who, case_id, parsed)
        self._insist_on_targets(who, parsed)
        return self.sender.command(entry)

    def _insist_on_command(self, who: Identity, case_id: str, command: Command) -> None:
        rule, case = COMMANDS[command.command], self._wire_case(case_id)
        about(region=self._code_of(case["grid"]))
        if rule.action == KITES_OWN:
            raise ForbiddenError(
                f"Nobody sends {command.command!r} ({rule.zh}): Kite does, once a term is over; "
                f"'refer' ({COMMANDS['refer'].zh}) sends a case up."
            )
        if not self._may(who, rule.action, case["grid"]):
            raise ForbiddenError(f"{who.name} may not {rule.en} there.")
        part = part_of(who.role, rule)
        if part == Part.NONE or (part == Part.OWN and case["unit"] != who.name):
            self._refuse_repeated(who, command)
            raise ForbiddenError(
                f"{who.name} may not {rule.en}: it is not the unit's own case, or not its part."
            )

    def _insist_on_targets(self, who: Identity, command: Command) -> None:
        """Who is bound to a region neither takes from outside nor sends there: that is the next centre's."""
        if who.region_code == EVERYWHERE:
            return
        action = COMMANDS[command.command].action
        if command.into is not None and not self._may(who, action, self._wire_case(command.into)["grid"]):
            raise UnknownCaseError(f"There is no case {command.into}.")
        unit = self.around.unit_number(command.unit)
        if unit is not None and not self._may(who, action, int(self._pack.units.home_grid[unit])):
            raise ForbiddenError(f"{command.unit} is no unit of {who.name}'s region; refer the case upward.")
        grid = self._grid_of(command.grid)
        if grid is not None and not self._may(who, action, grid):
            raise ForbiddenError(f"{command.grid} is not in {who.name}'s region; refer the case upward.")

    def _refuse_repeated(self, who: Identity, command: Command) -> None:
        """A unit whose answer was lost learns that it was done, even where that made the case another's."""
        case = self._read(command.case)
        if case and any((step.id, step.by) == (command.id, who.name) for step in case.history):
            sentence = f"Command {command.id} was applied to this case before; nothing was changed."
            raise Refused("duplicate", sentence, **facts(case))

    def _may(self, who: Identity, action: str, grid: int) -> bool:
        return may(who, action, self._code_of(grid), self._hierarchy.contains_code)

    def _code_of(self, grid: int) -> str:
        return self._hierarchy.codes[self._hierarchy.region_of_grid(grid)]

    # Reports

    def report(self, who: Identity, fields: Mapping[str, str]) -> dict[str, Any]:
        """Report a case; the case as the wire has it once it is there. Raises as `command` does."""
        entry = {"occurred_at": _now(), "source": who.name, **fields}
        parsed = parse_report({**entry, "id": fields.get("id") or "new"}, _now_ms())
        if parsed.origin == KITES_ORIGIN:
            sentence = f"Nobody reports by the origin {KITES_ORIGIN!r}: such cases are Kite's own."
            raise Refused("bad_value", sentence, field="origin")
        pointed = parsed.lon is not None
        grid = self.around.grid_at(parsed.lon, parsed.lat) if pointed else self._grid_of(parsed.grid)
        if grid is None:
            raise Refused("outside", "The place is not in this city.")
        if not self._may(who, "report", grid):
            raise ForbiddenError(f"{who.name} may not report there.")
        about(region=self._code_of(grid))
        known = self._wire_case_or_none(parsed.id) if who.region_code != EVERYWHERE else None
        if known is not None and not self._may(who, "report", known["grid"]):
            raise ForbiddenError(f"The id {parsed.id} is taken in another region; leave it out.")
        entry["id"] = fields.get("id") or fresh_case_id(self._code_of(grid))
        about(subject=entry["id"])
        sentence = f"Case {entry['id']} is written and not applied yet; it will be, don't send it again."
        late = self.sender.unsure("reports", entry) or UnansweredError("unapplied", sentence)
        return self._once_there(entry["id"], late)

    def _once_there(self, case_id: str, late: UnansweredError) -> dict[str, Any]:
        """The case, once it is there; raises `late` where it isn't in time."""
        try:
            with gevent.Timeout(UNSURE_S if late.reason == "unsure" else PATIENCE_S):
                for look in count(1):
                    if case_id in self._state.open_cases:
                        return dict(self._state.open_cases[case_id])
                    if look % _LOOKS_AT_STORE == 0 and (ended := self._ended(case_id)) is not None:
                        return ended
                    gevent.sleep(_LOOK_S)
        except gevent.Timeout:
            pass
        raise late

    def _ended(self, case_id: str) -> dict[str, Any] | None:
        """A case that is over, as the wire would have it: screens are told of none, so it is read."""
        try:
            found = self._read(case_id)
        except UnansweredError:  # which says that nothing was done, and it is written
            return None
        if found is None or found.is_open:
            return None
        x, y = self.spot_of(found).xy
        return describe(found, round(x), round(y), self._days)

    def _grid_of(self, code: str | None) -> int | None:
        return None if code is None else self._hierarchy.grid_of(code)

    # Looking

    def case(self, who: Identity, case_id: str) -> Case:
        """A case with its whole history. Raises `UnknownCaseError`, also where `who` may not look."""
        about(subject=case_id)
        found = self._read(case_id)
        if found is not None:
            about(region=self._code_of(found.grid))
        if found is None or not self._may(who, "view", found.grid):
            raise UnknownCaseError(f"There is no case {case_id}.")
        return found

    def cases(self, ids: list[str]) -> list[Case]:
        """Those of the cases that there are, as they stand; for whoever has asked the gate already."""
        return self._answered(lambda: read_cases(self._client, self._keys, ids))

    def _read(self, case_id: str) -> Case | None:
        return self._answered(lambda: read_case(self._client, self._keys, case_id))

    def _answered(self, ask: Callable[[], Found]) -> Found:
        try:
            return ask()
        except FAILED:
            raise UnansweredError("unwritten", NO_STORE) from None

    def _wire_case(self, case_id: str) -> Mapping[str, Any]:
        known = self._wire_case_or_none(case_id)
        if known is None:
            raise UnknownCaseError(f"There is no case {case_id}.")
        return known

    def _wire_case_or_none(self, case_id: str) -> Mapping[str, Any] | None:
        known = self._state.open_cases.get(case_id)
        if known is not None:
            return known
        ended = self._read(case_id)
        return None if ended is None else {"grid": ended.grid, "unit": ended.unit}

    def suggestions(self, who: Identity, case_id: str) -> list[Suggestion]:
        """The best units of who asks for a case, by where they are now; none once it has ended."""
        case = self._state.open_cases.get(case_id)
        return [] if case is None else self.units(who, case["type"], Spot.of(case))

    def similar(self, who: Identity, case_id: str) -> list[tuple[Row, float]]:
        """(case, metres) of open cases of `who` that it may be merged with; none once it has ended."""
        case = self._state.open_cases.get(case_id)
        return [] if case is None else self.around.similar(case, self._own(who))

    def units(self, who: Identity, code: str, spot: Spot) -> list[Suggestion]:
        """The best units of who asks for a case of type `code` there."""
        return self.around.units(code, spot.grid, spot.xy, self._own(who))

    def cameras(self, who: Identity, spot: Spot) -> Surveyed:
        """The cameras around, those that `who` may see."""
        return self.around.cameras(spot.xy, self._own(who))

    def _own(self, who: Identity) -> tuple[int, int]:
        """The grids [low, high) that `who` may look at."""
        region = own_region(who, self._hierarchy)
        return (0, 0) if region is None else self._hierarchy.slice_of(region)

    def place(self, who: Identity, lon: float, lat: float) -> Spot:
        """A point (WGS 84 degrees) of the city. Raises `Refused` outside of it, `ForbiddenError`."""
        grid = self.around.grid_at(lon, lat)
        if grid is None:
            raise Refused("outside", "The place is not in this city.")
        if not self._may(who, "view", grid):
            raise ForbiddenError(f"{who.name} may not look there.")
        return Spot(grid, self._map_units(lon, lat))

    def spot_of(self, case: Case) -> Spot:
        """Where a case is; the middle of its grid where nothing more is known."""
        if case.lon is not None and case.lat is not None:
            return Spot(case.grid, self._map_units(case.lon, case.lat))
        x, y = self._pack.regions.label_xy[self._hierarchy.region_of_grid(case.grid)]
        return Spot(case.grid, (float(x), float(y)))

    def _map_units(self, lon: float, lat: float) -> MapUnits:
        x, y = self._pack.from_lonlat([lon], [lat])[0]
        return float(x), float(y)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _now_ms() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)
