"""The wall's skeleton: header, banner, the map, and a section for each panel that the scripts fill."""

from __future__ import annotations

from typing import Any

import dash_leaflet as dl
import dash_mantine_components as dmc
from dash import html

from dashboard.views import theme
from dashboard.views.asking import own_place
from dashboard.views.attributes import attributes
from dashboard.views.ids import Id, WallId
from dashboard.views.map_panel import ZOOMS, bounds_of
from dashboard.views.places import name_of
from dashboard.views.services import Services
from dashboard.views.texts import t
from layers import discover, palette

PANELS: tuple[tuple[WallId, str], ...] = (
    (WallId.INDEX, "card.score"),
    (WallId.RANKING, "wall.ranking"),
    (WallId.YESTERDAY, "wall.scene.yesterday"),
    (WallId.CASE, "wall.case"),
    (WallId.CASES, "wall.cases"),
    (WallId.LOOP, "wall.loop"),
    (WallId.RINGS, "wall.rings"),
    (WallId.GAPS, "wall.gaps"),
    (WallId.WATCH, "wall.watch"),
    (WallId.HELD, "wall.scene.case"),
)
"""Each panel beside the map and the text that names it; assets/wall.css says where it stands."""


def layout(services: Services) -> dmc.MantineProvider:
    """The whole page in the language of the request."""
    return dmc.MantineProvider(
        html.Div(
            [
                _header(services),
                html.Main([_map_panel(services), *(_panel(*row) for row in PANELS)], className="wall"),
                html.Div(id=WallId.BANNER, className="wall-banner", role="alert", hidden=True),
            ],
            className="kite wall-page",
        ),
        theme=theme.MANTINE,
        forceColorScheme="dark",
    )


def _header(services: Services) -> html.Header:
    synthetic = any(services.pack.manifest.get("synthetic", {}).values())
    return html.Header(
        [
            html.H1(t("wall.title", place=name_of(services, own_place(services))), id=WallId.TITLE),
            html.Span(t("wall.name"), id=WallId.SCENE, className="wall-scene"),
            html.Span(
                t("header.simulated"), id=WallId.SIMULATED, className="badge", hidden=not services.simulated()
            ),
            html.Span(t("header.synthetic"), className="badge", hidden=not synthetic),
            html.Span(className="grow"),
            html.Div(id=WallId.FEEDS, className="wall-feeds"),
            html.Time(id=WallId.CLOCK, className="wall-clock"),
        ],
        className="wall-header",
    )


def _panel(panel: WallId, text: str) -> html.Section:
    return html.Section(id=panel, className=f"panel wall-panel {panel}", **attributes(aria_label=t(text)))


def _map_panel(services: Services) -> html.Section:
    return html.Section(
        [
            html.Div(_map(services), className="wall-map-frame"),
            html.Div(
                [_legend(services), html.Div(id=WallId.ALARMS, className="wall-alarms")],
                className="wall-foot",
            ),
        ],
        id=WallId.MAP,
        className="wall-map",
        **attributes(aria_label=t("map.label")),
    )


def _map(services: Services) -> dl.Map:
    """The map without any control: nobody is there to use it."""
    settings = services.settings
    tiles = [dl.TileLayer(url=settings.tile_url, attribution=settings.tile_attribution)]
    return dl.Map(
        [*(tiles if settings.tile_url else ()), *(layer.component() for layer in discover())],
        id=Id.MAP,
        className="map",
        bounds=bounds_of(services.pack, own_place(services)),
        boundsOptions={"padding": [16, 16]},
        minZoom=ZOOMS[0],
        maxZoom=ZOOMS[1],
        zoomSnap=0.05,
        zoomControl=False,
        dragging=False,
        scrollWheelZoom=False,
        doubleClickZoom=False,
        boxZoom=False,
        keyboard=False,
        attributionControl=bool(settings.tile_url),
        trackViewport=False,
    )


def _legend(services: Services) -> html.Ul:
    """The levels as the map paints them, each with its numeral, its name and where it begins."""
    cuts = [t("level.from", cut=f"{cut:g}") for cut in services.cuts]
    marks = [*cuts, t("level.below", cut=f"{services.cuts[-1]:g}")]
    rows: list[Any] = [
        html.Li([
            html.Span(level.numeral, className="wall-sign", style={"--sign": level.painted}),
            html.Span(f"{t(f'level.{level.number}')} {mark}"),
        ])
        for level, mark in zip(palette.LEVELS[1:], marks, strict=True)
    ]  # fmt: skip
    hatched = html.Span(className="wall-sign hatched")
    return html.Ul([*rows, html.Li([hatched, html.Span(t("wall.hatched"))])], className="legend")
