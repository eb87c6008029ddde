"""Units: their states and kinds. A unit is a call sign, never a person."""

from __future__ import annotations

STATES: dict[str, tuple[int, str]] = {
    "off": (0, "不在岗"),
    "free": (1, "待命"),
    "busy": (2, "处置中"),
    "en_route": (3, "途中"),
    "on_scene": (4, "到场"),
}
"""Number on the wire and Chinese name of each state."""
OFF, FREE, BUSY, EN_ROUTE, ON_SCENE = range(5)

KINDS: tuple[tuple[str, str], ...] = (
    ("grid_worker", "网格员"),
    ("patrol", "巡防"),
    ("fire", "消防"),
    ("emergency", "应急"),
    ("mediation", "调解"),
    ("medical", "急救"),
)
"""Slug and Chinese name of each kind; a kind's number is its position."""
