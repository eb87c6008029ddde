"""The cache of derived figures, in the city's own store: what is costly is made once per version of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_caching import Cache

from dashboard.settings import Settings
from dashboard.streams.client import FAILED, client_of
from dashboard.streams.keys import Keys

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
