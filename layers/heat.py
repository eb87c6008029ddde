"""Where cases are happening now: a warm glow that halves every six hours."""

from layers import palette
from layers.base import Layer, LegendItem
from layers.text import lazy_gettext as _

LAYER = Layer(
    key="heat",
    title=_("案件热度"),
    z=420,
    painter="heat",
    reads=("grids",),
    feeds=("reports",),
    legend=(LegendItem("glow", _("近期案件密集"), palette.HEAT, "glow"),),
    max_zoom=16,
    # The field is `cell_px` coarse and blurred over `radius_px`; a place glows fully at the field's maximum,
    # but at no less heat than `floor`.
    style={"cell_px": 8, "radius_px": 26, "opacity": 0.62, "floor": 24.0, "half_life_h": 6},
)
