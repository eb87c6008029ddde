"""Borders of counties, towns and villages, and the names of places."""

from layers import palette
from layers.base import Layer, LegendItem
from layers.text import lazy_gettext as _

LAYER = Layer(
    key="boundaries",
    title=_("行政区划"),
    z=450,
    painter="boundaries",
    reads=(),
    feeds=(),
    legend=(
        LegendItem("county", _("县市区界"), palette.BORDER_STRONG, "line"),
        LegendItem("town", _("镇街界"), palette.BORDER_DARK, "line"),
    ),
    # By tier from the city down: width and opacity of its borders, and how wide a region of that tier must
    # be on the screen, in pixels, for its border and for its name. Name sizes are in the map's font size.
    style={
        "width_px": [1.6, 1.4, 1.0, 0.8],
        "opacity": [1.0, 1.0, 0.95, 0.7],
        "border_from_px": [0, 0, 14, 22],
        "name_from_px": [1e9, 44, 130, 96, 72],
        "name_until_px": [0, 2600, 2600, 2600, 1e9],
        "name_em": [1.6, 1.4, 1.1, 0.95, 0.8],
    },
)
