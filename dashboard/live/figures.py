"""The derived figures that a place's page asks for: trends, open cases, and why its score is what it is."""

from __future__ import annotations

from typing import Any

from flask import Flask

from dashboard.domain.cameras import ONLINE
from dashboard.domain.hierarchy import VILLAGE, Hierarchy
from dashboard.domain.rings import RINGS, integrity
from dashboard.live.cases import OpenCase, gravest, open_cases_in
from dashboard.live.kept import Kept
from dashboard.live.profile import profile_of
from dashboard.live.published import Published
from dashboard.live.settling import settling_of
from dashboard.live.state import LiveState
from dashboard.live.trends import Trends
from dashboard.settings import Settings
from dashboard.streams.client import FAILED, client_of
from dashboard.streams.keys import Keys
from geodata import Pack


class Figures:
    """Answers for one city. What is costly is kept in the cache, by the version of the data it rests on."""

    def __init__(
        self,
        settings: Settings,
        keys: Keys,
        hierarchy: Hierarchy,
        pack: Pack,
        published: Published,
        state: LiveState,
        kept: Kept,
    ) -> None:
        self._keys, self._hierarchy, self._state = keys, hierarchy, state
        self._checkpoints, self._published = pack.checkpoints, published
        self._client = client_of(settings.redis_url, keys)
        self.trends = Trends(settings.redis_url, keys, hierarchy, state)
        self._kept = kept

    def install(self, server: Flask) -> None:
        """Give the cache its application."""
        self._kept.install(server)

    def forget(self) -> None:
        """Read everything anew: the city's history has been projected again."""
        self.trends.forget()

    def region_trend(self, code: str, hours: int) -> tuple[list[int], list[float | None]]:
        """(times in UTC ms, scores) of the last `hours`; empty for a grid, of which no trend is kept."""
        region = self._hierarchy.number_of(code)
        if self._hierarchy.tier[region] > VILLAGE:
            return [], []
        times, (scores,) = self.trends.of([region], hours)
        return times, scores

    def children_trend(self, code: str, hours: int) -> tuple[list[int], dict[str, list[float | None]]]:
        """(times in UTC ms, child's code → scores); empty for a village, whose children are grids."""
        region = self._hierarchy.number_of(code)
        if self._hierarchy.tier[region] >= VILLAGE:
            return [], {}
        children = list(self._hierarchy.children(region))
        times, columns = self.trends.of(children, hours)
        return times, {
            self._hierarchy.codes[child]: scores for child, scores in zip(children, columns, strict=True)
        }

    def past_trend(self, code: str, hours: int, ago: int) -> tuple[list[int], list[float | None]]:
        """(times in UTC ms, scores) of the `hours` that ended `ago` hours ago; empty for a grid."""
        region = self._hierarchy.number_of(code)
        if self._hierarchy.tier[region] > VILLAGE:
            return [], []
        times, (scores,) = self.trends.past([region], hours, ago)
        return times, scores

    def open_cases(self, code: str, limit: int) -> list[OpenCase]:
        """Open cases of a region, the gravest and then the newest first."""
        return gravest(open_cases_in(self._state, self._hierarchy, self._hierarchy.number_of(code)), limit)

    def region_profile(self, code: str) -> dict[str, Any]:
        """See `dashboard.views.services.Profile`."""
        latest = self._published.latest()
        key = f"profile:{latest.version}:{code}"
        known: dict[str, Any] | None = self._kept.get(key)
        if known is None:
            region = self._hierarchy.number_of(code)
            cases = open_cases_in(self._state, self._hierarchy, region)
            known = profile_of(region, latest.evaluation, self._hierarchy, cases)
            self._kept.put(key, known)
        return known

    def ring_integrity(self, code: str) -> list[float | None]:
        """Share of the length watched of the city, county and police rings within a region, None: no such."""
        status = self._state.column("cameras", "status")
        points = self._checkpoints
        if len(status) <= int(points.camera.max(initial=0)):
            return [None] * len(RINGS)
        low, high = (self._hierarchy.grid_lo, self._hierarchy.grid_hi)
        region = self._hierarchy.number_of(code)
        inside = (points.grid >= low[region]) & (points.grid < high[region])
        found = integrity(
            points.ring[inside], points.length_m[inside], status[points.camera[inside]] == ONLINE
        )
        return [found[ring].share if found[ring].checkpoints else None for ring in RINGS]

    def settling(self, code: str) -> dict[str, Any] | None:
        """See `dashboard.views.services.Settling`; None while the store does not answer."""
        try:
            return settling_of(self._client, self._keys, self._hierarchy, self._state, code)
        except FAILED:
            return None
