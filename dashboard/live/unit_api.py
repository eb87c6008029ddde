"""What a unit's phone asks: its own tasks, with all that it needs to work on without a connection.

Commands go the way of every other (`api.py`), with an id made on the phone and the time they were pressed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import orjson
from flask import Flask, Response, request

from dashboard.domain.access import Identity, may
from dashboard.domain.case_record import Case, Step
from dashboard.domain.deadlines import clocks
from dashboard.domain.unit_tasks import (
    STATES_SHOWN,
    STATES_TO_DO,
    allowed_to_unit,
    done_by_unit,
    may_see_unit,
)
from dashboard.domain.working_days import WorkingDays
from dashboard.live.answering import part_of_api
from dashboard.live.city import City
from dashboard.live.desk import ForbiddenError, UnansweredError, UnknownCaseError
from dashboard.live.shapes import regions_answer

NOW = "X-Kite-Now"
"""Header: the server's clock, ms since 1970, by which a phone tells when something was pressed."""

_READ = ("reports", "commands")
"""The raw streams that tasks come from."""


class UnknownUnitError(UnknownCaseError):
    """There is no such unit; the message is one sentence."""


def register(server: Flask, city: City) -> None:
    """Add the units' part of the API to the Flask server."""
    blueprint = part_of_api("units")
    tasks = UnitTasks(city)

    @blueprint.get("/units/<call_sign>/tasks")
    def tasks_of(call_sign: str) -> Response:
        body = orjson.dumps(tasks.of(city.identity(), call_sign))
        answer = Response(body, mimetype="application/json", headers={"Cache-Control": "private, no-cache"})
        answer.headers[NOW] = str(time.time_ns() // 1_000_000)
        answer.add_etag()
        answer.make_conditional(request)
        return answer

    server.register_blueprint(blueprint)


class UnitTasks:
    """The tasks of any unit of one city."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._days = WorkingDays(city.pack.manifest["timezone"])
        self._numbers = {call_sign: number for number, call_sign in enumerate(city.pack.units.call_sign)}

    def of(self, who: Identity, call_sign: str) -> dict[str, Any]:
        """What the phone is told. Raises `ForbiddenError`, `UnknownUnitError` and `UnansweredError`."""
        city = self._city
        self._insist(who, call_sign)
        if not city.ready:
            raise UnansweredError("unwritten", "The city's state is not loaded yet; try again in a moment.")
        ids = [case["id"] for case in city.state.open_cases.values() if case["unit"] == call_sign]
        # Read from the store each time: an answer, also "not modified", then says how it is now.
        found = [case for case in city.desk.cases(ids) if self._is_shown(case, who, call_sign)]
        tasks = sorted((self._task(case) for case in found), key=_order)
        return {
            "unit": call_sign,
            "simulated": bool(city.state.clock.get("simulated", False)),
            "behind": is_behind(city.follower.heartbeat(), city.settings.stale_after_s),
            "tasks": tasks,
        }

    def _insist(self, who: Identity, call_sign: str) -> None:
        number = self._numbers.get(call_sign)
        home = None if number is None else self._code(int(self._city.pack.units.home_grid[number]))
        if not may_see_unit(who, call_sign, home, self._city.hierarchy.contains_code):
            raise ForbiddenError(f"{who.name} may not look at the tasks of {call_sign[:64]}.")
        if home is None:
            raise UnknownUnitError(f"There is no unit {call_sign[:64]} in this city.")

    def _is_shown(self, case: Case, who: Identity, call_sign: str) -> bool:
        """Whether it is a task of the unit still, and `who` may look there; a unit may at what is its own."""
        if case.unit != call_sign or case.state not in STATES_SHOWN:
            return False
        contains = self._city.hierarchy.contains_code
        return who.role == "unit" or may(who, "view", self._code(case.grid), contains)

    def _code(self, grid: int) -> str:
        hierarchy = self._city.hierarchy
        return str(hierarchy.codes[hierarchy.region_of_grid(grid)])

    def _task(self, case: Case) -> dict[str, Any]:
        lon, lat = self._position(case)
        return {
            "id": case.id,
            "version": case.version,
            "type": case.type,
            "level": case.level,
            "state": case.state,
            "card": case.card,
            "place": case.place,
            "summary": case.summary,
            "origin": case.origin,
            "occurred_at_ms": case.occurred_at_ms,
            "simulated": case.simulated,
            "regions": regions_answer(self._city.pack, self._city.hierarchy, case.grid),
            "lon": lon,
            "lat": lat,
            "exact": case.lon is not None,
            "clocks": [asdict(clock) for clock in clocks(case, self._days)],
            "asked_until_ms": case.asked_until_ms,
            "outcome": case.outcome,
            "done": list(done_by_unit(case)),
            "allowed": list(allowed_to_unit(case)),
            "history": [_told(step) for step in case.history],
        }

    def _position(self, case: Case) -> tuple[float, float]:
        """(lon, lat), degrees of WGS 84: of the case, or of the middle of its grid."""
        if case.lon is not None and case.lat is not None:
            return case.lon, case.lat
        pack = self._city.pack
        lon, lat = pack.to_lonlat(pack.regions.label_xy[self._city.hierarchy.region_of_grid(case.grid)])
        return round(float(lon), 6), round(float(lat), 6)


def is_behind(heartbeat: Mapping[str, Any], stale_after_s: float) -> bool:
    """Whether entries that tasks come from wait, and none was applied for as long as makes a feed dead.

    `heartbeat`: see docs/protocol.md.
    """
    dead_ms = heartbeat["now_ms"] - stale_after_s * 1000
    feeds = [heartbeat["feeds"][kind] for kind in _READ if kind in heartbeat["feeds"]]
    return any((feed["applied_ms"] or 0) < min(feed["last_ms"] or 0, dead_ms) for feed in feeds)


def _told(step: Step) -> dict[str, Any]:
    kept = ("at_ms", "command", "state", "by", "note", "late_ms")
    return {name: value for name, value in step._asdict().items() if name in kept}


def _order(task: dict[str, Any]) -> tuple[bool, float, int, int, str]:
    """What is due first first; what has no clock, or a paused one, later; what is done last."""
    running = [clock["red_ms"] for clock in task["clocks"] if not clock["paused"]]
    due_ms = min(running, default=float("inf"))
    return task["state"] not in STATES_TO_DO, due_ms, task["level"], task["occurred_at_ms"], task["id"]
