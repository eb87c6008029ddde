"""Tokens of programs and screens for administrators: which there are, making one, taking it back.

A token's text is shown by the answer to the form that made it, once, and kept nowhere.
"""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask, Response, request
from markupsafe import Markup

from dashboard.domain.access import ROLES, ROLES_BY_ACTION, Identity
from dashboard.domain.accounts import NAME_LIMIT, AccountError, checked_name
from dashboard.live.city import City
from dashboard.live.noting import note
from dashboard.streams.client import FAILED, Client, client_of
from dashboard.streams.keys import Keys
from dashboard.streams.tokens import Token, add_token, revoke_token, tokens
from dashboard.views.addresses import WALL
from dashboard.views.admin import frame
from dashboard.views.admin.choosing import checked_region, region_name, region_options, role_options
from dashboard.views.services import Services
from dashboard.views.texts import t

PATH = frame.PATHS["tokens"]
NAME, ROLE, REGION, ACTIONS, DAYS, DO, NUMBER = "name", "role", "region", "actions", "days", "do", "number"
DAYS_MOST, DAYS_USUAL = 3650, 365
_DAY_MS = 24 * 3600 * 1000


def register(server: Flask, city: City, services: Services) -> None:
    """Add the page."""
    client, keys = client_of(city.settings.redis_url, city.keys), city.keys
    zone = ZoneInfo(city.pack.manifest["timezone"])

    def page(who: frame.Administrator, status: int = 200, problem: str = "") -> Response:
        return frame.read_page(
            "tokens", lambda: _body(services, who, tokens(client, keys), zone), status, problem
        )

    @server.get(PATH)
    def tokens_page() -> Response:
        return page(frame.gate(services))

    @server.post(PATH)
    def change_tokens() -> Response:
        who = frame.gate(services)
        try:
            if request.form.get(DO) == "revoke":
                return _revoke(client, keys, who)
            return _add(services, client, keys, who)
        except AccountError as problem:
            return page(who, 422, t(f"accounts.{problem.reason}"))
        except FAILED:
            return page(who, 503, t("sign_in.silent"))


def _add(services: Services, client: Client, keys: Keys, who: frame.Administrator) -> Response:
    """Raises `AccountError` and one of `FAILED`."""
    days = _days()
    identity = _identity(services, who)
    text = add_token(client, keys, identity, int(time.time() * 1000) + days * _DAY_MS)
    facts = {"role": identity.role, "days": str(days)}
    if identity.actions is not None:
        facts["actions"] = " ".join(sorted(identity.actions))
    note("token_added", subject=identity.name, region=identity.region_code, facts=facts)
    return _shown_once(identity, text)


def _identity(services: Services, who: frame.Administrator) -> Identity:
    """Whose the token of the form is; raises `AccountError`."""
    name, role = checked_name(request.form.get(NAME, "")), request.form.get(ROLE, "")
    if role not in ROLES:
        raise AccountError("role_unknown")
    region = checked_region(services, who, request.form.get(REGION, ""))
    asked = frozenset(request.form.getlist(ACTIONS))
    if any(role not in ROLES_BY_ACTION.get(action, ()) for action in asked):
        raise AccountError("action_beyond")
    return Identity(name, role, region, asked or None)


def _days() -> int:
    text = request.form.get(DAYS, "")
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= DAYS_MOST):
        raise AccountError("days_none")
    return int(text)


def _revoke(client: Client, keys: Keys, who: frame.Administrator) -> Response:
    """Raises `AccountError` and one of `FAILED`."""
    number = request.form.get(NUMBER, "")
    found = [token for token in tokens(client, keys) if token.number == number]
    if not found or not all(who.holds(token.identity.region_code) for token in found):
        raise AccountError("token_unknown")
    revoke_token(client, keys, number)
    whose = found[0].identity
    note("token_revoked", subject=whose.name, region=whose.region_code, facts={"number": number})
    return frame.see_other(PATH, "admin.said.tokens.revoked")


def _body(services: Services, who: frame.Administrator, known: list[Token], zone: ZoneInfo) -> Markup:
    mine = [token for token in known if who.holds(token.identity.region_code)]
    columns = ("number", "name", "role", "region", "actions", "ends", "do")
    headers = [t(f"tokens.column.{name}") for name in columns]
    rows = [_row(services, token, zone) for token in mine]
    return _new(services, who) + frame.table(headers, rows, t("tokens.caption", n=len(rows)))


def _row(services: Services, token: Token, zone: ZoneInfo) -> list[str | Markup]:
    who, ends = token.identity, datetime.fromtimestamp(token.ends_ms / 1000, zone)
    shown = f"{ends:%Y-%m-%d}"
    return [
        token.number,
        who.name,
        t(f"role.{who.role}"),
        region_name(services, who.region_code),
        _actions(who),
        t("tokens.ended", at=shown) if token.ends_ms <= time.time() * 1000 else shown,
        frame.button(PATH, t("tokens.revoke"), {DO: "revoke", NUMBER: token.number}, danger=True),
    ]


def _actions(who: Identity) -> str:
    if who.actions is None:
        return t("tokens.all")
    return t("tokens.between").join(t(f"action.{action}") for action in sorted(who.actions))


def _new(services: Services, who: frame.Administrator) -> Markup:
    actions = [(action, t(f"action.{action}")) for action in ROLES_BY_ACTION]
    fields = [
        frame.Field(
            NAME,
            t("tokens.column.name"),
            required=True,
            help=t("tokens.name.help"),
            more={"maxlength": str(NAME_LIMIT), "autocomplete": "off"},
        ),
        frame.Field(ROLE, t("tokens.column.role"), "select", "wall", role_options(sorted(ROLES))),
        frame.Field(REGION, t("tokens.column.region"), "select", "", region_options(services, who)),
        frame.Field(
            ACTIONS,
            t("tokens.column.actions"),
            "select",
            "",
            actions,
            help=t("tokens.actions.help"),
            more={"multiple": "", "size": "4"},
        ),
        frame.Field(
            DAYS,
            t("tokens.days"),
            "number",
            str(DAYS_USUAL),
            required=True,
            more={"min": "1", "max": str(DAYS_MOST)},
        ),
    ]
    return frame.form(PATH, fields, t("tokens.add"), hidden={DO: "add"}, title=t("tokens.new"))


def _shown_once(identity: Identity, text: str) -> Response:
    """The token, in the answer itself; of a screen, the address that its browser is given."""
    shown = f"{request.host_url.rstrip('/')}{WALL}?token={text}" if identity.role == "wall" else text
    said = t("tokens.screen" if identity.role == "wall" else "tokens.text", whose=identity.name)
    body = frame.notice(said) + Markup('<p class="secret"><code>{}</code></p><p>{}</p>').format(
        shown, frame.link(PATH, t("accounts.done"))
    )
    return frame.admin_page("tokens", t("admin.tokens"), body)
