"""Watches the health of every feed, at each heartbeat: what screens and administrators are told of it.

The projector counts (see `streams.feed_meter`), this judges. Each web process judges for itself; a new one
takes seconds to come to the same as the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dashboard.domain.feed_health import (
    FLOOD,
    OK,
    REPEAT,
    SILENT,
    WELL,
    FeedRow,
    Rules,
    judge,
    rules_of_streams,
)
from dashboard.domain.feed_tally import Tally
from dashboard.domain.hierarchy import CITY, Hierarchy
from dashboard.settings import Settings
from dashboard.streams.feed_meter import Feed
from dashboard.streams.keys import RAW_KINDS

_NEVER_MANY = 10**12
_MOST_TOLD = 20
"""Sources and counties that a heartbeat names: it goes to every screen every two seconds."""


@dataclass
class FeedWatch:
    """The feeds of one city. `rules`: those of each raw stream."""

    rules: Mapping[str, Rules]
    hierarchy: Hierarchy | None = None
    """For who is told of which county; without it everyone is told of all."""
    rows: list[FeedRow] = field(default_factory=list)
    """Every feed as it was found last: streams in their order, then sources, then counties."""

    @classmethod
    def of(
        cls, settings: Settings, cameras: int, units: int, hierarchy: Hierarchy | None = None
    ) -> FeedWatch:
        """By the settings, for a city of so many cameras and units."""
        rules = rules_of_streams(
            settings.stale_after_s, settings.feed_flood_factor, settings.feed_flood_per_s,
            settings.feed_repeat_share, cameras, units,
        )  # fmt: skip
        return cls(rules, hierarchy)

    def look(self, now_ms: int, tallies: Mapping[Feed, Tally], heard_ms: Mapping[str, int | None]) -> None:
        """Judge every feed; `heard_ms`: when the newest applied entry of each stream came."""
        before = {Feed(row.kind, row.source, row.county): row.health for row in self.rows}
        feeds = [*map(Feed, RAW_KINDS), *sorted(feed for feed in tallies if feed.source or feed.county)]
        silent: set[str] = set()
        self.rows = []
        for feed in feeds:
            figures = tallies.get(feed, Tally()).figures(now_ms)
            heard = None if feed.source or feed.county else heard_ms.get(feed.kind)
            known = before.get(feed, WELL)
            # Of the parts of a silent stream nothing is known.
            health = WELL if feed.kind in silent else judge(known, figures, now_ms, self._rules(feed), heard)
            if health.state == SILENT and not (feed.source or feed.county):
                silent.add(feed.kind)
            self.rows.append(FeedRow(feed.kind, feed.source, feed.county, health, figures, heard))

    def _rules(self, feed: Feed) -> Rules:
        rules = self.rules[feed.kind]
        if feed.source:
            return replace(rules, silent_after_ms=None)
        if feed.county:  # a county that reports much, or the same again, is not a fault of a feed
            return replace(rules, silent_after_ms=None, flood_least=_NEVER_MANY, flood_most=_NEVER_MANY)
        return rules

    def told(self, kind: str) -> dict[str, Any]:
        """What a heartbeat says of a stream besides its age."""
        row = next((row for row in self.rows if row.kind == kind and not row.source and not row.county), None)
        return {"state": OK} if row is None else _told(row)

    def parts(self, region: int = CITY) -> list[dict[str, Any]]:
        """What a heartbeat says of sources and counties: of those alone that are not well.

        Screens of one region are told of the county that it lies in alone.
        """
        ill = [row for row in self.rows if (row.source or row.county) and row.health.state != OK]
        ill = [row for row in ill if row.source or self._concerns(row.county, region)]
        return [
            {"feed": row.kind, "source": row.source, "county": row.county, **_told(row)}
            for row in ill[:_MOST_TOLD]
        ]

    def _concerns(self, county: str, region: int) -> bool:
        if self.hierarchy is None or region == CITY:
            return True
        try:
            return self.hierarchy.contains(self.hierarchy.number_of(county), region)
        except KeyError:  # a county that the pack does not have any more
            return False


def _told(row: FeedRow) -> dict[str, Any]:
    health, figures = row.health, row.figures
    told: dict[str, Any] = {"state": health.state}
    if health.state == OK:
        return told
    told["since_ms"] = health.since_ms
    if health.calm_ms is not None:  # it looks well again, and is watched for a while
        told["calm"] = True
    usual = None if figures.usual is None else round(figures.usual, 1)
    if health.state == SILENT:
        told |= {"lacks": health.lacks, "data_ms": figures.data_ms or None, "usual": usual}
    elif health.state == FLOOD:
        told |= {"per_min": figures.minute.data, "usual": usual}
    elif health.state == REPEAT:
        told |= {"per_min": figures.minute.data, "repeats": figures.minute.repeats}
    return told
