"""The safety index of every grid as a choropleth: quiet where it is good, speaking where it isn't."""

from layers import palette
from layers.base import Layer, LegendItem
from layers.text import lazy_gettext as _

_WORDS = {"blue": _("蓝"), "yellow": _("黄"), "orange": _("橙"), "red": _("红"), "unknown": _("未知")}

LAYER = Layer(
    key="grids",
    title=_("平安指数"),
    z=410,
    painter="grids",
    reads=("regions",),
    feeds=("reports",),
    legend=(
        *(
            LegendItem(level.key, _WORDS[level.key], level.colour, "area", level.numeral, level.painted)
            for level in palette.LEVELS
            if level.number
        ),
        LegendItem("hatched", _("样本不足"), palette.HATCH, "hatch"),
    ),
    # Borders of single grids show once a grid is wider than `border_px`.
    style={
        "border_px": 9,
        "border_opacity": 0.45,
        "hatch_opacity": 0.3,
        "dim_opacity": 0.5,
        "hover_opacity": 0.1,
    },
    # The tooltip of a region.
    words={
        "score": _("平安指数 {score} · {numeral} {level}"),
        "no_score": _("平安指数尚未算出"),
        "outside": _("不在您的辖区，没有数据"),
        "open": _("未结案件 {count}"),
        "cameras": _("监控在线 {online} / {networked}"),
        "units": _("在岗队伍 {count}"),
        "hatched": _("样本不足，得分仅供参考"),
        "capped": _("有未结的 01 级案件，封顶 69"),
        "derived": _("边界由公开资料推导"),
    },
)
