"""A county's officer gets the county alone on every route that there is."""

from __future__ import annotations

import json
import re
import urllib.parse

import pytest

from dashboard.live.city import City
from dashboard.live.province import Province
from dashboard.settings import Settings
from tests.e2e.conftest import CITY, Running
from tests.e2e.scopes.two_counties import (
    BORDER,
    CASES,
    COMMAND,
    OTHER,
    OWN,
    PAGES,
    PLACES,
    Ask,
    grid_in,
    report,
    send,
    traces_in,
    unit_in,
)
from tests.e2e.test_api import bearer

pytestmark = pytest.mark.valkey


PLAIN = {  # routes of a Dash app that tell nothing of what happens
    "_dash-layout": 200,
    "_dash-dependencies": 200,
    "_reload-hash": 200,
    "_favicon.ico": 200,
    "_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": 404,  # Dash has no x
    "assets/<path:filename>": 404,
    "<path:path>": 200,
}


FIRE = {"type": "fire", "origin": "hotline"}


def routes(city: Running) -> dict[str, tuple[Ask, ...]]:
    """Route of the url_map → how it is asked with the officer's token, and what it must answer."""
    unit_of = {code: unit_in(city, code) for code in (OWN, OTHER)}
    grid_of = {code: grid_in(city, code) for code in (OWN, OTHER)}
    dash = {
        f"{page}{rule}": (("GET", re.sub("<.*?>", "x", page + rule), None, status),)
        for page in PAGES
        for rule, status in PLAIN.items()
    }
    callbacks = {f"{page}_dash-update-component": () for page in PAGES}  # see the test of the callbacks
    api, own, foreign = "/api/v1", f"/api/v1/cases/{CASES[OWN][1]}", f"/api/v1/cases/{CASES[OTHER][1]}"
    return {
        **dash,
        **callbacks,
        "/": (("GET", "/", None, 302),),
        "/dispatch/": (("GET", "/dispatch/", None, 200),),
        "/province/": (("GET", "/province/", None, 200),),
        "/wall/": (("GET", "/wall/", None, 200),),
        "/<path:path>": (("GET", f"/region/{OTHER}", None, 200), ("GET", f"/region/{OWN}", None, 200)),
        "/static/<path:filename>": (("GET", "/static/x", None, 404),),
        "/healthz": (("GET", "/healthz", None, 200),),
        "/readyz": (("GET", "/readyz", None, 200),),
        "/metrics": (("GET", "/metrics", None, 403),),
        "/sign-in": (("GET", "/sign-in", None, 200), ("POST", "/sign-in", b"", 401)),
        "/sign-in/oidc": (("GET", "/sign-in/oidc", None, 404),),
        "/sign-in/oidc/back": (("GET", "/sign-in/oidc/back", None, 404),),
        "/sign-out": (("GET", "/sign-out", None, 303),),
        "/password": (("GET", "/password", None, 403), ("POST", "/password", b"", 403)),
        "/admin/accounts": (("GET", "/admin/accounts", None, 403), ("POST", "/admin/accounts", b"", 403)),
        "/admin/tokens": (("GET", "/admin/tokens", None, 403), ("POST", "/admin/tokens", b"", 403)),
        "/admin/trail": (("GET", "/admin/trail", None, 403),),
        "/admin/letters": (("GET", "/admin/letters", None, 403),),
        "/admin/letters/<letter_id>": (("GET", "/admin/letters/1-1", None, 403),),
        "/admin/letters/<letter_id>/resend": (("POST", "/admin/letters/1-1/resend", b"", 403),),
        "/admin/letters/<letter_id>/drop": (("POST", "/admin/letters/1-1/drop", b"", 403),),
        "/admin/feeds": (("GET", "/admin/feeds", None, 403),),
        "/live/config.json": (("GET", "/live/config.json", None, 200),),
        "/live/static/<name>": (("GET", "/live/static/x", None, 404),),
        "/live/snapshot": (("GET", "/live/snapshot", None, 200),),
        "/live/events": (),  # see the test of the events
        "/live/wall.json": tuple(
            ("GET", f"/live/wall.json?region={code}", None, status)
            for code, status in ((OWN, 200), (OTHER, 403))
        ),
        "/brief/<code>": tuple(
            ("GET", f"/brief/{code}{form}", None, status)
            for code, status in ((OWN, 200), (OTHER, 403), ("990100", 403))
            for form in ("", ".pdf")
        ),
        **{  # not for officers
            f"/export/<table>/<code>.{form}": (("GET", f"/export/cases/{OWN}.{form}", None, 403),)
            for form in ("csv", "geojson")
        },
        f"{api}/openapi.json": (("GET", f"{api}/openapi.json", None, 200),),
        f"{api}/cases": (
            ("GET", f"{api}/cases", None, 403),
            ("GET", f"{api}/cases?region={OTHER}", None, 403),
            ("GET", f"{api}/cases?region={OWN}", None, 200),
        ),
        f"{api}/cases/<case_id>": (("GET", own, None, 200), ("GET", foreign, None, 404)),
        f"{api}/cases/<case_id>/suggestions": (
            ("GET", f"{own}/suggestions", None, 200), ("GET", f"{foreign}/suggestions", None, 404),
        ),
        f"{api}/cases/<case_id>/similar": (
            ("GET", f"{own}/similar", None, 200), ("GET", f"{foreign}/similar", None, 404),
        ),
        f"{api}/cases/<case_id>/cameras": (
            ("GET", f"{own}/cameras", None, 200), ("GET", f"{foreign}/cameras", None, 404),
        ),
        f"{api}/cases/<case_id>/alert.cap": (
            ("GET", f"{own}/alert.cap", None, 404),  # of level 03
            ("GET", f"{foreign}/alert.cap", None, 404),
        ),
        f"{api}/alerts": tuple(
            ("GET", f"{api}/alerts?region={code}", None, status)
            for code, status in ((OWN, 200), (OTHER, 403))
        ),
        f"{api}/places": tuple(
            ("GET", f"{api}/places?type=fire&lon={place['lon']}&lat={place['lat']}", None, status)
            for place, status in ((PLACES[OWN], 200), (PLACES[OTHER], 403))
        ),
        f"{api}/units/<call_sign>/tasks": tuple(
            ("GET", f"{api}/units/{urllib.parse.quote(unit_of[code])}/tasks", None, status)
            for code, status in ((OWN, 200), (OTHER, 403))
        ),
        "/unit/<call_sign>": tuple(
            ("GET", f"/unit/{urllib.parse.quote(unit_of[code])}", None, status)
            for code, status in ((OWN, 200), (OTHER, 403))
        ),
        "/unit/sw.js": (("GET", "/unit/sw.js", None, 200),),
        "/unit/files/<release>/<path:name>": (("GET", "/unit/files/x/x", None, 404),),
        f"{api}/search": (("GET", f"{api}/search?q=fore", None, 200),),
        f"{api}/settling": tuple(
            ("GET", f"{api}/settling?region={code}", None, status)
            for code, status in ((OWN, 200), (OTHER, 403))
        ),
        **{
            f"{api}/regions/<code>/{figure}": tuple(
                ("GET", f"{api}/regions/{code}/{figure}", None, status)
                for code, status in ((OWN, 200), (OTHER, 403), ("990100", 403))
            )
            for figure in ("explanation", "moved", "cases-figures")
        },
        f"{api}/systems/<key>": tuple(
            ("GET", f"{api}/systems/{key}?region={code}", None, status)
            for key in ("cameras", "rings", "whistles", "centres")
            for code, status in ((OWN, 200), (OTHER, 403), ("990100", 403))
        ),
        f"{api}/publications": (
            ("GET", f"{api}/publications", None, 200),
            ("GET", f"{api}/publications?region={OTHER}", None, 403),
            ("POST", f"{api}/publications", {"note": "x"}, 403),
        ),
        f"{api}/publications/<int:number>": (
            ("GET", f"{api}/publications/1?region={OTHER}", None, 403),
            ("GET", f"{api}/publications/1", None, 404),
        ),
        f"{api}/publications/<int:number>/compare": (
            ("GET", f"{api}/publications/2/compare?before=1&region={OTHER}", None, 403),
            ("GET", f"{api}/publications/2/compare?before=1", None, 404),
        ),
        f"{api}/docs/": (("GET", f"{api}/docs/", None, 200),),
        f"{api}/docs/<path:path>": (("GET", f"{api}/docs/x", None, 404),),
        f"{api}/cases/<case_id>/commands": (
            ("POST", f"{foreign}/commands", COMMAND, 403),
            ("POST", f"{own}/commands", {"command": "merge", "into": CASES[OTHER][1]}, 404),
            ("POST", f"{own}/commands", COMMAND, 200),
            ("POST", f"{own}/commands", {"command": "triage", "grid": grid_of[OTHER]}, 403),
            ("POST", f"{own}/commands", {"command": "triage", "grid": grid_of[OWN]}, 200),
            ("POST", f"{own}/commands", {"command": "assign", "unit": unit_of[OTHER]}, 403),
            ("POST", f"{own}/commands", {"command": "assign", "unit": unit_of[OWN]}, 200),
        ),
        f"{api}/reports": (
            ("POST", f"{api}/reports", {**FIRE, **PLACES[OTHER]}, 403),
            ("POST", f"{api}/reports", {**FIRE, "id": CASES[OTHER][0], **PLACES[OWN]}, 403),
            ("POST", f"{api}/reports", {**FIRE, "id": "own-3", **PLACES[OWN]}, 201),
        ),
    }  # fmt: skip


def url_map(city: Running, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The routes of the application that runs, from the same code on the same pack; it follows nothing."""
    from app import create_app

    for kind in (City, Province):
        monkeypatch.setattr(kind, "follow", lambda self: None)

    settings = Settings(city=CITY, data_dir=city.kite.log.parent, redis_url=city.kite.redis_url)
    return {rule.rule for rule in create_app(settings).url_map.iter_rules()}


def test_every_route_keeps_to_the_county(
    quiet: Running, officer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails for a route that is not in the table, and for one that tells of the other county."""
    table = routes(quiet)
    assert url_map(quiet, monkeypatch) == set(table)
    wrong = []
    for rule, asks in table.items():
        for method, path, body, expected in asks:
            status, _, content = send(quiet, method, path, body, **bearer(officer))
            if status != expected:
                wrong.append((rule, method, path, status, content[:200]))
            asked = f"{path} {json.dumps(body)}" if not isinstance(body, bytes) else path
            if found := [trace for trace in traces_in(content) if trace not in asked]:
                wrong.append((rule, method, path, *found))
    assert wrong == []


def test_the_api_describes_every_route_of_its_own(quiet: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """But the description itself, and the page that shows it."""
    api = "/api/v1"
    served = {rule.removeprefix(api) for rule in url_map(quiet, monkeypatch) if rule.startswith(api)}
    served = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule) for rule in served}
    _, _, content = send(quiet, "GET", f"{api}/openapi.json")
    assert set(json.loads(content)["paths"]) == served - {"/openapi.json", "/docs/", "/docs/{path}"}


def test_the_same_routes_tell_the_city_everything(quiet: Running, officer: str) -> None:
    """So that the test above tests something: without a token the other county's cases are there."""
    report(quiet, "own-border", OWN, BORDER)
    similar = "/api/v1/cases/own-border/similar"
    for path in ("/live/snapshot", "/api/v1/cases", f"/api/v1/cases/{CASES[OTHER][1]}", similar):
        assert traces_in(send(quiet, "GET", path)[2]), path
    status, _, content = send(quiet, "GET", similar, **bearer(officer))
    assert (status, traces_in(content)) == (200, [])
