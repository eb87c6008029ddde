"""Alerts by HTTP: which stand, and each as a message of the Common Alerting Protocol (docs/webhooks.md)."""

from __future__ import annotations

from flask import Flask, Response

from dashboard.domain.cap import MIMETYPE, identifier
from dashboard.domain.cap_tables import ALERTED
from dashboard.live.answering import json_answer, part_of_api, uncached
from dashboard.live.asked import region_asked
from dashboard.live.cases import open_cases_in
from dashboard.live.city import City
from dashboard.live.desk import UnknownCaseError
from dashboard.live.openapi import PREFIX
from dashboard.outgoing.alerts import Alerts


def register(server: Flask, city: City) -> None:
    """Add the routes to the Flask server. Raises `SettingsError` for a sender that can't be one."""
    alerts = Alerts(city.pack, city.hierarchy, city.settings.alert_sender)
    blueprint = part_of_api("alerts")

    @blueprint.get("/cases/<case_id>/alert.cap")
    def alert(case_id: str) -> Response:
        xml = alerts.xml(city.desk.case(city.identity(), case_id))
        if xml is None:
            raise UnknownCaseError(f"Case {case_id} has no alert: only cases of levels 01 and 02 have one.")
        return uncached(xml, MIMETYPE)

    @blueprint.get("/alerts")
    def standing() -> Response:
        region = region_asked(city.identity(), city.hierarchy)
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
        return json_answer({"total": len(rows), "alerts": rows})

    server.register_blueprint(blueprint)
