"""Accounts for administrators: who there is, making, changing, a new password, locking, removing.

A one-time password is shown by the answer to the form that made it, once, and kept nowhere.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, Response, request
from markupsafe import Markup

from dashboard.domain.accounts import (
    ACCOUNT_ROLES,
    NAME_LIMIT,
    ONE_TIME_MS,
    Account,
    AccountError,
    checked_name,
    hash_of,
    one_time_password,
)
from dashboard.live.city import City
from dashboard.live.noting import note
from dashboard.live.sessions import seat_asking
from dashboard.live.signing_in import SigningIn, off_loop
from dashboard.streams.accounts import with_one_time
from dashboard.streams.client import FAILED
from dashboard.views.addresses import SIGN_IN
from dashboard.views.admin import frame
from dashboard.views.admin.choosing import checked_region, region_name, region_options, role_options
from dashboard.views.services import Services
from dashboard.views.texts import t

PATH = frame.PATHS["accounts"]
NAME, ROLE, REGION, DO, CHOSEN = "name", "role", "region", "do", "account"


class _OwnError(Exception):
    """An administrator's own account: another one must do this, so that there is always one left."""


class _OverError(Exception):
    """Who asks has been changed, locked or removed since the request came."""


@dataclass(frozen=True)
class _Asked:
    """A form that came, and who sent it."""

    services: Services
    signing_in: SigningIn
    who: frame.Administrator

    def account(self) -> Account:
        """The account that the form is about; raises `AccountError` where it is not of this administrator."""
        found = self.signing_in.accounts.get(request.form.get(NAME, ""))
        if found is None or not self.who.holds(found.region_code):
            raise AccountError("name_unknown")
        return found

    def others(self) -> Account:
        """The same, if it is not the administrator's own; raises `_OwnError` besides."""
        found = self.account()
        if found.name == self.who.identity.name:
            raise _OwnError
        return found

    def role(self) -> str:
        """Raises `AccountError`."""
        role = request.form.get(ROLE, "")
        if role not in ACCOUNT_ROLES:
            raise AccountError("role_unknown")
        return role

    def region(self) -> str:
        """Raises `AccountError`."""
        return checked_region(self.services, self.who, request.form.get(REGION, ""))

    def change(self, account: Account, how: Callable[[Account], Account]) -> Account:
        """Raises as `insist` does."""

        def if_held(before: Account) -> Account:
            self.insist(before)
            return how(before)

        return self.signing_in.accounts.change(account.name, if_held)

    def insist(self, before: Account) -> None:
        """Raises for an account that is not theirs any more, and where who asks may nothing any more.

        Within the change of an account: or of two administrators who remove each other none would be left.
        """
        if not self.who.holds(before.region_code):
            raise AccountError("name_unknown")
        seat = seat_asking()
        if seat is None or seat.session.epoch is None or seat.session.identity != self.who.identity:
            return  # a token, or one who signed in elsewhere, is no account
        mine = self.signing_in.accounts.get(self.who.identity.name)
        if mine is None or mine.locked or mine.epoch != seat.session.epoch:
            raise _OverError


def _add(asked: _Asked) -> Response:
    password = one_time_password()
    bare = Account(checked_name(request.form.get(NAME, "")), asked.role(), asked.region(), "")
    account = with_one_time(bare, off_loop(lambda: hash_of(password)))
    asked.signing_in.accounts.add(account)
    _note("account_added", account, role=account.role)
    return _shown_once(account, password)


def _change(asked: _Asked) -> Response:
    role, region = asked.role(), asked.region()
    account = asked.change(asked.others(), lambda before: replace(before, role=role, region_code=region))
    _note("account_changed", account, role=role, bound_to=region)
    return _back(account, "admin.said.accounts.changed")


def _reset(asked: _Asked) -> Response:
    password = one_time_password()
    hashed = off_loop(lambda: hash_of(password))
    account = asked.change(asked.others(), lambda before: with_one_time(before, hashed))
    asked.signing_in.attempts.forget("account", account.name)
    _note("account_changed", account, password="one-time")
    return _shown_once(account, password)


def _lock(asked: _Asked) -> Response:
    account = asked.change(asked.others(), lambda before: replace(before, locked=True))
    _note("locked", account)
    return _back(account, "admin.said.accounts.locked")


def _unlock(asked: _Asked) -> Response:
    """Of one who only has to wait the sessions go on: it is the guesses of others that are forgotten."""
    account = asked.account()
    if account.locked:
        account = asked.change(account, lambda before: replace(before, locked=False))
    asked.signing_in.attempts.forget("account", account.name)
    _note("unlocked", account)
    return _back(account, "admin.said.accounts.unlocked")


def _remove(asked: _Asked) -> Response:
    account = asked.signing_in.accounts.remove(asked.others().name, asked.insist)
    _note("account_removed", account)
    return frame.see_other(PATH, "admin.said.accounts.removed")


DEEDS: dict[str, Callable[[_Asked], Response]] = {
    "add": _add,
    "change": _change,
    "reset": _reset,
    "lock": _lock,
    "unlock": _unlock,
    "remove": _remove,
}
"""What a form of the page may ask for; each raises `AccountError`, `_OwnError`, `_OverError`, `FAILED`."""


def register(server: Flask, city: City, services: Services) -> None:
    """Add the page."""
    zone = ZoneInfo(city.pack.manifest["timezone"])
    signing_in = city.signing_in

    def page(who: frame.Administrator, status: int = 200, problem: str = "") -> Response:
        return frame.read_page("accounts", lambda: _body(services, signing_in, who, zone), status, problem)

    @server.get(PATH)
    def accounts() -> Response:
        return page(frame.gate(services))

    @server.post(PATH)
    def change_accounts() -> Response:
        who = frame.gate(services)
        deed = DEEDS.get(request.form.get(DO, ""))
        try:
            if deed is None:
                raise AccountError("name_unknown")
            return deed(_Asked(services, signing_in, who))
        except AccountError as problem:
            return page(who, 422, t(f"accounts.{problem.reason}"))
        except _OwnError:
            return page(who, 422, t("accounts.own"))
        except _OverError:
            return frame.see_other(SIGN_IN)
        except FAILED:
            return page(who, 503, t("sign_in.silent"))


def _body(services: Services, signing_in: SigningIn, who: frame.Administrator, zone: ZoneInfo) -> Markup:
    found = [account for account in signing_in.accounts.all() if who.holds(account.region_code)]
    waits = signing_in.attempts.waits_ms("account", [account.name for account in found])
    rows = [_row(services, account, waits.get(account.name, 0), zone) for account in found]
    headers = [t(f"accounts.column.{name}") for name in ("name", "role", "region", "state", "changed", "do")]
    chosen = next((account for account in found if account.name == request.args.get(CHOSEN)), None)
    parts = [
        _chosen(services, who, chosen, chosen.name in waits) if chosen else _new(services, who),
        frame.table(headers, rows, t("accounts.caption", n=len(rows))),
    ]
    return Markup("").join(parts)


def _row(services: Services, account: Account, waits_until_ms: int, zone: ZoneInfo) -> list[str | Markup]:
    changed = datetime.fromtimestamp(account.changed_ms / 1000, zone)
    return [
        account.name,
        t(f"role.{account.role}"),
        region_name(services, account.region_code),
        _state(account, waits_until_ms, zone),
        f"{changed:%Y-%m-%d %H:%M}",
        frame.link(f"{PATH}?{urlencode({CHOSEN: account.name})}", t("accounts.choose")),
    ]


def _state(account: Account, waits_until_ms: int, zone: ZoneInfo) -> str:
    if account.locked:
        return t("accounts.state.locked")
    if waits_until_ms:
        return t("accounts.state.waits", at=f"{datetime.fromtimestamp(waits_until_ms / 1000, zone):%H:%M:%S}")
    if account.ends_ms and account.ends_ms <= time.time() * 1000:
        return t("accounts.state.ended")
    return t("accounts.state.one_time" if account.must_change else "accounts.state.open")


def _new(services: Services, who: frame.Administrator) -> Markup:
    fields = [
        frame.Field(
            NAME,
            t("accounts.column.name"),
            required=True,
            help=t("accounts.name.help"),
            more={"maxlength": str(NAME_LIMIT), "autocomplete": "off"},
        ),
        frame.Field(ROLE, t("accounts.column.role"), "select", "officer", role_options(ACCOUNT_ROLES)),
        frame.Field(REGION, t("accounts.column.region"), "select", "", region_options(services, who)),
    ]
    return frame.form(PATH, fields, t("accounts.add"), hidden={DO: "add"}, title=t("accounts.new"))


def _chosen(services: Services, who: frame.Administrator, account: Account, waits: bool) -> Markup:
    """The forms of one account; its own administrator gets none. `waits`: it was tried in vain too often."""
    title = t("accounts.chosen", account=account.name)
    if account.name == who.identity.name:
        return Markup('<div class="panel note"><h2>{}</h2><p>{}</p></div>').format(title, t("accounts.own"))
    roles, regions = role_options(ACCOUNT_ROLES), region_options(services, who, account.region_code)
    fields = [
        frame.Field(ROLE, t("accounts.column.role"), "select", account.role, roles),
        frame.Field(REGION, t("accounts.column.region"), "select", account.region_code, regions),
    ]
    here = f"{PATH}?{urlencode({CHOSEN: account.name})}"
    own = "unlock" if account.locked else "lock"
    wait = [("unlock", "unhold")] if waits and not account.locked else []
    buttons = [
        frame.button(here, t(f"accounts.{said}"), {NAME: account.name, DO: deed}, danger=deed == "remove")
        for deed, said in (("reset", "reset"), *wait, (own, own), ("remove", "remove"))
    ]
    return Markup("").join(
        (
            frame.form(
                here, fields, t("accounts.change"), hidden={NAME: account.name, DO: "change"}, title=title
            ),
            Markup('<div class="deeds">{} {}</div>').format(
                Markup(" ").join(buttons), frame.link(PATH, t("accounts.done"))
            ),
        )
    )


def _shown_once(account: Account, password: str) -> Response:
    """The one-time password, in the answer itself: nothing keeps it."""
    said = t("accounts.password", account=account.name, hours=ONE_TIME_MS // 3_600_000)
    body = frame.notice(said) + Markup('<p class="secret"><code>{}</code></p><p>{}</p>').format(
        password, frame.link(PATH, t("accounts.done"))
    )
    return frame.admin_page("accounts", t("admin.accounts"), body)


def _back(account: Account, said: str) -> Response:
    return frame.see_other(PATH, said, **{CHOSEN: account.name})


def _note(action: str, account: Account, **facts: str) -> None:
    note(action, subject=account.name, region=account.region_code, facts=facts)
