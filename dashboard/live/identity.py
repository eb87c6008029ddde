"""Who is asking: whoever sends a token is who the token says, whoever has signed in is their account.

A program sends its token in the header; a screen has it in the cookie that `/wall/?token=…` or `/sign-in`
gives it; who signs in with a name has a session. The cookies are no script's to read, and what changes
something is taken from Kite's own pages only (`protection`). Whoever comes with nothing is nobody, or the
local administrator where nobody has to sign in (`sign_in=off`, see `local_only`).
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from flask import g, request

from dashboard.domain.access import LOCAL_ADMIN, Identity
from dashboard.live.sessions import Sessions, SilentStoreError
from dashboard.settings import Settings
from dashboard.streams.client import FAILED, client_of
from dashboard.streams.keys import Keys
from dashboard.streams.tokens import Token, token_of, void_tokens

COOKIE = "kite_token"
_SCHEME = "Bearer "


class UnidentifiedError(Exception):
    """A token that is none, or none any more; the message is one sentence."""


class NobodyError(UnidentifiedError):
    """Nobody has signed in and nothing came along: pages lead to `/sign-in`."""


class VoidCookieError(UnidentifiedError):
    """A token or a session in a browser's cookie that is none any more: its page leads to `/sign-in`."""


class MustChangeError(UnidentifiedError):
    """Who has signed in with a password that somebody else made: pages lead to where it is changed."""


class ForeignOriginError(Exception):
    """A page of another site asks for a change (see `protection`); the message is one sentence."""


class UnknowableError(Exception):
    """The store does not say who asks; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request comes with: a token's text, or with `name` a session's."""

    text: str
    name: str | None = None


class Identities:
    """Tells in a request who is asking; it is looked up each time, so that what is taken back is void."""

    def __init__(self, settings: Settings, keys: Keys) -> None:
        self._client, self._keys = client_of(settings.redis_url, keys), keys
        self.sessions = Sessions(settings, keys)
        self._monitors: dict[str, Token] = {}
        self.is_required = settings.sign_in != "off"

    def current(self) -> Identity:
        """Who asks in the current request.

        Raises `UnidentifiedError` and `UnknowableError`.
        """
        if "kite_identity" not in g:
            try:
                g.kite_identity = self._current()
            except UnknowableError as problem:  # asked once: each time would wait for the store anew
                g.kite_identity = problem
        found: Identity | UnknowableError = g.kite_identity
        if isinstance(found, UnknowableError):
            raise found
        return found

    def _current(self) -> Identity:
        given = self.presented()
        if given is None:
            if self.is_required:
                raise NobodyError("Sign in at /sign-in, or send a token in the Authorization header.")
            return LOCAL_ADMIN
        if given.name is not None:
            return self._signed_in()
        try:
            return self.insist(given.text).identity
        except UnidentifiedError as problem:
            by_cookie = "Authorization" not in request.headers
            raise (VoidCookieError if by_cookie else UnidentifiedError)(str(problem)) from None

    def _signed_in(self) -> Identity:
        try:
            held = self.sessions.current()
        except SilentStoreError as problem:
            raise UnknowableError(str(problem)) from None
        if held is None:
            raise VoidCookieError("The session has ended; sign in again at /sign-in.")
        if held.must_change:
            raise MustChangeError("Choose a password of your own first, at /password.")
        return held.identity

    def insist(self, text: str) -> Token:
        """The token of this text; raises `UnidentifiedError` and `UnknowableError`.

        While the store is away nobody can take a token back either, and who reads the figures must be told
        that it is away: a monitor is then who it was when the store last answered.
        """
        try:
            found = token_of(self._client, self._keys, text)
        except FAILED:
            known = self._monitors.get(text)
            if known is not None and known.ends_ms > time.time() * 1000:
                return known
            raise UnknowableError("The token can't be looked up: the store does not answer.") from None
        if found is None:
            self._monitors.pop(text, None)
            raise UnidentifiedError("The token is not one of this city, has ended, or was taken back.")
        if found.identity.role == "monitor":
            self._monitors[text] = found
        return found

    def presented(self) -> Credential | None:
        """What the current request comes with: the header before the token's cookie before the session's.

        Raises `UnidentifiedError` for a header that holds no token.
        """
        header = request.headers.get("Authorization")
        if header is not None:
            if not header.startswith(_SCHEME):
                raise UnidentifiedError("The Authorization header must be 'Bearer' and a token.")
            return Credential(header.removeprefix(_SCHEME).strip())
        if COOKIE in request.cookies:
            return Credential(request.cookies[COOKIE])
        session = self.sessions.presented()
        return None if session is None else Credential(session, self.sessions.name_presented())

    def void(self, given: Iterable[Credential]) -> set[Credential]:
        """Those that are no token, or no session, (any more); raises one of `FAILED`."""
        asked = list(given)
        texts = void_tokens(self._client, self._keys, [each.text for each in asked if each.name is None])
        sessions = [each for each in asked if each.name is not None]
        gone = self.sessions.void([(each.text, each.name or "") for each in sessions])
        void_ones = {each for each in asked if each.name is None and each.text in texts}
        return void_ones | {each for each in sessions if (each.text, each.name) in gone}
