"""Open cases: the grave ones as rings at every zoom, the others as marks from nearer on."""

from dashboard.domain.case_types import CASE_TYPES
from dashboard.domain.commands import STATES
from layers import palette
from layers.base import Layer, LegendItem
from layers.text import in_both
from layers.text import lazy_gettext as _

_WORDS = {"01": _("特别重大"), "02": _("重大"), "03": _("较大"), "04": _("一般")}

LAYER = Layer(
    key="cases",
    title=_("未结案件"),
    z=480,
    painter="cases",
    reads=("cases",),
    feeds=("reports", "commands"),
    legend=tuple(
        LegendItem(
            level.code, _WORDS[level.code], level.colour, "ring" if level.grave else "mark", level.numeral
        )
        for level in palette.CASE_LEVELS
    ),
    # Marks of levels 03 and 04 are dots from these zooms on, and carry their numeral from `numeral_zoom`.
    style={"from_zoom": [0, 0, 11.5, 12.5], "numeral_zoom": 14},
    words={
        "level": _("{level} 级 · {name}"),
        "simulated": _("模拟数据"),
        **{f"type.{row.code}": in_both(row.zh, row.en) for row in CASE_TYPES},
        **{f"state.{slug}": in_both(*names) for slug, names in STATES.items()},
    },
)
