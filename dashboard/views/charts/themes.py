"""The two looks of a drawing: on the dark page, and on the white paper of a brief.

The colours of levels are those of `layers.palette`. On paper they are of the same hues and run from light to
dark, so that a brief printed without colours still tells a red place from a blue one.
"""

from __future__ import annotations

from dataclasses import dataclass

from layers import palette

PAPER_FONTS = "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif"
"""Chinese typefaces of the systems in use, as an SVG names them: a drawing on paper has no page around it."""


@dataclass(frozen=True)
class Theme:
    """The colours of a drawing, and its typefaces; without `fonts` it takes those of the page around it.

    `levels` and `signals` go by the number of a level (0 unknown, 1 blue … 4 red): what an area is filled
    with, and what a line or a mark is drawn in. `heat`: the fill of the least and of the most of something.
    """

    name: str
    ground: str
    text: str
    text_second: str
    text_faint: str
    hairline: str
    neutral: str
    worse: str
    better: str
    before: str
    border: str
    border_thin: str
    heat: tuple[str, str]
    levels: tuple[str, ...]
    signals: tuple[str, ...]
    series: tuple[str, ...]
    fonts: str = ""


DARK = Theme(
    name="dark",
    ground=palette.PANEL,
    text=palette.TEXT,
    text_second=palette.TEXT_SECOND,
    text_faint=palette.TEXT_FAINT,
    hairline=palette.HAIRLINE,
    neutral="#5C6773",
    worse=palette.LEVELS[4].colour,
    better=palette.LEVELS[1].colour,
    before=palette.BORDER_STRONG,
    border=palette.BORDER_STRONG,
    border_thin=palette.BORDER_DARK,
    heat=("#20262D", palette.HEAT),
    levels=tuple(level.painted for level in palette.LEVELS),
    signals=tuple(level.colour for level in palette.LEVELS),
    series=(
        palette.TEXT,
        palette.UNIT_FREE,
        palette.STATION,
        palette.CENTRE,
        palette.COMPANY,
        palette.UNIT_ON_SCENE,
    ),
)

PAPER = Theme(
    name="paper",
    ground="#FFFFFF",
    text="#1B1F24",
    text_second="#4A5560",
    text_faint="#66707B",
    hairline="#D5DBE1",
    neutral="#9AA5B0",
    worse=palette.LEVELS[4].colour,
    better="#2F7FB5",
    before="#4A5560",
    border="#39424C",
    border_thin="#FFFFFF",
    heat=("#F3F5F7", "#C8631A"),
    levels=("#EEF1F4", "#DDEEF8", "#EBD463", "#DE8F1E", "#B84500"),
    signals=("#66707B", "#1F77AE", "#8A7A00", "#A86400", "#B84A00"),
    series=("#1B1F24", "#1F77AE", "#2F7D62", "#7A5CA8", "#86683A", "#A0527E"),
    fonts=PAPER_FONTS,
)
