"""The HTTP API: everything that a desk can do, for programs; docs/api.md shows it with curl.

A route reads what came, asks the desk once and shapes the answer. What went wrong is one sentence and a
status of the table below. `openapi.py` describes every route from the same tables that parse the entries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, request

from dashboard.domain.access import Identity, may
from dashboard.domain.case_types import LEVELS
from dashboard.domain.commands import ALLOWED, STATES
from dashboard.domain.deadlines import clocks
from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.refused import Refused
from dashboard.domain.working_days import WorkingDays
from dashboard.live.cases import open_cases_in
from dashboard.live.desk import Desk, ForbiddenError, UnansweredError, UnknownCaseError
from dashboard.live.identity import UnidentifiedError
from dashboard.live.openapi import PREFIX, document
from dashboard.live.state import LiveState
from geodata import Pack

BODY_LIMIT_BYTES = 65_536
PAGE_LIMIT = 1000
CONFLICTS = frozenset({"version", "not_allowed", "duplicate"})
"""Reasons that say something about the case rather than about what was sent: 409."""


class BadRequestError(Exception):
    """What came can't be read; the message is one sentence."""


STATUS: dict[type[Exception], int] = {
    BadRequestError: 400,
    UnidentifiedError: 401,
    ForbiddenError: 403,
    UnknownCaseError: 404,
    Refused: 422,
    UnansweredError: 503,
}


def register(
    server: Flask,
    desk: Desk,
    pack: Pack,
    hierarchy: Hierarchy,
    state: LiveState,
    identity: Callable[[], Identity],
) -> None:
    """Add the API to the Flask server."""
    blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
    days = WorkingDays(pack.manifest["timezone"])
    for problem in STATUS:
        blueprint.register_error_handler(problem, answer_problem)

    @blueprint.get("/openapi.json")
    def openapi() -> Response:
        return _json(document(pack.regions.code[0]))

    @blueprint.get("/cases")
    def cases() -> Response:
        who, code = identity(), request.args.get("region", pack.regions.code[0])
        region = _region(hierarchy, code)
        if not may(who, "view", code, hierarchy.contains_code):
            raise ForbiddenError(f"{who.name} may not look there.")
        found = _filtered(open_cases_in(state, hierarchy, region))
        found.sort(key=lambda case: (_red_ms(case), case["level"], case["occurred_at_ms"], case["id"]))
        first, limit = whole_number("first", 0, 10**6), whole_number("limit", 100, PAGE_LIMIT)
        return _json({"total": len(found), "cases": found[first : first + limit]})

    @blueprint.get("/cases/<case_id>")
    def case(case_id: str) -> Response:
        found = desk.case(identity(), case_id)
        return _json(
            {
                **found.to_dict(),
                "grid_code": hierarchy.codes[hierarchy.region_of_grid(found.grid)],
                "clocks": [asdict(clock) for clock in clocks(found, days)],
                "allowed": list(ALLOWED[found.state]),
            }
        )

    @blueprint.get("/cases/<case_id>/suggestions")
    def suggestions(case_id: str) -> Response:
        desk.case(identity(), case_id)
        return _json(
            [
                {"unit": pack.units.call_sign[s.unit], "distance_m": round(s.distance_m),
                 "eta_min": round(s.eta_min, 1), "load": s.load, "reasons": s.reasons}
                for s in desk.suggestions(case_id)
            ]
        )  # fmt: skip

    @blueprint.get("/cases/<case_id>/similar")
    def similar(case_id: str) -> Response:
        desk.case(identity(), case_id)
        return _json([{"id": row.id, "distance_m": round(metres)} for row, metres in desk.similar(case_id)])

    @blueprint.post("/cases/<case_id>/commands")
    def command(case_id: str) -> Response:
        answer = desk.command(identity(), case_id, _fields())
        return _json(answer, 409 if "reason" in answer else 200)

    @blueprint.post("/reports")
    def report() -> Response:
        return _json(desk.report(identity(), _fields()), 201)

    server.register_blueprint(blueprint)


def answer_problem(problem: Exception) -> Response:
    """The status of the problem's class, and its sentence."""
    status = next(status for kind, status in STATUS.items() if isinstance(problem, kind))
    if isinstance(problem, Refused):
        said = {"reason": problem.reason_code, "sentence": problem.sentence, "facts": problem.facts}
        return _json(said, 409 if problem.reason_code in CONFLICTS else status)
    reason = {"reason": problem.reason} if isinstance(problem, UnansweredError) else {}
    return _json({"sentence": str(problem), **reason}, status)


def _fields() -> dict[str, str]:
    """The body: a flat JSON object of texts and numbers, as an entry's fields."""
    if (request.content_length or 0) > BODY_LIMIT_BYTES:
        raise BadRequestError(f"A body may have {BODY_LIMIT_BYTES} bytes.")
    try:
        body = orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError:
        raise BadRequestError("The body must be a JSON object.") from None
    if not isinstance(body, dict):
        raise BadRequestError("The body must be a JSON object.")
    return {name: _text(name, value) for name, value in body.items() if value is not None}


def _text(name: str, value: Any) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    raise BadRequestError(f"The field {name[:60]!r} must be a text, a number or a list of texts.")


def _region(hierarchy: Hierarchy, code: str) -> int:
    try:
        return hierarchy.number_of(code)
    except KeyError:
        raise BadRequestError(f"There is no region {code[:20]!r}.") from None


def _filtered(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the level and state that were asked for."""
    level, wanted = request.args.get("level"), request.args.get("state")
    if level is not None:
        _insist(level.isdigit() and int(level) in LEVELS, "The level must be one of 1, 2, 3 and 4.")
        found = [case for case in found if case["level"] == int(level)]
    if wanted is not None:
        _insist(wanted in STATES, f"The state must be one of {', '.join(STATES)}.")
        found = [case for case in found if case["state"] == wanted]
    return found


def _red_ms(case: dict[str, Any]) -> float:
    """What is due first comes first; what has no clock, or a paused one, comes last."""
    due = case.get("due")
    return float("inf") if not due or due["paused"] else float(due["red_ms"])


def whole_number(name: str, default: int, most: int) -> int:
    """A number of the query; raises `BadRequestError` for what is none, or above `most`."""
    text = request.args.get(name, str(default))
    _insist(
        text.isascii() and text.isdigit() and int(text) <= most,
        f"{name} must be a whole number up to {most}.",
    )
    return int(text)


def _insist(is_so: bool, sentence: str) -> None:
    if not is_so:
        raise BadRequestError(sentence)


def _json(value: Any, status: int = 200) -> Response:
    body = orjson.dumps(value)
    return Response(body, status, mimetype="application/json", headers={"Cache-Control": "no-store"})
