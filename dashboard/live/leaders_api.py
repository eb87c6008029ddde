"""The part of the HTTP API that explains a region's score, says what moved it, and counts its cases."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request

from dashboard.domain.access import Identity, may
from dashboard.live.answering import BadRequestError, json_answer, part_of_api
from dashboard.live.asked import insist
from dashboard.live.city import City
from dashboard.live.desk import ForbiddenError, UnansweredError
from dashboard.live.explained import without_those_above
from dashboard.live.leaders import PERIODS, SINCES


def register(server: Flask, city: City) -> None:
    """Add the routes to the Flask server."""
    blueprint = part_of_api("leaders")
    leaders, sees = city.leaders, city.hierarchy.contains_code

    @blueprint.get("/regions/<code>/explanation")
    def explanation(code: str) -> Response:
        who = city.identity()
        _insist_on_region(city, who, code)
        found = _known(city, leaders.explanation(code))
        parent = found["parent"]
        if parent is not None and not may(who, "view", parent, sees):
            found = without_those_above(found)
        return json_answer(found)

    @blueprint.get("/regions/<code>/moved")
    def moved(code: str) -> Response:
        _insist_on_region(city, city.identity(), code)
        since = _one_of("since", SINCES)
        found = leaders.moved(code, since)
        if found is None and leaders.ready:
            return json_answer({"since": since, "on_record": False})
        return json_answer({**_known(city, found), "on_record": True})

    @blueprint.get("/regions/<code>/cases-figures")
    def cases_figures(code: str) -> Response:
        _insist_on_region(city, city.identity(), code)
        return json_answer(_known(city, leaders.cases(code, _one_of("period", PERIODS))))

    server.register_blueprint(blueprint)


def _insist_on_region(city: City, who: Identity, code: str) -> None:
    """Raises unless the city has the region and `who` may look at it."""
    try:
        city.hierarchy.number_of(code)
    except KeyError:
        raise BadRequestError(f"There is no region {code[:20]!r}.") from None
    if not may(who, "view", code, city.hierarchy.contains_code):
        raise ForbiddenError(f"{who.name} may not look there.")


def _one_of(name: str, words: tuple[str, ...]) -> str:
    """The parameter, the first of the words where it isn't there."""
    word = request.args.get(name, words[0])
    insist(word in words, f"{name} must be one of {', '.join(words)}.")
    return word


def _known(city: City, found: dict[str, Any] | None) -> dict[str, Any]:
    """Raises where there is no answer yet."""
    if found is None or not city.ready:
        raise UnansweredError("unwritten", "The figures can't be read now; try again in a moment.")
    return found
