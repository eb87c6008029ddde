"""Community property companies."""

from layers import palette
from layers.base import Layer, LegendItem
from layers.text import lazy_gettext as _

LAYER = Layer(
    key="companies",
    title=_("红色物业"),
    z=456,
    painter="points",
    reads=(),
    feeds=(),
    legend=(LegendItem("company", _("社区物业公司"), palette.COMPANY, "shop"),),
    min_zoom=12,
    style={"table": "companies", "size_px": [11], "from_zoom": [12]},
    words={"title": _("社区物业公司"), "line": _("红色管家 {helpers} 人 · 老旧小区 {served} / {estates}")},
)
