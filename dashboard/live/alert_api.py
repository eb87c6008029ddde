"""Alerts by HTTP: which stand, and each as a message of the Common Alerting Protocol (docs/webhooks.md)."""

from __future__ import annotations

import orjson
from flask import Blueprint, Flask, Response, request

from dashboard.domain.access import may
from dashboard.domain.cap import MIMETYPE, identifier
from dashboard.domain.cap_tables import ALERTED
from dashboard.live.api import STATUS, BadRequestError, answer_problem
from dashboard.live.cases import open_cases_in
from dashboard.live.city import City
from dashboard.live.desk import ForbiddenError, UnknownCaseError
from dashboard.live.openapi import PREFIX
from dashboard.outgoing.alerts import Alerts


def register(server: Flask, city: City) -> None:
    """Add the routes to the Flask server. Raises `SettingsError` for a sender that can't be one."""
    alerts = Alerts(city.pack, city.hierarchy, city.settings.alert_sender)
    blueprint = Blueprint("alerts", __name__, url_prefix=PREFIX)
    for problem in STATUS:
        blueprint.register_error_handler(problem, answer_problem)

    @blueprint.get("/cases/<case_id>/alert.cap")
    def alert(case_id: str) -> Response:
        xml = alerts.xml(city.desk.case(city.identity(), case_id))
        if xml is None:
            raise UnknownCaseError(f"Case {case_id} has no alert: only cases of levels 01 and 02 have one.")
        return _uncached(xml, MIMETYPE)

    @blueprint.get("/alerts")
    def standing() -> Response:
        who, code = city.identity(), request.args.get("region", city.pack.regions.code[0])
        try:
            region = city.hierarchy.number_of(code)
        except KeyError:
            raise BadRequestError(f"There is no region {code[:20]!r}.") from None
        if not may(who, "view", code, city.hierarchy.contains_code):
            raise ForbiddenError(f"{who.name} may not look there.")
        everything = open_cases_in(city.state, city.hierarchy, region)
        found = [case for case in everything if case["level"] in ALERTED]
        found.sort(key=lambda case: (case["level"], -case["occurred_at_ms"], case["id"]))
        rows = [
            {
                "identifier": identifier(case["id"], case["version"]),
                "sender": alerts.sender.id,
                "case": case["id"],
                "level": case["level"],
                "type": case["type"],
                "href": f"{PREFIX}/cases/{case['id']}/alert.cap",
            }
            for case in found
        ]
        return _uncached(orjson.dumps({"total": len(rows), "alerts": rows}), "application/json")

    server.register_blueprint(blueprint)


def _uncached(body: bytes, content_type: str) -> Response:
    return Response(body, content_type=content_type, headers={"Cache-Control": "no-store"})
