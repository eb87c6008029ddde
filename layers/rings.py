"""The three perimeters: stretches guarded by an online checkpoint as lines, gaps broken."""

from layers import palette
from layers.base import Layer, LegendItem
from layers.text import lazy_gettext as _

LAYER = Layer(
    key="rings",
    title=_("三圈防控"),
    z=430,
    painter="rings",
    reads=("cameras",),
    feeds=("cameras",),
    legend=(
        LegendItem("city", _("市际圈"), palette.RING_CITY, "line", "1"),
        LegendItem("county", _("县际圈"), palette.RING_COUNTY, "line", "2"),
        LegendItem("police", _("派出所圈"), palette.RING_POLICE, "line", "3"),
        LegendItem("gap", _("缺口"), palette.ALARM, "broken_line", "×"),
    ),
    # Per ring (city, county, police): width of its line and the zoom from which it draws.
    style={"width_px": [4, 3.5, 3], "from_zoom": [0, 0, 11], "gap_sign_px": 5},
)
