"""Drawings as a browser reads them: parsed, and asked for their parts."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass

SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_NUMERIC = ("x", "y", "width", "height", "cx", "cy", "r", "font-size", "stroke-width")


@dataclass(frozen=True)
class Rect:
    """A rectangle, what a pointer over it is told, and its colour."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    hover: str

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def right(self) -> float:
        return self.x + self.width


def parsed(svg: str) -> ElementTree.Element:
    """The drawing's root; fails for what is not well-formed, has no title, or a size that is none."""
    root = ElementTree.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title") is not None
    left, top, width, height = map(float, str(root.get("viewBox")).split())
    assert (left, top) == (0, 0)
    assert width > 0
    assert height > 0
    assert root.get("width") is None  # it takes the room that it is given
    for part in root.iter():
        for name in _NUMERIC:
            if (value := part.get(name)) is not None:
                assert math.isfinite(float(value)), (part.tag, name, value)
                assert name in ("x", "y", "cx", "cy") or float(value) >= 0, (part.tag, name, value)
        assert not re.search(r"nan|inf|e[+-]\d", part.get("d", ""), re.IGNORECASE)
    return root


def rects(root: ElementTree.Element) -> list[Rect]:
    """All rectangles that a pointer is told something about."""
    found = []
    for part in root.iter(f"{SVG}rect"):
        title = part.find(f"{SVG}title")
        if title is not None:
            numbers = (float(part.get(name, 0)) for name in ("x", "y", "width", "height"))
            found.append(Rect(*numbers, part.get("fill", ""), title.text or ""))
    return found


def words(root: ElementTree.Element) -> list[str]:
    """What is written in the drawing."""
    return [part.text or "" for part in root.iter(f"{SVG}text")]


def texts(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """The elements of what is written."""
    return root.iter(f"{SVG}text")


def points(d: str) -> list[tuple[float, float]]:
    """The points of a path."""
    numbers = [float(text) for text in _NUMBER.findall(d)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def box(root: ElementTree.Element) -> tuple[float, float]:
    """Width and height of the drawing."""
    _, _, width, height = map(float, str(root.get("viewBox")).split())
    return width, height
