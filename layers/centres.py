"""The governance centres of four tiers: the higher the tier, the further out it shows."""

from layers import palette
from layers.base import Layer, LegendItem
from layers.text import lazy_gettext as _

LAYER = Layer(
    key="centres",
    title=_("综治中心"),
    z=460,
    painter="points",
    reads=(),
    feeds=(),
    legend=(
        LegendItem("city", _("市级中心"), palette.CENTRE, "diamond", "1"),
        LegendItem("county", _("县级中心"), palette.CENTRE, "diamond", "2"),
        LegendItem("town", _("镇街中心"), palette.CENTRE, "diamond", "3"),
        LegendItem("village", _("村居中心"), palette.CENTRE, "diamond", "4"),
    ),
    # `class_of: tier` picks the legend item by the tier of the point's region.
    style={"table": "centres", "class_of": "tier", "size_px": [16, 13, 10, 7], "from_zoom": [0, 0, 11.5, 14]},
    words={"title": _("{region}综治中心"), "line": _("工作人员 {staff} 人")},
)
