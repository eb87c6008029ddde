"""The cache of derived figures, in the city's own store: what is costly is made once per version of it.

The cache's library keeps values as pickles, and who reads a pickle runs what it says. Others write to the
store too, so each bears a mark that only those can make who have the key of the sessions.
"""

from __future__ import annotations

import hmac
import pickle
from collections.abc import Callable
from functools import cached_property
from typing import Any

from cachelib.serializers import BaseSerializer
from flask import Flask
from flask_caching import Cache

from dashboard.live.sessions import kept_secret
from dashboard.settings import Settings
from dashboard.streams.client import FAILED, client_of
from dashboard.streams.keys import Keys

_HASH, _MARK_BYTES = "sha256", 32

Answer = dict[str, Any] | list[Any]
"""Plain values: they are the same from the cache as when they were made."""


class Kept:
    """One city's cache, shared by all web processes; a store that is away, or full, keeps nothing
    and stops nobody."""

    def __init__(self, settings: Settings, keys: Keys) -> None:
        self._cache = Cache(
            config={
                "CACHE_TYPE": "RedisCache",
                "CACHE_REDIS_HOST": client_of(settings.redis_url, keys),  # or a host's name
                "CACHE_KEY_PREFIX": f"{{{keys.city}}}:cache:",
                "CACHE_DEFAULT_TIMEOUT": settings.cache_timeout_s,
                "CACHE_SERIALIZER": _Marked(settings),
            }
        )

    def install(self, server: Flask) -> None:
        """Give the cache its application."""
        self._cache.init_app(server)

    def get(self, key: str) -> Any:
        """What is kept under a key, or None."""
        try:
            return self._cache.get(key)
        except FAILED:
            return None

    def put(self, key: str, value: Answer) -> None:
        """Keep a value for as long as the setting says."""
        try:
            self._cache.set(key, value)
        except FAILED:
            return

    def of(self, key: str, make: Callable[[], Answer | None]) -> Any:
        """What is kept under a key, made and kept where there is nothing; None is not kept."""
        known = self.get(key)
        if known is None:
            known = make()
            if known is not None:
                self.put(key, known)
        return known


class _Marked(BaseSerializer):
    """Pickles with the mark of who made them before them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _key(self) -> bytes:
        secret = self._settings.secret_key or kept_secret(self._settings.data_dir)
        return f"cache\n{secret}".encode()

    def dumps(self, value: Any, protocol: int = pickle.HIGHEST_PROTOCOL) -> bytes:
        body = pickle.dumps(value, protocol)
        return hmac.digest(self._key, body, _HASH) + body

    def loads(self, bvalue: bytes | None) -> Any:
        """None for nothing, and for what somebody else has put there."""
        mark, body = (bvalue or b"")[:_MARK_BYTES], (bvalue or b"")[_MARK_BYTES:]
        if not hmac.compare_digest(mark, hmac.digest(self._key, body, _HASH)):
            return None
        return pickle.loads(body)
