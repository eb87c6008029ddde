"""Who is asking: whoever has a token is who the token says, everyone else the local administrator."""

from __future__ import annotations

from flask import request

from dashboard.domain.access import LOCAL_ADMIN, Identity
from dashboard.streams.client import FAILED, client_of
from dashboard.streams.keys import Keys
from dashboard.streams.tokens import identity_of

_SCHEME = "Bearer "


class UnidentifiedError(Exception):
    """A token that is none, or none any more; the message is one sentence."""


class Identities:
    """Tells in a request who is asking; a token is looked up each time, so that one taken back is void."""

    def __init__(self, url: str, keys: Keys) -> None:
        self._client, self._keys = client_of(url, keys), keys

    def current(self) -> Identity:
        """Who asks in the current request: until there are accounts, `LOCAL_ADMIN` without a token."""
        header = request.headers.get("Authorization", "")
        if not header:
            return LOCAL_ADMIN
        if not header.startswith(_SCHEME):
            raise UnidentifiedError("The Authorization header must be 'Bearer' and a token.")
        try:
            found = identity_of(self._client, self._keys, header.removeprefix(_SCHEME).strip())
        except FAILED:
            raise UnidentifiedError("The token can't be looked up: the store does not answer.") from None
        if found is None:
            raise UnidentifiedError("The token is not one of this city, has ended, or was taken back.")
        return found
