"""Sessions of those who have signed in: a key each, which expires when the session has been idle for long.

A session knows who signed in and with which epoch of the account; whether that still holds is asked of the
account at each request. A session without an epoch belongs to no account of the store (OpenID Connect): it
holds until its end.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson
import redis

from dashboard.domain.access import Identity
from dashboard.streams.accounts import unpacked
from dashboard.streams.keys import Keys

_TOUCH_MS = 60_000
"""How much of the idle time must have gone before it begins anew: no write at every request."""


@dataclass(frozen=True)
class Session:
    """Who has signed in; `epoch` is None without an account of the store."""

    identity: Identity
    epoch: int | None
    ends_ms: int
    must_change: bool = False


def open_session(
    client: redis.Redis, keys: Keys, identity: Identity, epoch: int | None, ends_ms: int, idle_ms: int
) -> str:
    """Begin a session; its text, which the browser keeps."""
    text = secrets.token_urlsafe(32)
    kept = {
        "name": identity.name,
        "role": identity.role,
        "region": identity.region_code,
        "epoch": epoch,
        "ends_ms": ends_ms,
    }
    client.set(keys.session(_digest(text)), orjson.dumps(kept), px=idle_ms)
    return text


def session_of(client: redis.Redis, keys: Keys, text: str, name: str, idle_ms: int) -> Session | None:
    """The session of this text, which `name` signed in to; None for one that has ended or is void.

    Being asked for counts as not being idle.
    """
    return sessions_of(client, keys, [(text, name)], idle_ms)[0]


def sessions_of(
    client: redis.Redis, keys: Keys, given: Sequence[tuple[str, str]], idle_ms: int
) -> list[Session | None]:
    """The same for many texts and names, in one round trip."""
    pipe = client.pipeline(transaction=False)
    places = [keys.session(_digest(text)) for text, _ in given]
    for place, (_, name) in zip(places, given, strict=True):
        pipe.get(place)
        pipe.pttl(place)
        pipe.hget(keys.accounts, name)
    told = pipe.execute()
    now_ms, found = time.time() * 1000, list[Session | None]()
    idle = list[str]()
    for number, (place, (_, name)) in enumerate(zip(places, given, strict=True)):
        packed, left_ms, account = told[3 * number : 3 * number + 3]
        session = None if packed is None else _session(packed, account)
        holds = session is not None and session.identity.name == name and session.ends_ms > now_ms
        found.append(session if holds else None)
        if holds and left_ms < idle_ms - min(_TOUCH_MS, idle_ms / 10):
            idle.append(place)
    _touch(client, idle, idle_ms)
    return found


def _touch(client: redis.Redis, places: Sequence[str], idle_ms: int) -> None:
    """Let the idle time begin anew. A store that takes no writes just now still says who has signed in."""
    if not places:
        return
    pipe = client.pipeline(transaction=False)
    for place in places:
        pipe.pexpire(place, idle_ms)
    with suppress(redis.RedisError):
        pipe.execute()


def end_session(client: redis.Redis, keys: Keys, text: str) -> None:
    """End the session of this text, wherever its cookie has been copied to."""
    client.delete(keys.session(_digest(text)))


def end_sessions_of(client: redis.Redis, keys: Keys, name: str) -> int:
    """End every session of that name, also of one who signed in elsewhere; how many there were."""
    ended = 0
    for key in client.scan_iter(match=keys.session("*"), count=1000):
        packed: Any = client.get(key)
        if packed is not None and orjson.loads(packed)["name"] == name:
            ended += int(client.delete(key))
    return ended


def _digest(text: str) -> str:
    """Of 256 random bits a plain hash tells nothing, so it need not be slow."""
    return hashlib.sha256(text.encode()).hexdigest()


def _session(packed: bytes, of_account: Any) -> Session | None:
    """The session, as the account is now; None where the account has changed since, is locked or gone."""
    kept = orjson.loads(packed)
    if kept["epoch"] is None:
        return Session(Identity(kept["name"], kept["role"], kept["region"]), None, kept["ends_ms"])
    if of_account is None:
        return None
    account = unpacked(of_account)
    if account.epoch != kept["epoch"] or account.locked:
        return None
    return Session(account.identity, account.epoch, kept["ends_ms"], account.must_change)
