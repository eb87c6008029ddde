"""The map, its legend and its layer switches, all from the layers that are found in `layers/`."""

from __future__ import annotations

from typing import Any

import dash_leaflet as dl
import dash_mantine_components as dmc
import numpy as np
from dash import dcc, html

from dashboard.views.asking import own_place
from dashboard.views.attributes import attributes
from dashboard.views.ids import Id, layer_switch
from dashboard.views.services import Services
from dashboard.views.texts import t
from layers import Layer, LegendItem, discover, palette

INDEX_LAYER = "grids"
"""The layer whose legend is always in sight."""
ZOOMS = (7.0, 18.0)


def map_panel(services: Services) -> html.Section:
    """The map with everything that lies on it."""
    layers = discover()
    return html.Section(
        [
            _map(services, layers),
            _layers_panel(layers),
            html.Div(
                [_index_legend(services, layers), _derived_tag(services)],
                className="map-legend",
                id=Id.LEGEND,
                role="group",
                **attributes(aria_label=t("map.legend")),
            ),
            dcc.Store(id=Id.SWITCHES),
        ],
        className="panel map-panel",
        **attributes(aria_label=t("map.label")),
    )


def _map(services: Services, layers: tuple[Layer, ...]) -> dl.Map:
    settings = services.settings
    tiles = [dl.TileLayer(url=settings.tile_url, attribution=settings.tile_attribution)]
    return dl.Map(
        [
            *(tiles if settings.tile_url else ()),
            *(layer.component() for layer in layers),
            dl.ScaleControl(position="bottomright", metric=True, imperial=False),
            dl.ZoomControl(position="bottomright"),
        ],
        id=Id.MAP,
        className="map",
        bounds=bounds_of(services.pack, own_place(services)),
        boundsOptions={"padding": [16, 16]},
        minZoom=ZOOMS[0],
        maxZoom=ZOOMS[1],
        zoomSnap=0.25,
        zoomControl=False,
        attributionControl=bool(settings.tile_url),
        # The view is the map's own; a callback to the server for every pan would help nobody.
        trackViewport=False,
    )


def bounds_of(pack: Any, region: int) -> list[list[float]]:
    """[[south, west], [north, east]] of a region in degrees."""
    corners = pack.regions.bbox[region].reshape(2, 2)
    lon, lat = pack.to_lonlat(corners)
    return [[float(lat[0]), float(lon[0])], [float(lat[1]), float(lon[1])]]


def _index_legend(services: Services, layers: tuple[Layer, ...]) -> html.Ul:
    """The levels of the index with their numerals and cuts."""
    cuts = dict(zip((level.key for level in palette.LEVELS[1:]), services.cuts, strict=False))
    items = next((layer.legend for layer in layers if layer.key == INDEX_LAYER), ())
    return html.Ul([_legend_item(item, _cut(cuts.get(item.key))) for item in items], className="legend")


def _cut(cut: float | None) -> str:
    return "" if cut is None else t("level.from", cut=f"{cut:g}")


def _legend_item(item: LegendItem, note: str = "") -> html.Li:
    """One class: its sign as the map draws it, its numeral, its name."""
    words = [word for word in (item.numeral if item.numeral.isdigit() else "", str(item.label), note) if word]
    return html.Li([_sign(item), html.Span(" ".join(words))])


def _sign(item: LegendItem) -> html.Span:
    shown = item.painted or item.colour
    return html.Span(
        item.numeral if item.symbol in ("ring", "mark", "diamond") else None,
        className=f"sign sign-{item.symbol.replace('_', '-')}",
        # The colour is data, not design: it is the painter's own.
        style={"--sign": shown},
    )


def _derived_tag(services: Services) -> html.Span:
    """Says which tiers' borders on the map were made, not surveyed."""
    regions = services.pack.regions
    tiers = [t(f"tier.{tier}") for tier in range(5) if np.any(regions.derived[regions.tier == tier])]
    said = t("map.derived.help", tiers=t("header.and").join(tiers))
    return html.Span(t("map.derived"), className="tag", title=said, hidden=not tiers)


def _layers_panel(layers: tuple[Layer, ...]) -> dmc.Popover:
    """The button that opens all layers: each with its switch and its legend."""
    return dmc.Popover(
        [
            dmc.PopoverTarget(
                dmc.Button(t("map.layers"), size="xs", className="layers-button"),
                boxWrapperProps={"className": "map-tools"},
            ),
            dmc.PopoverDropdown(
                html.Ul([_layer_row(layer) for layer in reversed(layers)], className="layer-list"),
                className="layers-panel",
            ),
        ],
        position="bottom-end",
        withinPortal=False,
        keepMounted=True,
        trapFocus=True,
        offset=6,
    )


def _layer_row(layer: Layer) -> html.Li:
    """The switch, and a list that the page fills with the layer's legend (assets/kite/legends.mjs)."""
    legend: dict[str, Any] = {"data-legend": layer.key}
    return html.Li(
        [
            dmc.Switch(
                id=layer_switch(layer.key),
                label=str(layer.title),
                checked=layer.visible,
                size="xs",
                persistence=True,
                persistence_type="local",
            ),
            html.Ul(className="legend", **legend) if len(layer.legend) > 1 else None,
        ]
    )
