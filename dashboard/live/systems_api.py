"""The part of the HTTP API that says how each of the city's systems stands in a region."""

from __future__ import annotations

from flask import Flask, Response

from dashboard.domain.systems import SYSTEMS
from dashboard.live.answering import json_answer, part_of_api
from dashboard.live.asked import insist, region_asked
from dashboard.live.city import City


def register(server: Flask, city: City) -> None:
    """Add the route to the Flask server."""
    blueprint = part_of_api("systems")

    @blueprint.get("/systems/<key>")
    def system(key: str) -> Response:
        region = region_asked(city.identity(), city.hierarchy)
        insist(key in SYSTEMS, f"The system must be one of {', '.join(SYSTEMS)}.")
        return json_answer(city.systems.panel(city.hierarchy.codes[region], key))

    server.register_blueprint(blueprint)
