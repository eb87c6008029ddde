"""All cameras: single pixels far out, symbols near, online and offline told apart by colour and shape."""

from layers import palette
from layers.base import Layer, LegendItem
from layers.text import lazy_gettext as _

LAYER = Layer(
    key="cameras",
    title=_("视频监控"),
    z=440,
    painter="cameras",
    reads=("cameras",),
    feeds=("cameras",),
    legend=(
        LegendItem("online", _("在线"), palette.ONLINE, "square"),
        LegendItem("offline", _("离线或故障"), palette.OFFLINE, "square", "×"),
        LegendItem("not_networked", _("未联网"), palette.NOT_NETWORKED, "square", "·"),
        LegendItem("gate", _("出入口抓拍"), palette.ONLINE, "gate"),
        LegendItem("eye", _("增强现实"), palette.ONLINE, "eye"),
        LegendItem("dome", _("高空瞭望"), palette.ONLINE, "dome"),
    ),
    # A dot is 1, 2, 3 pixels wide from these zooms on; symbols from `symbol_zoom`; counts per place between.
    style={
        "dot_zooms": [0, 12.5, 14],
        "dot_opacity": [0.3, 0.6, 0.85],
        "symbol_zoom": 15.5,
        "count_zooms": [10.5, 15.5],
    },
)
