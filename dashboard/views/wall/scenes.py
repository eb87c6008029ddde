"""The playlist of the wall as a table: which scenes follow one another, and what interrupts them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

OWN, WORST = "own", "worst"
"""Which regions a scene is about: the one that the screen is told of; its red parts, or the worst one."""
LIVE = ("grids", "heat", "rings", "cameras", "boundaries", "units", "cases")
"""Layers of what changes. What always stands where it stands (centres, stations) is not for five metres."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One row of the playlist. `dwell_s` 0: not in the playlist, shown only where `?scene=` asks for it.

    `most`: at most so many regions, one after the other. `layers`: keys of the map's layers that are shown.
    """

    slug: str
    dwell_s: int
    regions: str = OWN
    most: int = 1
    layers: tuple[str, ...] = LIVE


SCENES: tuple[Scene, ...] = (
    Scene("city", 60),
    Scene("county", 20, regions=WORST, most=3),
    Scene("rings", 20, layers=("grids", "rings", "boundaries", "cases")),
    Scene("yesterday", 20),
    Scene("map", 0),
)


@dataclass(frozen=True, slots=True)
class Interruption:
    """A new case of these levels comes to the front by itself.

    It stays until it is acknowledged (its state leaves `reported`), and `settled_s` longer, but at most
    `hold_s`. Of several, each is shown for `turn_s`; a newer one at once, unless a graver one waits.
    """

    levels: tuple[int, ...] = (1, 2)
    hold_s: int = 300
    settled_s: int = 6
    turn_s: int = 15


@dataclass(frozen=True, slots=True)
class Alarms:
    """The figures of ISA-18.2: more than `flood_from` alarms in `window_s` are a flood, fewer than
    `flood_until` its end. `levels`: new cases of these levels are alarms, and become one again when they are
    overdue or get a red card.
    """

    window_s: int = 600
    flood_from: int = 10
    flood_until: int = 5
    levels: tuple[int, ...] = (1, 2)


INTERRUPTION, ALARMS = Interruption(), Alarms()


def to_json() -> dict[str, Any]:
    """The tables for the page's scripts: see `PageData` in assets/wall/words.mjs."""
    return {
        "scenes": [asdict(scene) for scene in SCENES],
        "interruption": asdict(INTERRUPTION),
        "alarms": asdict(ALARMS),
    }
