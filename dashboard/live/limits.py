"""How many requests are taken: from an address that tries to sign in, and from an account that asks the API.

They are counted in the city's store, so all web processes count together. While the store is away each
counts by itself and nobody is refused for that. What a screen follows counts for nothing: a whole centre
comes back at once after a fault. Which route counts for which limit is a column of the route table.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from flask import Flask, Response, current_app, g
from flask_limiter import ApplicationLimit, Limiter
from flask_limiter.util import get_remote_address

from dashboard.domain.access import Identity
from dashboard.domain.lockout import network_of
from dashboard.domain.rates import NONE
from dashboard.live.identity import ForeignOriginError, UnidentifiedError, UnknowableError
from dashboard.live.route_table import BY_ADDRESS, BY_IDENTITY, HEAVY, access_asked
from dashboard.settings import Settings
from dashboard.streams.client import FAILED, client_of
from dashboard.streams.keys import Keys

_REFUSED = frozenset({401, 403})
_WAIT_S = 60


def install(
    server: Flask, settings: Settings, keys: Keys, identity: Callable[[], Identity]
) -> Limiter | None:
    """Let `server` refuse with `flask_limiter.RateLimitExceeded` (429) what is too much.

    None where nobody signs in: there everyone is one identity at one address.
    """
    if settings.sign_in == "off":
        return None
    client = client_of(settings.redis_url, keys)
    limiter = Limiter(
        _address,
        application_limits=[
            _limit(BY_ADDRESS, settings.limit_sign_in, _address, deduct_when=_was_refused),
            _limit(BY_IDENTITY, settings.limit_api, partial(_who, identity)),
            _limit(HEAVY, settings.limit_heavy, partial(_who, identity)),
        ],
        storage_uri="redis://",  # the pool has the address
        storage_options={
            "connection_pool": client.connection_pool,  # type: ignore[dict-item]
            "key_prefix": f"{{{keys.city}}}:limits",
        },
        in_memory_fallback_enabled=True,
        swallow_errors=True,
    )
    limiter.init_app(server)
    return limiter


def wait_s() -> int:
    """Seconds until the limit that the current request has come up against is open again; at least one."""
    limiter = next(iter(current_app.extensions.get("limiter", ())), None)
    limit = limiter.current_limit if limiter else None
    try:
        return max(1, round(limit.reset_at - time.time())) if limit else _WAIT_S
    except FAILED:
        return _WAIT_S


def _limit(
    name: str,
    rates: str,
    who: Callable[[], str | None],
    deduct_when: Callable[[Response], bool] | None = None,
) -> ApplicationLimit:
    """The limit of the routes that count for `name`, by what `who` says; None is not counted."""

    def of_this_request() -> str:
        access = access_asked()
        if access is None or access.limit != name or rates == NONE:
            return ""
        g.kite_counted_as = who()
        return rates if g.kite_counted_as is not None else ""

    return ApplicationLimit(
        limit_provider=of_this_request,
        key_function=lambda: str(g.kite_counted_as),
        scope=name,
        deduct_when=deduct_when,
    )


def _was_refused(answer: Response) -> bool:
    """Only tries that fail are counted: at eight in the morning a whole centre signs in from one address."""
    return answer.status_code in _REFUSED


def _who(identity: Callable[[], Identity]) -> str | None:
    """The account or token that asks, else the address; None while the store does not say.

    A whole centre may have one address, and is told that the store is away rather than that it asks too much.
    """
    try:
        return f"as {identity().name}"
    except (UnidentifiedError, ForeignOriginError):
        return _address()
    except UnknowableError:
        return None


def _address() -> str:
    """Where a request comes from; of IPv6 the network, as one machine has countless addresses in it."""
    return network_of(get_remote_address())
