"""A brief as a PDF, set by Typst from the same content as the page to print.

Typst is a compiler in a wheel: it needs no network and no browser, sets Chinese, and takes SVG as vectors.
What a brief says is handed over as JSON and never read as markup. It lets go of Python's lock while it works,
so a web worker goes on meanwhile (see `aside`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import orjson
import typst

from dashboard.views.brief.model import Brief
from dashboard.views.charts.themes import PAPER_FONTS

TEMPLATE = Path(__file__).with_name("brief.typ")
FAMILIES = tuple(name for name in PAPER_FONTS.split(", ") if name != "sans-serif")
"""Typefaces that can write Chinese, the first that there is is taken."""


class NoFontError(Exception):
    """No Chinese typeface is installed where the server runs."""


@cache
def fonts() -> typst.Fonts:
    """The system's fonts, looked for once in a process; meanwhile no other thread of Python runs."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)


def chinese_fonts(known: typst.Fonts) -> tuple[str, ...]:
    """Which of `FAMILIES` are there; raises `NoFontError` for none."""
    there = set(known.families())
    found = tuple(family for family in FAMILIES if family in there)
    if not found:
        raise NoFontError
    return found


def pdf_of(brief: Brief) -> bytes:
    """The PDF; raises `NoFontError` where no Chinese typeface is. Takes some tenths of a second."""
    told = {**brief.to_dict(), "fonts": chinese_fonts(fonts())}
    return bytes(
        typst.compile(
            TEMPLATE,
            root=TEMPLATE.parent,
            font_paths=fonts(),
            format="pdf",
            sys_inputs={"brief": orjson.dumps(told).decode()},
        )
    )
