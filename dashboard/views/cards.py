"""The four figures of a region, and the panel that says why its score is what it is."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.domain.case_types import FAMILIES
from dashboard.views.attributes import attributes
from dashboard.views.choices import choice
from dashboard.views.ids import Id, LeaderId, family_bar, family_level, family_score
from dashboard.views.moved import SINCES
from dashboard.views.texts import t

FIRST_SINCE = "week"
OWN_SCORE = attributes(data_explain="")
"""What opens the explanation of the page's own region (`assets/views/explain.js`)."""


def cards() -> html.Div:
    """Score, open cases, cameras and rings, units; filled in by the page's scripts, their room reserved."""
    return html.Div(
        [
            _card(
                Id.SCORE_CARD,
                "card.score",
                Id.SCORE,
                (Id.SCORE_NOTE, Id.SCORE_CHANGE, Id.SCORE_FLAG),
                html.Span(id=Id.SCORE_LEVEL),
            ),
            _card(Id.CASES_CARD, "card.cases", Id.CASES, (Id.CASES_NOTE, Id.CASES_GRAVE, Id.CASES_OTHERS)),
            _card(Id.CAMERAS_CARD, "card.cameras", Id.CAMERAS, (Id.CAMERAS_NOTE, Id.CAMERAS_OFF, Id.RINGS)),
            _card(Id.UNITS_CARD, "card.units", Id.UNITS, (Id.UNITS_NOTE, Id.UNITS_SHARE, Id.UNITS_PEOPLE)),
        ],
        className="cards",
    )


def _card(
    card: Id, title: str, value: Id, notes: tuple[Id, ...], beside: html.Span | None = None
) -> html.Section:
    """A large figure with what stands `beside` it, and lines of notes below; the score's can be clicked."""
    figure: list[Any] = [html.Span(t("value.none"), id=value, className="value"), beside]
    if value == Id.SCORE:
        help_ = t("explain.this")
        figure = [html.Button(figure, type="button", className="figure-button", title=help_, **OWN_SCORE)]
    return html.Section(
        [
            html.H2(t(title)),
            html.P(figure, className="figure"),
            *(html.P(id=note, className="note") for note in notes),
        ],
        id=card,
        className="panel card waiting",
    )


def why() -> html.Section:
    """The families' scores as bars, what moved the score as a waterfall, and the cases or reasons for it."""
    return html.Section(
        [
            html.Div(
                [
                    html.H2(t("why.title.none"), id=Id.WHY_TITLE),
                    html.Span(id=LeaderId.MOVED_NOTE, className="moved-note"),
                    html.Span(className="grow"),
                    choice(LeaderId.SINCE, {one: t(f"since.{one}") for one in SINCES}, FIRST_SINCE),
                    html.Span(id=Id.FORMULA, className="note"),
                    html.Button(t("explain.open"), type="button", className="text-button", **OWN_SCORE),
                ],
                className="panel-head",
            ),
            html.Div([_family(family.slug) for family in FAMILIES], className="families"),
            html.Div(id=LeaderId.MOVED_GRAPH, className="drawing moved"),
            html.Ol(id=Id.REASONS, className="reasons"),
            html.Ol(id=LeaderId.MOVED_CASES, className="reasons plain scroll", hidden=True),
        ],
        id=Id.WHY_PANEL,
        className="panel why",
    )


def _family(slug: str) -> html.Div:
    return html.Div(
        [
            html.Span(id=family_level(slug), className="numeral"),
            html.Span(t(f"family.{slug}"), className="name"),
            html.Span(html.Span(id=family_bar(slug), className="fill"), className="bar"),
            html.Span(t("value.none"), id=family_score(slug), className="score"),
        ],
        className="row family",
    )
