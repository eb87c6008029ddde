"""Tokens of programs and screens: kept as hashes, for one identity each, until a day that they end on.

A token may be limited to some of what its role may do (`Identity.actions`).
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import redis

from dashboard.domain.access import Identity
from dashboard.streams.keys import Keys

PREFIX = "kite_"


@dataclass(frozen=True)
class Token:
    """What is kept of a token: its number, whose it is, and when it ends, ms since 1970."""

    number: str
    identity: Identity
    ends_ms: int


def add_token(client: redis.Redis, keys: Keys, identity: Identity, ends_ms: int) -> str:
    """Make a token; its text, which is told once and kept nowhere."""
    text = PREFIX + secrets.token_urlsafe(32)
    kept: dict[str, Any] = {
        "name": identity.name,
        "role": identity.role,
        "region": identity.region_code,
        "ends_ms": ends_ms,
    }
    if identity.actions is not None:
        kept["actions"] = sorted(identity.actions)
    client.hset(keys.tokens, _digest(text), orjson.dumps(kept))
    return text


def token_of(client: redis.Redis, keys: Keys, text: str) -> Token | None:
    """The token of this text; None for one that was never made, has ended or was taken back."""
    packed: Any = client.hget(keys.tokens, _digest(text))
    if packed is None:
        return None
    token = _token(_digest(text)[:8], packed)
    return token if token.ends_ms > time.time() * 1000 else None


def void_tokens(client: redis.Redis, keys: Keys, texts: Sequence[str]) -> set[str]:
    """Those of the texts that are of no token that holds, in one round trip."""
    if not texts:
        return set()
    kept: Any = client.hmget(keys.tokens, [_digest(text) for text in texts])
    now_ms = time.time() * 1000
    return {
        text
        for text, packed in zip(texts, kept, strict=True)
        if packed is None or orjson.loads(packed)["ends_ms"] <= now_ms
    }


def tokens(client: redis.Redis, keys: Keys) -> list[Token]:
    """All tokens, those that end first first."""
    kept: Any = client.hgetall(keys.tokens)
    found = [_token(digest.decode()[:8], packed) for digest, packed in kept.items()]
    return sorted(found, key=lambda token: (token.ends_ms, token.number))


def revoke_token(client: redis.Redis, keys: Keys, number: str) -> bool:
    """Take back the token of this number; False when there is none. It is void with the next request."""
    digests: Any = client.hkeys(keys.tokens)
    found = [digest for digest in digests if digest.decode()[:8] == number]
    return bool(found) and bool(client.hdel(keys.tokens, *found))


def _digest(text: str) -> str:
    """Of 256 random bits a plain hash tells nothing, so it need not be slow."""
    return hashlib.sha256(text.encode()).hexdigest()


def _token(number: str, packed: bytes) -> Token:
    kept = orjson.loads(packed)
    actions = frozenset(kept["actions"]) if "actions" in kept else None
    return Token(number, Identity(kept["name"], kept["role"], kept["region"], actions), kept["ends_ms"])
