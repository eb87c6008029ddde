"""How the feeds are: every stream, source and county with its numbers (see docs/feeds.md)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from flask import Flask, Response
from markupsafe import Markup

from dashboard.domain.feed_health import DATA, OK, SILENT, FeedRow
from dashboard.live.city import City
from dashboard.views.admin import frame
from dashboard.views.admin.moments import age, moment
from dashboard.views.places import name_of
from dashboard.views.services import Services
from dashboard.views.texts import t

PATH = frame.PATHS["feeds"]
_OF_STREAM = ("state", "data", "alive", "minute", "usual", "repeats", "refused")
_OF_SOURCE = ("state", "data", "alive", "minute", "usual", "repeats")  # what is refused has no source
_OF_COUNTY = ("state", "data", "minute", "usual")
_Head = Callable[[FeedRow], list[str | Markup]]


def register(server: Flask, city: City, services: Services) -> None:
    """Add the page."""
    zone = ZoneInfo(city.pack.manifest["timezone"])

    @server.get(PATH)
    def feeds() -> Response:
        who = frame.gate(services)
        rows = [row for row in city.feed_watch.rows if not row.county or who.holds(row.county)]
        body = _body(services, rows, zone) if rows else frame.notice(t("feeds.waiting"))
        return frame.admin_page("feeds", t("feeds.title"), body)


def _body(services: Services, rows: Sequence[FeedRow], zone: ZoneInfo) -> Markup:
    settings, now_ms = services.settings, time.time_ns() // 1_000_000

    def kind(row: FeedRow) -> list[str | Markup]:
        return [t(f"letters.kind.{row.kind}")]

    def source(row: FeedRow) -> list[str | Markup]:
        return [row.source, *kind(row)]

    def county(row: FeedRow) -> list[str | Markup]:
        return [name_of(services, services.hierarchy.number_of(row.county))]

    def table(
        text: str, head: Sequence[str], names: Sequence[str], chosen: Sequence[FeedRow], of: _Head
    ) -> Markup:
        headers = [t(f"feeds.column.{name}") for name in (*head, *names)]
        rows = []
        for row in chosen:
            figures = _figures(row, zone, now_ms)
            rows.append([*of(row), *(figures[name] for name in names)])
        return frame.table(headers, rows, t(text))

    known = services.hierarchy.codes
    streams = [row for row in rows if not row.source and not row.county]
    sources = [row for row in rows if row.source]
    counties = [row for row in rows if row.county in known and row.county]
    rules = t(
        "feeds.rules", factor=f"{settings.feed_flood_factor:g}", share=f"{1 - settings.feed_repeat_share:.0%}"
    )
    parts = (
        Markup("<p>{}</p>").format(t("feeds.intro")),
        table("feeds.streams", ("feed",), _OF_STREAM, streams, kind),
        table("feeds.sources", ("source", "feed"), _OF_SOURCE, sources, source),
        table("feeds.counties", ("county",), _OF_COUNTY, counties, county),
        Markup('<p class="note">{}</p>').format(rules),
    )
    return Markup("").join(parts)


def _figures(row: FeedRow, zone: ZoneInfo, now_ms: int) -> dict[str, str | Markup]:
    """Each column's cell by its name."""
    figures, minute = row.figures, row.figures.minute
    return {
        "state": _state(row, zone),
        "data": age(figures.data_ms, now_ms),
        "alive": age(figures.alive_ms, now_ms),
        "minute": f"{minute.data:,}",
        "usual": t("feeds.learning") if figures.usual is None else _rate(figures.usual),
        "repeats": _share(minute.repeats, minute.data),
        "refused": _share(minute.refused, minute.data),
    }


def _state(row: FeedRow, zone: ZoneInfo) -> Markup:
    health = row.health
    said = t(f"feeds.state.{health.state}")
    if health.state != OK:
        name = "feeds.state.since" if health.calm_ms is None else "feeds.state.calm"
        said = t(name, state=said, time=moment(health.since_ms, zone))
    lacks = t(f"feeds.lacks.{_lacks(row)}") if health.state == SILENT else ""
    more = Markup("<br><small>{}</small>").format(lacks) if lacks else Markup("")
    return Markup('<span class="feed-state {}">{}</span>{}').format(health.state, said, more)


def _lacks(row: FeedRow) -> str:
    """What a silent feed lacks; of one that gives no heartbeats it can't be said that they come."""
    lacks = row.health.lacks
    return "usual" if lacks == DATA and (row.county or not row.figures.alive_ms) else lacks


def _rate(per_minute: float) -> str:
    return f"{per_minute:,.0f}" if per_minute >= 10 else f"{per_minute:.2g}"


def _share(part: int, whole: int) -> str:
    return f"{part:,}" if not part else f"{part:,} ({part / whole:.0%})" if whole else f"{part:,}"
