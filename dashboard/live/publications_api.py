"""The part of the HTTP API that publishes the index and tells what was published."""

from __future__ import annotations

from flask import Flask, Response, request

from dashboard.domain.access import own_region
from dashboard.domain.fields import identifier
from dashboard.domain.refused import Refused
from dashboard.live.answering import (
    UNWRITTEN,
    BadRequestError,
    answer_problem,
    json_answer,
    part_of_api,
)
from dashboard.live.asked import body_fields, region_asked, whole_number
from dashboard.live.city import City
from dashboard.live.desk import UnansweredError
from dashboard.streams.client import FAILED

MOST_LISTED = 100
_SENT = frozenset({"id", "note"})
_UNREADABLE = "The publications can't be read now; try again in a moment."


def register(server: Flask, city: City) -> None:
    """Add the routes to the Flask server."""
    blueprint = part_of_api("publications")
    publications, hierarchy = city.publications, city.hierarchy

    def _region() -> str:
        """The code of the region that is asked about: without one, the asker's own."""
        who = city.identity()
        own = own_region(who, hierarchy)
        return hierarchy.codes[region_asked(who, hierarchy, own or 0)]

    @blueprint.post("/publications")
    def publish() -> Response:
        who, fields = city.identity(), body_fields()
        unknown = sorted(fields.keys() - _SENT)
        if unknown:
            raise BadRequestError(f"A publication has no field {unknown[0][:60]!r}; it may have id, note.")
        answer = publications.publish(who, fields.get("note", ""), _id(fields.get("id", "")))
        return json_answer(answer, 409 if "reason" in answer else 201)

    @blueprint.get("/publications")
    def listed() -> Response:
        return json_answer(publications.all(whole_number("limit", 20, MOST_LISTED), _region()))

    @blueprint.get("/publications/<int:number>")
    def one(number: int) -> Response:
        return json_answer(publications.report(number, _region()))

    @blueprint.get("/publications/<int:number>/compare")
    def compared(number: int) -> Response:
        before = whole_number("before", 0, 10**9) if "before" in request.args else None
        return json_answer(publications.compare(number, before, _region()))

    for problem in FAILED:
        blueprint.register_error_handler(problem, _unreadable)
    server.register_blueprint(blueprint)


def _id(text: str) -> str:
    try:
        return identifier(text) if text else ""
    except ValueError as problem:
        raise Refused("bad_value", f"The field 'id' {problem}.", field="id") from None


def _unreadable(problem: Exception) -> Response:
    return answer_problem(UnansweredError(UNWRITTEN, _UNREADABLE))
