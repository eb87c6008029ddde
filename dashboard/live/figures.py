"""The derived figures that a place's page asks for: trends, open cases, and why its score is what it is."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_caching import Cache
from numpy.typing import NDArray

from dashboard.domain.hierarchy import VILLAGE, Hierarchy
from dashboard.domain.safety_index import IndexParameters
from dashboard.live.cases import OpenCase, gravest, open_cases_in
from dashboard.live.profile import profile_of
from dashboard.live.state import LiveState
from dashboard.live.trends import Trends
from dashboard.settings import Settings
from dashboard.streams.client import LOST, connect
from dashboard.streams.keys import Keys
from dashboard.streams.reader import read_sums


class Figures:
    """Answers for one city. What is costly is kept in the cache, by the version of the data it rests on."""

    def __init__(
        self,
        settings: Settings,
        keys: Keys,
        hierarchy: Hierarchy,
        population: NDArray[Any],
        parameters: IndexParameters,
        state: LiveState,
    ) -> None:
        self._url = settings.redis_url
        self._keys, self._hierarchy, self._state = keys, hierarchy, state
        self._population, self._parameters = population, parameters
        self._trends = Trends(settings.redis_url, keys, hierarchy, state)
        self._cache = Cache(
            config={
                "CACHE_TYPE": "RedisCache",
                "CACHE_REDIS_URL": settings.redis_url,
                "CACHE_KEY_PREFIX": f"{{{keys.city}}}:cache:",
                "CACHE_DEFAULT_TIMEOUT": settings.cache_timeout_s,
            }
        )

    def install(self, server: Flask) -> None:
        """Give the cache its application."""
        self._cache.init_app(server)

    def region_trend(self, code: str, hours: int) -> tuple[list[int], list[float | None]]:
        """(times in UTC ms, scores) of the last `hours`; empty for a grid, of which no trend is kept."""
        region = self._hierarchy.number_of(code)
        if self._hierarchy.tier[region] > VILLAGE:
            return [], []
        times, (scores,) = self._trends.of([region], hours)
        return times, scores

    def children_trend(self, code: str, hours: int) -> tuple[list[int], dict[str, list[float | None]]]:
        """(times in UTC ms, child's code → scores); empty for a village, whose children are grids."""
        region = self._hierarchy.number_of(code)
        if self._hierarchy.tier[region] >= VILLAGE:
            return [], {}
        children = list(self._hierarchy.children(region))
        times, columns = self._trends.of(children, hours)
        return times, {
            self._hierarchy.codes[child]: scores for child, scores in zip(children, columns, strict=True)
        }

    def open_cases(self, code: str, limit: int) -> list[OpenCase]:
        """Open cases of a region, the gravest and then the newest first."""
        return gravest(open_cases_in(self._state, self._hierarchy, self._hierarchy.number_of(code)), limit)

    def region_profile(self, code: str) -> dict[str, Any]:
        """See `dashboard.views.services.Profile`."""
        with connect(self._url) as client:
            sums = read_sums(client, self._keys)
        key = f"profile:{sums.version}:{code}"
        known = self._from_cache(key)
        if known is None:
            region = self._hierarchy.number_of(code)
            cases = open_cases_in(self._state, self._hierarchy, region)
            known = profile_of(region, sums, self._hierarchy, self._population, self._parameters, cases)
            self._to_cache(key, known)
        return known

    def _from_cache(self, key: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] | None = self._cache.get(key)
        except LOST:
            return None
        return found

    def _to_cache(self, key: str, value: dict[str, Any]) -> None:
        try:
            self._cache.set(key, value)
        except LOST:
            return
