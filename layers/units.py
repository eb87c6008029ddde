"""Where grid workers and response units are, by their state; by call sign, never by name."""

from layers import palette
from layers.base import Layer, LegendItem
from layers.text import lazy_gettext as _

LAYER = Layer(
    key="units",
    title=_("队伍"),
    z=470,
    painter="units",
    reads=("units",),
    feeds=("units",),
    legend=(
        LegendItem("free", _("空闲"), palette.UNIT_FREE, "dot"),
        LegendItem("busy", _("忙碌"), palette.UNIT_BUSY, "dot", "–"),
        LegendItem("en_route", _("途中"), palette.UNIT_EN_ROUTE, "dot", "›"),
        LegendItem("on_scene", _("到场"), palette.UNIT_ON_SCENE, "dot", "•"),
    ),
    # Dots from `dot_zoom`, from `symbol_zoom` symbols, from `name_zoom` call signs.
    style={"dot_zoom": 11.5, "symbol_zoom": 14.5, "name_zoom": 16},
    words={
        "state.0": _("不在岗"),
        "state.1": _("空闲"),
        "state.2": _("忙碌"),
        "state.3": _("途中"),
        "state.4": _("到场"),
        "kind.0": _("网格员"),
        "kind.1": _("巡防"),
        "kind.2": _("消防"),
        "kind.3": _("应急"),
        "kind.4": _("调解"),
        "kind.5": _("急救"),
    },
)
