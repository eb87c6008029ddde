"""What a map layer is: one frozen description that styles the map, fills the legend and makes its pane."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import dash_leaflet as dl

from layers.text import Text

# Signs that the legend panel and the painters know how to draw.
SYMBOLS = (
    "area", "hatch", "glow", "line", "broken_line", "ring", "mark",
    "dot", "square", "diamond", "house", "shop", "gate", "eye", "dome",
)  # fmt: skip


class LayerError(ValueError):
    """A layer that can't be used; the message is one sentence that says which and why."""


@dataclass(frozen=True)
class LegendItem:
    """One class of a layer: what the legend shows and what the painter paints it with.

    `colour` is `#RRGGBB`; `symbol` one of `SYMBOLS`; `numeral` the sign that tells the class without colour
    (may be empty where the symbol alone does); `painted` the colour on the map where it is not `colour`.
    """

    key: str
    label: Text
    colour: str
    symbol: str
    numeral: str = ""
    painted: str = ""

    def to_json(self) -> dict[str, str]:
        """The item for the page, its label in the language of the request."""
        return {
            "key": self.key,
            "label": str(self.label),
            "colour": self.colour,
            "symbol": self.symbol,
            "numeral": self.numeral,
            "painted": self.painted or self.colour,
        }


@dataclass(frozen=True)
class Layer:
    """One layer of the map.

    `z` is the z-index of its pane; `painter` the module in assets/kite/layers that draws it; `reads` the
    tables (dashboard.streams.tables) whose changes repaint it; `feeds` the raw streams it lives on: the layer
    is stale once the oldest of them is older than `stale_after_s` seconds (None: the setting's). It draws
    from `min_zoom` up to, but not including, `max_zoom` (Leaflet zooms). `style` holds further numbers for
    the painter, `words` the texts that it writes on the map and in tooltips: by name, with what is filled
    in in braces.
    """

    key: str
    title: Text
    z: int
    painter: str
    reads: tuple[str, ...]
    feeds: tuple[str, ...]
    legend: tuple[LegendItem, ...]
    min_zoom: float = 0.0
    max_zoom: float = 30.0
    stale_after_s: float | None = None
    visible: bool = True
    style: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, Text] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.min_zoom >= self.max_zoom:
            raise LayerError(f"Layer {self.key!r} never draws: its min_zoom is not below its max_zoom.")
        for item in self.legend:
            if item.symbol not in SYMBOLS:
                raise LayerError(f"Layer {self.key!r}: {item.key!r} has the unknown symbol {item.symbol!r}.")

    @property
    def pane(self) -> str:
        """The name of the pane that the layer draws in."""
        return f"kite-{self.key}"

    def component(self) -> dl.Pane:
        """The Leaflet component: the layer's own pane; its painter adds itself to it in the page."""
        return dl.Pane(name=self.pane, style={"zIndex": self.z, "pointerEvents": "none"})

    def to_json(self) -> dict[str, Any]:
        """The layer for config.json, its texts in the language of the request."""
        return {
            "key": self.key,
            "title": str(self.title),
            "pane": self.pane,
            "z": self.z,
            "painter": self.painter,
            "reads": list(self.reads),
            "feeds": list(self.feeds),
            "min_zoom": self.min_zoom,
            "max_zoom": self.max_zoom,
            "stale_after_s": self.stale_after_s,
            "visible": self.visible,
            "style": dict(self.style),
            "words": {name: str(text) for name, text in self.words.items()},
            "legend": [item.to_json() for item in self.legend],
        }
