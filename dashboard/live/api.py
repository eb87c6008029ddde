"""The HTTP API: everything that a desk can do, for programs; docs/api.md shows it with curl.

A route reads what came (`asked`), asks the desk once and shapes the answer (`answering`, `shapes`).
`openapi.py` describes every route from the same tables that parse the entries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from heapq import nsmallest
from typing import Any

from flask import Flask, Response, request

from dashboard.domain.access import Identity
from dashboard.domain.case_types import LEVELS
from dashboard.domain.commands import ALLOWED, STATES
from dashboard.domain.deadlines import clocks
from dashboard.domain.fields import case_type, latitude, longitude
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.settling import way_of
from dashboard.domain.working_days import WorkingDays
from dashboard.live.answering import json_answer, part_of_api
from dashboard.live.asked import argument, body_fields, insist, region_asked, whole_number
from dashboard.live.cases import open_cases_in
from dashboard.live.desk import Desk
from dashboard.live.openapi import document
from dashboard.live.shapes import cameras_answer, regions_answer, unit_answer
from dashboard.live.state import LiveState
from geodata import Pack

PAGE_LIMIT = 1000
_LEVELS = {form: level for level in LEVELS for form in (str(level), f"{level:02d}")}


def register(
    server: Flask,
    desk: Desk,
    pack: Pack,
    hierarchy: Hierarchy,
    state: LiveState,
    identity: Callable[[], Identity],
) -> None:
    """Add the API to the Flask server."""
    blueprint = part_of_api("api")
    days = WorkingDays(pack.manifest["timezone"])

    @blueprint.get("/openapi.json")
    def openapi() -> Response:
        return json_answer(document(pack.regions.code[0]))

    @blueprint.get("/cases")
    def cases() -> Response:
        found = _filtered(open_cases_in(state, hierarchy, region_asked(identity(), hierarchy)))
        first, limit = whole_number("first", 0, 10**6), whole_number("limit", 100, PAGE_LIMIT)
        asked = nsmallest(first + limit, found, key=_by_due)  # of ten thousand, a page
        return json_answer({"total": len(found), "cases": asked[first:]})

    @blueprint.get("/cases/<case_id>")
    def case(case_id: str) -> Response:
        found = desk.case(identity(), case_id)
        return json_answer(
            {
                **found.to_dict(),
                "grid_code": hierarchy.codes[hierarchy.region_of_grid(found.grid)],
                "clocks": [asdict(clock) for clock in clocks(found, days)],
                "allowed": list(ALLOWED[found.state]),
                "way": (way := way_of(found)) and way._asdict(),
            }
        )

    @blueprint.get("/cases/<case_id>/suggestions")
    def suggestions(case_id: str) -> Response:
        who = identity()
        desk.case(who, case_id)
        return json_answer([unit_answer(pack, unit) for unit in desk.suggestions(who, case_id)])

    @blueprint.get("/cases/<case_id>/similar")
    def similar(case_id: str) -> Response:
        who = identity()
        desk.case(who, case_id)
        found = desk.similar(who, case_id)
        return json_answer([{"id": row.id, "distance_m": round(metres)} for row, metres in found])

    @blueprint.get("/cases/<case_id>/cameras")
    def cameras(case_id: str) -> Response:
        who = identity()
        return json_answer(cameras_answer(desk.cameras(who, desk.spot_of(desk.case(who, case_id)))))

    @blueprint.get("/places")
    def place() -> Response:
        who = identity()
        spot = desk.place(who, argument("lon", longitude), argument("lat", latitude))
        code = argument("type", case_type) if "type" in request.args else None
        return json_answer(
            {
                "grid_code": hierarchy.codes[hierarchy.region_of_grid(spot.grid)],
                "where": regions_answer(pack, hierarchy, spot.grid),
                "units": [unit_answer(pack, unit) for unit in desk.units(who, code, spot)] if code else [],
                "cameras": cameras_answer(desk.cameras(who, spot)),
            }
        )

    @blueprint.post("/cases/<case_id>/commands")
    def command(case_id: str) -> Response:
        answer = desk.command(identity(), case_id, body_fields())
        return json_answer(answer, 409 if "reason" in answer else 200)

    @blueprint.post("/reports")
    def report() -> Response:
        return json_answer(desk.report(identity(), body_fields()), 201)

    server.register_blueprint(blueprint)


def _filtered(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the level and state that were asked for."""
    level, wanted = request.args.get("level"), request.args.get("state")
    if level is not None:
        insist(level in _LEVELS, "The level must be one of 1, 2, 3 and 4.")
        found = [case for case in found if case["level"] == _LEVELS[level]]
    if wanted is not None:
        insist(wanted in STATES, f"The state must be one of {', '.join(STATES)}.")
        found = [case for case in found if case["state"] == wanted]
    return found


def _by_due(case: dict[str, Any]) -> tuple[float, int, int, str]:
    """What is due first comes first; what has no clock, or a paused one, comes last."""
    due = case.get("due")
    red_ms = float("inf") if not due or due["paused"] else float(due["red_ms"])
    return red_ms, case["level"], case["occurred_at_ms"], case["id"]
