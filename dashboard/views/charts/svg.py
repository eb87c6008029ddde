"""The text of an SVG, element by element; all that is written in one passes through here and is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from dashboard.views.charts.themes import Theme

SIZE = 13.0
"""Height of the letters, in units of the drawing."""
_HALO: dict[str, str | float | None] = {
    "stroke_width": 3.0,
    "stroke_linejoin": "round",
    "paint_order": "stroke",
}
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that an XML document can't hold."""


def number(value: float) -> str:
    """A length or a place with at most two decimals, as short as it can be."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def element(tag: str, *children: str, **attributes: str | float | None) -> str:
    """An element with escaped attributes, `font_size` for font-size; those that are None are left out.

    `children` are texts of an SVG already (see `escaped`).
    """
    said = "".join(
        f" {name.rstrip('_').replace('_', '-')}={quoteattr(_written(value))}"
        for name, value in attributes.items()
        if value is not None
    )
    inner = "".join(children)
    return f"<{tag}{said}>{inner}</{tag}>" if inner else f"<{tag}{said}/>"


def _written(value: str | float) -> str:
    return _NO_XML.sub("", value) if isinstance(value, str) else number(value)


def escaped(words: str) -> str:
    """Words as they may stand in an SVG."""
    return escape(_NO_XML.sub("", words))


def hover(words: str) -> str:
    """What a pointer over the element that holds this is told."""
    return f"<title>{escaped(words)}</title>"


def text(
    words: str,
    x: float,
    y: float,
    fill: str,
    size: float = SIZE,
    anchor: str = "start",
    halo: str | None = None,
    **attributes: str | float | None,
) -> str:
    """Words on one line from, around or up to `x`, standing on `y`; `halo`: a colour around the letters."""
    around: dict[str, str | float | None] = {"stroke": halo, **_HALO} if halo else {}
    return element(
        "text",
        escaped(words),
        x=x,
        y=y,
        fill=fill,
        font_size=size,
        text_anchor=None if anchor == "start" else anchor,
        **around,
        **attributes,
    )


def path(points: Iterable[tuple[float, float]]) -> str:
    """The `d` of a line through the points."""
    return "M" + "L".join(f"{number(x)},{number(y)}" for x, y in points)


def drawing(width: float, height: float, theme: Theme, title: str, *parts: str) -> str:
    """The whole SVG. It has no width of its own: it takes what the page or the paper gives it."""
    return element(
        "svg",
        hover(title),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        aria_label=title,
        font_family=theme.fonts or None,
        font_size=SIZE,
    )


def blank(width: float, theme: Theme, title: str, nothing: str) -> str:
    """A drawing of nothing: the sentence that says so."""
    sentence = text(nothing, width / 2, 36.0, theme.text_second, anchor="middle")
    return drawing(width, 60.0, theme, title, sentence)
