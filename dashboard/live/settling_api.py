"""The part of the HTTP API that says how a region's disputes are settled."""

from __future__ import annotations

from flask import Flask, Response

from dashboard.live.answering import json_answer, part_of_api
from dashboard.live.asked import region_asked
from dashboard.live.city import City
from dashboard.live.desk import UnansweredError


def register(server: Flask, city: City) -> None:
    """Add the route to the Flask server."""
    blueprint = part_of_api("settling")

    @blueprint.get("/settling")
    def settling() -> Response:
        region = region_asked(city.identity(), city.hierarchy)
        found = city.figures.settling(city.hierarchy.codes[region])
        if found is None or not city.ready:
            raise UnansweredError("unwritten", "The figures can't be read now; try again in a moment.")
        return json_answer(found)

    server.register_blueprint(blueprint)
