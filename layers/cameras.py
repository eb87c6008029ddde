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
    # A dot is 1, 2, 3 pixels wide from these zooms on; symbols from `symbol_zoom`; counts per
    # place are written under the names between `count_zooms`.
    style={
        "dot_zooms": [0, 12.5, 14],
        "dot_opacity": [0.26, 0.6, 0.85],
        "symbol_zoom": 15.5,
        "count_zooms": [0, 15.5],
    },
    words={
        "note": _("监控 {online}/{networked}"),
        "title": _("监控 {number}"),
        "status.0": _("状态未知"),
        "status.1": _("在线"),
        "status.2": _("离线"),
        "status.3": _("故障"),
        "status.4": _("未联网"),
        "kind.0": _("普通监控"),
        "kind.1": _("出入口抓拍"),
        "kind.2": _("增强现实"),
        "kind.3": _("高空瞭望"),
        "ring.1": _("市际圈卡口"),
        "ring.2": _("县际圈卡口"),
        "ring.3": _("派出所圈卡口"),
    },
)
