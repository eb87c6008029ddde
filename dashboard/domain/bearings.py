"""Which way something lies from a middle, in eight directions: how a stretch of border is named."""

from __future__ import annotations

from math import atan2, pi

BEARINGS: dict[str, tuple[str, str]] = {
    "e": ("东", "east"),
    "ne": ("东北", "north-east"),
    "n": ("北", "north"),
    "nw": ("西北", "north-west"),
    "w": ("西", "west"),
    "sw": ("西南", "south-west"),
    "s": ("南", "south"),
    "se": ("东南", "south-east"),
}
"""Slug → Chinese and English name, anticlockwise from the east."""

_SLUGS = tuple(BEARINGS)


def bearing(east: float, north: float) -> str:
    """The slug of the direction of a vector, each within 22.5 degrees of its axis; "" for no way at all.

    Map units are those of web mercator, which keeps angles, so vectors of them can be given as they are.
    """
    if not (east or north):
        return ""
    eighths = round(atan2(north, east) / (pi / 4))
    return _SLUGS[eighths % len(_SLUGS)]
