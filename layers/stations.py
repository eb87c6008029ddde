"""Grid service stations, from the zoom at which a block can be told."""

from layers import palette
from layers.base import Layer, LegendItem
from layers.text import lazy_gettext as _

LAYER = Layer(
    key="stations",
    title=_("网格服务站"),
    z=455,
    painter="points",
    reads=(),
    feeds=(),
    legend=(LegendItem("station", _("网格服务站"), palette.STATION, "house"),),
    min_zoom=13.5,
    style={"table": "stations", "size_px": [10], "from_zoom": [13.5]},
    words={"title": _("网格服务站"), "line": _("{area_m2} 平方米")},
)
