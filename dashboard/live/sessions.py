"""Who has signed in with a browser: Flask-Login over sessions that the store keeps.

The signed cookie holds the session's text and the account's name. Both are looked up at each request, so what
is changed, locked, removed or signed out holds at once.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, current_user, login_user

from dashboard.domain.access import Identity
from dashboard.domain.accounts import Account
from dashboard.settings import Settings
from dashboard.streams.client import FAILED, client_of
from dashboard.streams.keys import Keys
from dashboard.streams.sessions import Session, end_session, open_session, session_of, sessions_of

COOKIE = "kite_session"
_NAME = "kite_name"
_KEY_FILE = "secret-key"


class SilentStoreError(Exception):
    """The store doesn't say whose session it is; the message is one sentence."""


class Seat:
    """Who has signed in, as Flask-Login has it; its id is the session's text."""

    is_active = is_authenticated = True
    is_anonymous = False

    def __init__(self, text: str, held: Session) -> None:
        self.text, self.session = text, held

    def get_id(self) -> str:
        """What the cookie holds."""
        return self.text


def seat_asking() -> Seat | None:
    """Who has signed in and asks now; None outside a request and for everyone else."""
    if not has_request_context() or not hasattr(current_app, "login_manager"):
        return None
    found = current_user._get_current_object()
    return found if isinstance(found, Seat) else None


class Sessions:
    """The sessions of one city's browsers."""

    def __init__(self, settings: Settings, keys: Keys) -> None:
        self._client, self._keys = client_of(settings.redis_url, keys), keys
        self._longest_ms = int(settings.session_hours * 3_600_000)
        self._idle_ms = int(settings.session_idle_minutes * 60_000)
        self._secret, self._folder = settings.secret_key, settings.data_dir

    def install(self, server: Flask) -> None:
        """Make Flask-Login ask here."""
        server.secret_key = self._secret or kept_secret(self._folder)
        server.config.update(
            SESSION_COOKIE_NAME=COOKIE,
            SESSION_COOKIE_HTTPONLY=True,
            SESSION_COOKIE_SAMESITE="Lax",  # Strict would not survive the way back from a sign-in elsewhere
            SESSION_REFRESH_EACH_REQUEST=False,
        )
        server.session_interface = _Interface()
        manager = LoginManager(server)
        manager.session_protection = None  # addresses change, and what a browser calls itself proves nothing
        manager.user_loader(self._seat)

    def begin(self, who: Account | Identity) -> None:
        """Sign in with the answer to the current request; raises one of `FAILED`.

        An `Account` of the store is asked for at each request; a mere `Identity` holds as it is.
        """
        identity, epoch = (who.identity, who.epoch) if isinstance(who, Account) else (who, None)
        self.end()
        ends_ms = int(time.time() * 1000) + self._longest_ms
        text = open_session(self._client, self._keys, identity, epoch, ends_ms, self._idle_ms)
        session[_NAME] = identity.name
        must_change = isinstance(who, Account) and who.must_change
        login_user(Seat(text, Session(identity, epoch, ends_ms, must_change)))

    def end(self) -> None:
        """Sign out: end the session of the current request, if it has one; raises one of `FAILED`."""
        text = self.presented()
        if text is not None:
            end_session(self._client, self._keys, text)
        self.forget()

    @staticmethod
    def forget() -> None:
        """Take the cookie from the browser of the current request, if it has one."""
        if session:
            session.clear()
        for kept in ("_login_user", "kite_identity"):  # Flask-Login's, and `Identities`'
            g.pop(kept, None)

    def current(self) -> Session | None:
        """The session of the current request; None without one that holds. Raises `SilentStoreError`."""
        seat = seat_asking() if self.presented() else None
        return None if seat is None else seat.session

    def presented(self) -> str | None:
        """The session's text that the current request comes with, whether it holds or not."""
        text = session.get("_user_id")
        return text if isinstance(text, str) else None

    def name_presented(self) -> str:
        """The account's name that comes with it."""
        return str(session.get(_NAME, ""))

    def void(self, given: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of the texts and names that are of no session that holds; raises one of `FAILED`."""
        found = sessions_of(self._client, self._keys, given, self._idle_ms) if given else []
        return {each for each, session in zip(given, found, strict=True) if session is None}

    def _seat(self, text: str) -> Seat | None:
        try:
            found = session_of(self._client, self._keys, text, self.name_presented(), self._idle_ms)
        except FAILED:
            raise SilentStoreError("Who signed in can't be looked up: the store does not answer.") from None
        return None if found is None else Seat(text, found)


class _Interface(SecureCookieSessionInterface):
    """Flask's signed cookie: for https only where it came by https, and written only when it changes."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Without a change there is nothing to say, and no `Vary: Cookie` that would keep files uncached."""
        if session.modified:
            super().save_session(app, session, response)


def kept_secret(folder: Path) -> str:
    """The key in the data folder, made when there is none; of several processes that make it one wins."""
    path = folder / _KEY_FILE
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{_KEY_FILE}-{secrets.token_hex(8)}"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()
    return _read(path)


def _read(path: Path) -> str:
    found: Any = path.read_text(encoding="ascii").strip()
    if not found:
        raise FileNotFoundError(path)
    return str(found)
