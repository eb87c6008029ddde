"""Who comes with a name and a password: checked, counted, and held up when it was often wrong.

An unknown name, a wrong password and a locked account get the same answer after the same work.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from flask import Response, current_app, request
from gevent.threadpool import ThreadPool
from itsdangerous import BadData, URLSafeTimedSerializer

from dashboard.domain.accounts import Account, fits, hash_of, is_outdated, plain_name
from dashboard.domain.lockout import network_of
from dashboard.live.identity import UnknowableError
from dashboard.live.noting import note
from dashboard.live.sessions import SilentStoreError, seat_asking
from dashboard.settings import Settings
from dashboard.streams.accounts import Accounts
from dashboard.streams.attempts import Attempts
from dashboard.streams.client import FAILED, client_of
from dashboard.streams.keys import Keys

KNOWN_COOKIE = "kite_known"
_KNOWN_S = 365 * 24 * 3600
_T = TypeVar("_T")


class WrongError(Exception):
    """A name and a password that open nothing."""


class WaitError(Exception):
    """Too many attempts: nothing is checked for `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many attempts to sign in; try again in {seconds} s.")
        self.seconds = seconds


class SigningIn:
    """Checks names and passwords of one city."""

    def __init__(self, settings: Settings, keys: Keys) -> None:
        client = client_of(settings.redis_url, keys)
        self.accounts, self.attempts = Accounts(client, keys), Attempts(client, keys)

    def check(self, typed: str, password: str) -> Account:
        """The account of that name and password; raises `WrongError`, `WaitError` and `UnknowableError`."""
        try:
            return self._checked(plain_name(typed), password)
        except (*FAILED, SilentStoreError):
            raise UnknowableError("The password can't be checked: the store does not answer.") from None

    def _checked(self, name: str, password: str) -> Account:
        account = self.accounts.get(name)
        counted = _counted(name, account)
        wait_ms, after_ms = self.attempts.begin(counted)
        if wait_ms > 0:
            raise WaitError(-(-wait_ms // 1000))
        is_right = off_loop(lambda: fits(account.password if account else _nobodys(), password))
        if account is None or not is_right or not account.may_enter(int(time.time() * 1000)):
            _note_failure(account, after_ms)
            raise WrongError
        self.attempts.succeeded(counted)
        if is_outdated(account.password):
            return self.accounts.rehash(account, off_loop(lambda: hash_of(password)))
        return account

    def is_password_of(self, name: str, password: str) -> bool:
        """Whether it is the account's now; nothing is counted. Raises one of `FAILED`."""
        account = self.accounts.get(name)
        return account is not None and off_loop(lambda: fits(account.password, password))


def remember(answer: Response, account: Account) -> None:
    """Let the browser know by a cookie that this account has signed in with it.

    Guesses from elsewhere, which hold up the name, don't hold up this browser then. It opens nothing.
    """
    kept = _known_signer().dumps([account.name, _known(account.name) or secrets.token_hex(8)])
    answer.set_cookie(
        KNOWN_COOKIE,
        str(kept),
        max_age=_KNOWN_S,
        path="/sign-in",
        httponly=True,
        samesite="Strict",
        secure=request.is_secure,
    )


def off_loop(work: Callable[[], _T]) -> _T:
    """What `work` returns, done in a thread: the screens are served meanwhile, and two hashes at a time."""
    done: _T = _pool().apply(work)
    return done


@cache
def _pool() -> Any:
    return ThreadPool(2)


@cache
def _nobodys() -> str:
    """A hash that no password fits: as much work as an account's."""
    return hash_of(secrets.token_urlsafe(24))


def _counted(name: str, account: Account | None) -> dict[str, str]:
    """What an attempt counts for: the seat's own browsers each by themselves, all others by the name.

    With the account's epoch, so that a new password is not kept out by what was wrong of the old one.
    """
    mark = _known(name) or _mark_of_session(name)
    epoch = account.epoch if account else 0
    mine = {"known": f"{name}\n{mark}\n{epoch}"} if mark else {"account": name}
    return mine | {"address": network_of(request.remote_addr or "")}


def _mark_of_session(name: str) -> str | None:
    """The session of the account of that name, if that is who asks: `/password` gets no such cookie."""
    seat = seat_asking()
    if seat is None or seat.session.epoch is None or seat.session.identity.name != name:
        return None
    return seat.text


def _known(name: str) -> str | None:
    """The mark of this browser for the account of that name; None where it hasn't signed in with it."""
    try:
        kept, mark = _known_signer().loads(request.cookies.get(KNOWN_COOKIE, ""), max_age=_KNOWN_S)
    except (BadData, ValueError, TypeError):
        return None
    return str(mark) if kept == name else None


def _known_signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="kite-known-browser")


def _note_failure(account: Account | None, after_ms: int) -> None:
    """Names that are none are not kept: people type passwords into the wrong field."""
    subject = account.name if account else ""
    region = account.region_code if account else ""
    note("sign_in_failed", subject=subject, region=region, outcome="refused")
    if after_ms > 0 and account is not None:
        note("locked", subject=subject, region=region, facts={"seconds": str(after_ms // 1000)})
