"""Colours and type for Mantine, tables and the stylesheets, all from the one palette."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from layers import palette

FONTS = (
    '"Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif'
)
"""Chinese typefaces of the systems in use; none is fetched."""

_VARIABLES = {
    "ground": palette.GROUND,
    "panel": palette.PANEL,
    "raised": palette.RAISED,
    "hairline": palette.HAIRLINE,
    "text": palette.TEXT,
    "text-second": palette.TEXT_SECOND,
    "text-faint": palette.TEXT_FAINT,
    "alarm": palette.ALARM,
    "hatch": palette.HATCH,
    "accent": palette.UNIT_FREE,
    **{f"level-{level.number}": level.colour for level in palette.LEVELS},
    **{f"case-{number}": level.colour for number, level in enumerate(palette.CASE_LEVELS, 1)},
}

# Mantine's `dark` runs from the lightest text (0) to the darkest ground (9).
_DARK = [
    palette.TEXT,
    palette.TEXT_SECOND,
    palette.TEXT_FAINT,
    "#4A5560",
    palette.HAIRLINE,
    palette.RAISED,
    palette.PANEL,
    palette.PANEL,
    palette.GROUND,
    palette.GROUND,
]
_BLUE = ["#EAF5FC", "#D3EAF8", "#A9D6F1", "#7CC1EB", "#56B4E9", "#3C8FC0", "#2F6FA0", "#285B82", "#1F4764",
         "#173448"]  # fmt: skip

MANTINE: dict[str, Any] = {
    "fontFamily": FONTS,
    "headings": {"fontFamily": FONTS},
    "colors": {"dark": _DARK, "kite": _BLUE},
    "primaryColor": "kite",
    "primaryShade": {"dark": 6, "light": 6},
    "black": palette.GROUND,
    "white": palette.TEXT,
    "defaultRadius": "sm",
    "cursorType": "pointer",
}


_AG_GRID = {
    "backgroundColor": "transparent",
    "foregroundColor": palette.TEXT,
    "headerBackgroundColor": "transparent",
    "headerTextColor": palette.TEXT_SECOND,
    "headerFontWeight": 400,
    "borderColor": palette.HAIRLINE,
    "rowHoverColor": palette.RAISED,
    "selectedRowBackgroundColor": palette.RAISED,
    "accentColor": palette.UNIT_FREE,
    "browserColorScheme": "dark",
    "fontFamily": "inherit",
    "fontSize": "0.8125rem",
    "iconSize": "0.875rem",
    "rowHeight": "2rem",
    "headerHeight": "2rem",
    "spacing": "0.375rem",
    "cellHorizontalPadding": "0.5rem",
    "wrapperBorder": False,
    "wrapperBorderRadius": 0,
    "columnBorder": False,
    "headerColumnBorder": False,
    "headerColumnResizeHandleColor": palette.HAIRLINE,
    "tooltipBackgroundColor": palette.RAISED,
    "tooltipTextColor": palette.TEXT,
}
AG_GRID = {"function": f"themeQuartz.withParams({json.dumps(_AG_GRID)})"}
"""The theme of tables, as dash-ag-grid takes it."""


def css_variables(cuts: Sequence[float], bar_from: float) -> str:
    """The palette, the fonts and the places of the level cuts on a bar, as the `:root` rule of the page.

    A page without bars has no cuts.
    """
    rules = {f"--kite-{name}": value for name, value in _VARIABLES.items()}
    rules["--kite-fonts"] = FONTS
    for name, cut in zip(("blue", "yellow", "orange"), cuts, strict=False):
        rules[f"--kite-cut-{name}"] = f"{bar_share(cut, bar_from):.2%}"
    return ":root{" + "".join(f"{name}:{value};" for name, value in rules.items()) + "}"


def bar_share(score: float, bar_from: float) -> float:
    """How much of its bar a score fills: bars start at `bar_from`, as what is of interest lies above."""
    return min(1.0, max(0.0, (score - bar_from) / (100.0 - bar_from)))
