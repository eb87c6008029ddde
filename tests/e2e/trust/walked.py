"""Who may use which route and callback, written down once more, by hand, and how each is asked.

Letters are roles: A administrator, L leader, O officer, U unit, W wall, P producer, M monitor; `EVERYONE` has
nobody at all among them. What is asked about has {own} for a county, {case} and {unit} for what is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.e2e.scopes.two_counties import COMMAND

ROLES = {
    "A": "administrator",
    "L": "leader",
    "O": "officer",
    "U": "unit",
    "W": "wall",
    "P": "producer",
    "M": "monitor",
}
NOBODY = "-"
ALL = "".join(ROLES)
EVERYONE = ALL + NOBODY
LOOK = "ALOUW"


@dataclass(frozen=True)
class Row:
    """One method of one route: who may, what is asked, and whether that is about a region."""

    roles: str
    path: str
    body: Any = None
    harmless: Any = None
    """The body where the asking would be taken: one that is let through and does nothing."""

    @property
    def is_of_region(self) -> bool:
        return any(f"{{{word}}}" in f"{self.path}{self.body}" for word in ("own", "case", "unit", "lon"))


API = "/api/v1"
REPORT = {"type": "fire", "origin": "hotline", "lon": "{lon}", "lat": "36.65"}
EMPTY = b""

DASH = {
    ("GET", ""): LOOK,
    ("GET", "<path:path>"): LOOK,
    ("GET", "_dash-layout"): LOOK,
    ("GET", "_dash-dependencies"): LOOK,
    ("POST", "_dash-update-component"): LOOK,
    ("GET", "_reload-hash"): LOOK,
    ("GET", "_favicon.ico"): EVERYONE,
    ("GET", "_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"): EVERYONE,
    ("GET", "assets/<path:filename>"): EVERYONE,
}

ROUTES: dict[tuple[str, str], Row] = {
    ("GET", "/healthz"): Row(EVERYONE, "/healthz"),
    ("GET", "/readyz"): Row(EVERYONE, "/readyz"),
    ("GET", "/metrics"): Row("AM", "/metrics"),
    ("GET", "/static/<path:filename>"): Row(EVERYONE, "/static/x"),
    ("GET", "/sign-in"): Row(EVERYONE, "/sign-in"),
    ("POST", "/sign-in"): Row(EVERYONE, "/sign-in", EMPTY),
    ("GET", "/sign-in/oidc"): Row(EVERYONE, "/sign-in/oidc"),
    ("GET", "/sign-in/oidc/back"): Row(EVERYONE, "/sign-in/oidc/back"),
    ("GET", "/sign-out"): Row(EVERYONE, "/sign-out"),
    ("GET", "/live/config.json"): Row(LOOK, "/live/config.json"),
    ("GET", "/live/static/<name>"): Row(LOOK, "/live/static/x"),
    ("GET", "/live/snapshot"): Row(LOOK, "/live/snapshot"),
    ("GET", "/live/events"): Row(LOOK, "/live/events"),
    ("GET", "/live/wall.json"): Row(LOOK, "/live/wall.json?region={own}"),
    ("GET", "/unit/<call_sign>"): Row(LOOK, "/unit/{unit}"),
    ("GET", "/unit/sw.js"): Row(EVERYONE, "/unit/sw.js"),
    ("GET", "/unit/files/<release>/<path:name>"): Row(EVERYONE, "/unit/files/x/x"),
    ("GET", "/brief/<code>"): Row("ALO", "/brief/{own}"),
    ("GET", "/export/<table>/<code>.csv"): Row("AL", "/export/cases/{own}.csv"),
    ("GET", "/export/<table>/<code>.geojson"): Row("AL", "/export/cases/{own}.geojson"),
    ("GET", "/admin/accounts"): Row("A", "/admin/accounts"),
    ("POST", "/admin/accounts"): Row("A", "/admin/accounts", EMPTY),
    ("GET", "/admin/tokens"): Row("A", "/admin/tokens"),
    ("POST", "/admin/tokens"): Row("A", "/admin/tokens", EMPTY),
    ("GET", "/admin/trail"): Row("A", "/admin/trail"),
    ("GET", "/admin/feeds"): Row("A", "/admin/feeds"),
    ("GET", f"{API}/openapi.json"): Row(ALL, f"{API}/openapi.json"),
    ("GET", f"{API}/docs/"): Row(ALL, f"{API}/docs/"),
    ("GET", f"{API}/docs/<path:path>"): Row(ALL, f"{API}/docs/swagger-ui.css"),
    ("GET", f"{API}/cases"): Row(LOOK, f"{API}/cases?region={{own}}"),
    ("GET", f"{API}/cases/<case_id>"): Row(LOOK, f"{API}/cases/{{case}}"),
    ("GET", f"{API}/cases/<case_id>/suggestions"): Row(LOOK, f"{API}/cases/{{case}}/suggestions"),
    ("GET", f"{API}/cases/<case_id>/similar"): Row(LOOK, f"{API}/cases/{{case}}/similar"),
    ("GET", f"{API}/cases/<case_id>/cameras"): Row(LOOK, f"{API}/cases/{{case}}/cameras"),
    ("GET", f"{API}/cases/<case_id>/alert.cap"): Row(LOOK, f"{API}/cases/{{case}}/alert.cap"),
    ("POST", f"{API}/cases/<case_id>/commands"): Row(
        "ALOU", f"{API}/cases/{{case}}/commands", COMMAND, {"command": "none such"}
    ),
    ("GET", f"{API}/alerts"): Row(LOOK, f"{API}/alerts?region={{own}}"),
    ("GET", f"{API}/places"): Row(LOOK, f"{API}/places?lon={{lon}}&lat=36.65"),
    ("GET", f"{API}/search"): Row(LOOK, f"{API}/search?q=fore"),
    ("GET", f"{API}/settling"): Row(LOOK, f"{API}/settling?region={{own}}"),
    ("GET", f"{API}/systems/<key>"): Row(LOOK, f"{API}/systems/cameras?region={{own}}"),
    ("GET", f"{API}/units/<call_sign>/tasks"): Row(LOOK, f"{API}/units/{{unit}}/tasks"),
    ("GET", f"{API}/regions/<code>/explanation"): Row(LOOK, f"{API}/regions/{{own}}/explanation"),
    ("GET", f"{API}/regions/<code>/moved"): Row(LOOK, f"{API}/regions/{{own}}/moved"),
    ("GET", f"{API}/regions/<code>/cases-figures"): Row(LOOK, f"{API}/regions/{{own}}/cases-figures"),
    ("GET", f"{API}/publications"): Row(LOOK, f"{API}/publications?region={{own}}"),
    ("GET", f"{API}/publications/<int:number>"): Row(LOOK, f"{API}/publications/1?region={{own}}"),
    ("GET", f"{API}/publications/<int:number>/compare"): Row(
        LOOK, f"{API}/publications/2/compare?before=1&region={{own}}"
    ),
    ("POST", f"{API}/reports"): Row("ALOUP", f"{API}/reports", REPORT, {"type": "none such"}),
}

WHOLE_CITY = {
    ("POST", f"{API}/publications"): Row("AL", f"{API}/publications", {"note": "x"}, {"nothing": "x"}),
    ("GET", "/admin/letters"): Row("A", "/admin/letters"),
    ("GET", "/admin/letters/<letter_id>"): Row("A", "/admin/letters/1-1"),
    ("POST", "/admin/letters/<letter_id>/resend"): Row("A", "/admin/letters/1-1/resend", EMPTY),
    ("POST", "/admin/letters/<letter_id>/drop"): Row("A", "/admin/letters/1-1/drop", EMPTY),
}
"""What is about the whole city, so for nobody who is bound to a county; a letter was never located."""

OWN_WAY = {("GET", "/password"), ("POST", "/password")}
"""Who has a password asks for it with a session, not with a token: see the tests of accounts."""

CALLBACKS = {"publish_index.publish": "AL"}
"""Who may call a callback where that is not whoever may look."""
