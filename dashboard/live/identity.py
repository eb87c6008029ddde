"""Who is asking: whoever has a token is who the token says, everyone else the local administrator.

A program sends its token in the header, a browser in the cookie that `/sign-in` gives it. The cookie is no
script's to read and comes from no other site (HttpOnly, SameSite=Strict); besides, what changes something is
not taken from a page of another site, whoever is signed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import request

from dashboard.domain.access import LOCAL_ADMIN, Identity
from dashboard.streams.client import FAILED, client_of
from dashboard.streams.keys import Keys
from dashboard.streams.tokens import Token, token_of

COOKIE = "kite_token"
_SCHEME = "Bearer "
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class UnidentifiedError(Exception):
    """A token that is none, or none any more; the message is one sentence."""


class VoidCookieError(UnidentifiedError):
    """The same of the token in a browser's cookie: its page leads to `/sign-in`."""


class ForeignOriginError(Exception):
    """A page of another site asks for a change; the message is one sentence."""


class UnknowableError(Exception):
    """The store does not say whose token it is; the message is one sentence."""


class Identities:
    """Tells in a request who is asking; a token is looked up each time, so that one taken back is void."""

    def __init__(self, url: str, keys: Keys) -> None:
        self._client, self._keys = client_of(url, keys), keys

    def current(self) -> Identity:
        """Who asks in the current request: until there are accounts, `LOCAL_ADMIN` without a token.

        Raises `UnidentifiedError`, `ForeignOriginError` and `UnknowableError`.
        """
        text = presented()
        if text is None:
            return LOCAL_ADMIN
        try:
            return self.insist(text).identity
        except UnidentifiedError as problem:
            by_cookie = "Authorization" not in request.headers
            raise (VoidCookieError if by_cookie else UnidentifiedError)(str(problem)) from None

    def insist(self, text: str) -> Token:
        """The token of this text; raises `UnidentifiedError` and `UnknowableError`."""
        try:
            found = token_of(self._client, self._keys, text)
        except FAILED:
            raise UnknowableError("The token can't be looked up: the store does not answer.") from None
        if found is None:
            raise UnidentifiedError("The token is not one of this city, has ended, or was taken back.")
        return found

    def void(self, texts: Iterable[str]) -> set[str]:
        """Those of the texts that are no token (any more); raises one of `FAILED`."""
        return {text for text in texts if token_of(self._client, self._keys, text) is None}


def presented() -> str | None:
    """The token's text that the current request comes with, None without one.

    Raises `UnidentifiedError` for a header that holds none, and `ForeignOriginError`.
    """
    header = request.headers.get("Authorization")
    if header is None:
        insist_on_own_origin()
        return request.cookies.get(COOKIE)
    if not header.startswith(_SCHEME):
        raise UnidentifiedError("The Authorization header must be 'Bearer' and a token.")
    return header.removeprefix(_SCHEME).strip()


def insist_on_own_origin() -> None:
    """Raises `ForeignOriginError` for a change that a page of another site asks for.

    A browser says in `Origin` which site's page sends a request that changes something. The port belongs to
    the site, the scheme doesn't: a proxy may speak https where Kite speaks http.
    """
    origin = request.headers.get("Origin")
    if request.method in _SAFE or origin is None or urlsplit(origin).netloc == request.host:
        return
    raise ForeignOriginError("A page of another site can't change anything here; use Kite's own pages.")
