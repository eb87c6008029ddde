"""Asking why a score is what it is: its interval, its families, and what moved it most, in words."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, dcc, html

from callbacks.gate import region_to_show
from dashboard.domain.case_types import FAMILIES
from dashboard.views.addresses import region_path
from dashboard.views.ids import Id
from dashboard.views.places import full_name
from dashboard.views.rings import rings_note
from dashboard.views.services import Profile, Reason, Services
from dashboard.views.texts import t

SHOWN = 4
"""Reasons listed; the rest is in the families' bars."""
DAY_HOURS, HOUR_MS = 24, 3_600_000


def register(app: Dash, services: Services) -> None:
    """From the server, on a change of region and slowly after that."""

    @app.callback(
        Output(Id.PROFILE, "data"),
        Output(Id.REASONS, "children"),
        Output(Id.FORMULA, "children"),
        Output(Id.RINGS, "children"),
        Input(Id.PLACE, "data"),
        Input(Id.SLOW_CLOCK, "n_intervals"),
    )
    def explain(place: dict[str, Any] | None, _ticks: int | None) -> tuple[Any, Any, Any, Any]:
        return explanation(services, place)


def explanation(services: Services, place: dict[str, Any] | None) -> tuple[Any, Any, Any, Any]:
    """(the profile for the page's scripts, the reasons as a list, the formula's version, the rings)."""
    region = region_to_show(services, place)
    if region is None:
        return None, [], "", ""
    code = services.pack.regions.code[region]
    profile = services.region_profile(code)
    reasons = [_reason(services, region, reason) for reason in profile["reasons"][:SHOWN]]
    return (
        _for_page(profile, _day_ago(services, code)),
        reasons or [html.Li(t("why.none"), className="note")],
        t("why.formula", version=profile["formula"]),
        rings_note(services.ring_integrity(code)),
    )


def _day_ago(services: Services, code: str) -> float | None:
    """The region's score of about a day ago; None where its past does not reach back so far."""
    times_ms, scores = services.region_trend(code, DAY_HOURS)
    reaches = len(times_ms) and times_ms[-1] - times_ms[0] >= (DAY_HOURS - 1) * HOUR_MS
    return scores[0] if reaches else None


def _for_page(profile: Profile, day_ago: float | None) -> dict[str, Any]:
    scores = {family["slug"]: family["score"] for family in profile["families"]}
    return {
        "code": profile["code"],
        "interval": profile["interval"],
        "day_ago": day_ago,
        "families": [scores.get(family.slug) for family in FAMILIES],
    }


def _named(what: str, place: str | None) -> dcc.Link | html.Span:
    """The name of a reason; a link to where it is, if it is at one place."""
    if place is None:
        return html.Span(what, className="what")
    return dcc.Link(what, href=region_path(place), className="what")


def _reason(services: Services, region: int, reason: Reason) -> html.Li:
    """What, of which family and where, and by how many points."""
    family = t(f"family.{reason['family']}")
    case_type, level = reason["case_type"], reason["level"]
    what = t(f"case_type.{case_type}") if case_type else t("why.family", family=family)
    place = reason["place"]
    about = [
        t("why.level", level=f"{level:02d}") if level else "",
        full_name(services, services.hierarchy.number_of(place), above=region) if place else "",
        family if case_type else "",
    ]
    said = " · ".join(part for part in about if part)
    points = reason["points"]
    return html.Li(
        [
            _named(what, place),
            html.Span(said, className="about", title=said),
            html.Span(f"{points:+.1f}".replace("-", "−"), className="points"),
        ],
        className="worse" if points < 0 else "better",
    )
