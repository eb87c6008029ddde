"""Who may use which route: one table, asked before every request. What is not in the table is refused.

A row says which action of `ROLES_BY_ACTION` a route is, so which roles may use it at all; where they may is
asked by the route itself, which knows the region (`may`). A route without a row answers nobody: whoever adds
one adds its row here, and a test walks all of them with every role (docs/security.md).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, abort, g, request

from dashboard.domain.access import ROLES_BY_ACTION, Identity, may_at_all
from dashboard.domain.commands import COMMANDS, KITES_OWN
from dashboard.live.desk import ForbiddenError

PUBLIC = "public"
"""For everyone, also who has not signed in: the way in, what every page is made of, and health."""
SIGNED_IN = "signed in"
"""For whoever has signed in, whatever their role."""

BODY_BYTES = 65_536
"""What the body of a request may have, where its row says nothing else."""
FORM_BYTES = 8_192
PAGE_BYTES = 262_144
"""A page's callback sends back what its stores hold."""

BY_ADDRESS, BY_IDENTITY, HEAVY = "sign_in", "api", "heavy"
"""Names of limits, see `limits`."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Access:
    """A row: who may use a route."""

    action: str
    """A key of `ROLES_BY_ACTION`, `PUBLIC` or `SIGNED_IN`; any of several, with | between them."""
    audit: str = ""
    """Key of `dashboard.domain.audit.ACTIONS` under which its use is noted; empty: not from here."""
    limit: str = ""
    """The limit of requests that it counts for; empty: none."""
    body: int = BODY_BYTES
    """Bytes that the body of a request may have."""
    changes: bool = False
    """Whether a GET changes something: then no link of another site may lead there."""

    def __post_init__(self) -> None:
        unknown = set(self.action.split("|")) - {PUBLIC, SIGNED_IN, *ROLES_BY_ACTION}
        if unknown:
            raise KeyError(f"{sorted(unknown)} is no action; see ROLES_BY_ACTION")


Table = dict[tuple[str, str], Access]
"""(method, rule of the url_map) → its row; HEAD is asked as GET."""

DASH_APPS = ("/", "/dispatch/", "/wall/", "/province/")
"""Where the Dash apps are; each has the same routes."""


def _of_dash(base: str) -> Table:
    """The routes of a Dash app: the page itself is a view, what it is made of tells nothing of the city.

    `_dash-update-component` is every callback; which of them is whose is a table of its own
    (`callbacks.table`).
    """
    return {
        ("GET", base): Access("view", "page_seen"),
        ("GET", f"{base}<path:path>"): Access("view", "page_seen"),
        ("GET", f"{base}_dash-layout"): Access("view"),
        ("GET", f"{base}_dash-dependencies"): Access("view"),
        ("POST", f"{base}_dash-update-component"): Access("view", body=PAGE_BYTES),
        ("GET", f"{base}_reload-hash"): Access("view"),
        ("GET", f"{base}_favicon.ico"): Access(PUBLIC),
        ("GET", f"{base}_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"): (
            Access(PUBLIC)
        ),
        ("GET", f"{base}assets/<path:filename>"): Access(PUBLIC),
    }


_API = "/api/v1"
_COMMANDING = "|".join(sorted({rule.action for rule in COMMANDS.values()} - {KITES_OWN}))

TABLE: Table = {
    **{row: access for base in DASH_APPS for row, access in _of_dash(base).items()},
    # Health and the way in
    ("GET", "/healthz"): Access(PUBLIC),
    ("GET", "/readyz"): Access(PUBLIC),
    ("GET", "/metrics"): Access("measure"),
    ("GET", "/static/<path:filename>"): Access(PUBLIC),
    ("GET", "/sign-in"): Access(PUBLIC),
    ("POST", "/sign-in"): Access(PUBLIC, limit=BY_ADDRESS, body=FORM_BYTES),
    ("GET", "/sign-in/oidc"): Access(PUBLIC, limit=BY_ADDRESS),
    ("GET", "/sign-in/oidc/back"): Access(PUBLIC, limit=BY_ADDRESS),
    ("GET", "/sign-out"): Access(PUBLIC, changes=True),
    # What a screen follows
    ("GET", "/live/config.json"): Access("view"),
    ("GET", "/live/static/<name>"): Access("view"),
    ("GET", "/live/snapshot"): Access("view", "snapshot_seen"),
    ("GET", "/live/events"): Access("view", "events_followed"),
    ("GET", "/live/wall.json"): Access("view"),
    # A unit's phone; its script and styles are kept there and asked for without being signed in
    ("GET", "/unit/<call_sign>"): Access("view", "page_seen"),
    ("GET", "/unit/sw.js"): Access(PUBLIC),
    ("GET", "/unit/files/<release>/<path:name>"): Access(PUBLIC),
    # What is taken away
    ("GET", "/brief/<code>"): Access("brief", "brief_taken", HEAVY),
    ("GET", "/export/<table>/<code>.csv"): Access("export", "exported", HEAVY),
    ("GET", "/export/<table>/<code>.geojson"): Access("export", "exported", HEAVY),
    # Administration
    ("GET", "/password"): Access(PUBLIC),  # the page itself asks whose session it is
    ("POST", "/password"): Access(PUBLIC, limit=BY_ADDRESS, body=FORM_BYTES),
    ("GET", "/admin/accounts"): Access("administer"),
    ("POST", "/admin/accounts"): Access("administer", body=FORM_BYTES),
    ("GET", "/admin/tokens"): Access("administer"),
    ("POST", "/admin/tokens"): Access("administer", body=FORM_BYTES),
    ("GET", "/admin/trail"): Access("administer", "trail_seen"),
    ("GET", "/admin/letters"): Access("administer", "page_seen"),
    ("GET", "/admin/letters/<letter_id>"): Access("administer", "page_seen"),
    ("POST", "/admin/letters/<letter_id>/resend"): Access("administer"),  # noted once it is done, by itself
    ("POST", "/admin/letters/<letter_id>/drop"): Access("administer"),
    ("GET", "/admin/feeds"): Access("administer"),
    # The API
    ("GET", f"{_API}/openapi.json"): Access(SIGNED_IN, limit=BY_IDENTITY),
    ("GET", f"{_API}/docs/"): Access(SIGNED_IN),
    ("GET", f"{_API}/docs/<path:path>"): Access(SIGNED_IN),
    ("GET", f"{_API}/cases"): Access("view", "cases_seen", BY_IDENTITY),
    ("GET", f"{_API}/cases/<case_id>"): Access("view", "case_seen", BY_IDENTITY),
    ("GET", f"{_API}/cases/<case_id>/suggestions"): Access("view", limit=BY_IDENTITY),
    ("GET", f"{_API}/cases/<case_id>/similar"): Access("view", limit=BY_IDENTITY),
    ("GET", f"{_API}/cases/<case_id>/cameras"): Access("view", limit=BY_IDENTITY),
    ("GET", f"{_API}/cases/<case_id>/alert.cap"): Access("view", "case_seen", BY_IDENTITY),
    ("POST", f"{_API}/cases/<case_id>/commands"): Access(_COMMANDING, "case_commanded", BY_IDENTITY),
    ("GET", f"{_API}/alerts"): Access("view", "cases_seen", BY_IDENTITY),
    ("GET", f"{_API}/places"): Access("view", limit=BY_IDENTITY),
    ("GET", f"{_API}/search"): Access("view", limit=BY_IDENTITY),
    ("GET", f"{_API}/settling"): Access("view", "figures_seen", BY_IDENTITY),
    ("GET", f"{_API}/systems/<key>"): Access("view", "figures_seen", BY_IDENTITY),
    ("GET", f"{_API}/units/<call_sign>/tasks"): Access("view", "cases_seen", BY_IDENTITY),
    ("GET", f"{_API}/regions/<code>/explanation"): Access("view", "figures_seen", BY_IDENTITY),
    ("GET", f"{_API}/regions/<code>/moved"): Access("view", "figures_seen", BY_IDENTITY),
    ("GET", f"{_API}/regions/<code>/cases-figures"): Access("view", "figures_seen", BY_IDENTITY),
    ("GET", f"{_API}/publications"): Access("view", "figures_seen", BY_IDENTITY),
    ("POST", f"{_API}/publications"): Access("publish", "index_published", BY_IDENTITY),
    ("GET", f"{_API}/publications/<int:number>"): Access("view", "figures_seen", BY_IDENTITY),
    ("GET", f"{_API}/publications/<int:number>/compare"): Access("view", "figures_seen", BY_IDENTITY),
    ("POST", f"{_API}/reports"): Access("report", "case_reported", BY_IDENTITY),
}


class RoleError(ForbiddenError):
    """A role that may not do this anywhere; the message is one sentence."""


def access_asked() -> Access | None:
    """The row of the current request; None where no route is asked for, or one that is not in the table."""
    if "kite_access" not in g:
        rule = request.url_rule
        method = "GET" if request.method == "HEAD" else request.method
        g.kite_access = TABLE.get((method, rule.rule)) if rule else None
    row: Access | None = g.kite_access
    return row


def install(server: Flask, identity: Callable[[], Identity]) -> None:
    """Let `server` ask the table before every request, with who `identity` says is asking.

    Raises within a request what `identity` raises, and `RoleError`.
    """

    @server.before_request
    def gate() -> None:
        access = access_asked()
        if access is None:
            if request.url_rule is not None:
                _log.error("route %s %s is not in the route table", request.method, request.url_rule.rule)
                abort(404)
        elif access.action != PUBLIC:
            insist_on_role(identity(), access.action)


def insist_on_role(who: Identity, action: str) -> None:
    """Raises `RoleError` where `who` may not do `action` anywhere; `SIGNED_IN` is whoever there is."""
    if action != SIGNED_IN and not any(may_at_all(who, one) for one in action.split("|")):
        raise RoleError(f"{who.name} has the role {who.role}, which may not do this.")
