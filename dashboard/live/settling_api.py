"""The part of the HTTP API that says how a region's disputes are settled."""

from __future__ import annotations

import orjson
from flask import Blueprint, Flask, Response, request

from dashboard.domain.access import may
from dashboard.live.api import STATUS, BadRequestError, answer_problem
from dashboard.live.city import City
from dashboard.live.desk import ForbiddenError, UnansweredError
from dashboard.live.openapi import PREFIX


def register(server: Flask, city: City) -> None:
    """Add the route to the Flask server."""
    blueprint = Blueprint("settling", __name__, url_prefix=PREFIX)
    for problem in STATUS:
        blueprint.register_error_handler(problem, answer_problem)

    @blueprint.get("/settling")
    def settling() -> Response:
        who, code = city.identity(), request.args.get("region", city.pack.regions.code[0])
        try:
            city.hierarchy.number_of(code)
        except KeyError:
            raise BadRequestError(f"There is no region {code[:20]!r}.") from None
        if not may(who, "view", code, city.hierarchy.contains_code):
            raise ForbiddenError(f"{who.name} may not look there.")
        found = city.figures.settling(code)
        if found is None or not city.ready:
            raise UnansweredError("unwritten", "The figures can't be read now; try again in a moment.")
        return Response(
            orjson.dumps(found), mimetype="application/json", headers={"Cache-Control": "no-store"}
        )

    server.register_blueprint(blueprint)
