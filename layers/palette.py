"""Every colour of the product, and the sign that goes with each class so that colour is never the only one.

Levels are Okabe-Ito colours, told apart by the colour-blind; on the map the good ones are painted faint, so
that only what is wrong speaks. Surfaces are the dark ones of the drawings.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

# Surfaces and lines
GROUND = "#0E1216"  # behind everything, and outside the city
PANEL = "#1B1F24"
RAISED = "#2A303A"  # rows, buttons
HAIRLINE = "#2B3138"
BORDER_STRONG = "#8B98A5"  # city and county borders
BORDER_DARK = "#0B0F13"  # town borders and below
SELECTED = "#E6EDF3"  # outline of the region being looked at

# Text
TEXT = "#E6EDF3"
TEXT_SECOND = "#A6B1BC"
TEXT_FAINT = "#6E7A86"
HALO = "#0E1216"  # around names on the map

# Things on the map
ALARM = "#FF7A33"  # critical cases, gaps, what is overdue
ONLINE = "#7E8C99"
OFFLINE = "#FF7A33"
NOT_NETWORKED = "#4A5560"
UNIT_FREE = "#56B4E9"
UNIT_BUSY = "#C9D1D9"
UNIT_EN_ROUTE = "#009E73"
UNIT_ON_SCENE = "#CC79A7"
CENTRE = "#C7B8EA"
STATION = "#8FB8A8"
COMPANY = "#B8A88F"
HEAT = "#FFB070"
RING_CITY = "#47769C"
RING_COUNTY = "#3C617F"
RING_POLICE = "#365066"


@dataclass(frozen=True)
class Level:
    """One level of the safety index: its number on the wire, signal colour, colour on the map and numeral."""

    number: int
    key: str
    colour: str
    painted: str
    numeral: str


# Painted: blue, yellow and orange faint, red speaking, and all four apart for the colour-blind as well
# (tests/layers/test_vision.py).
LEVELS = (
    Level(0, "unknown", "#6E7A86", "#20262D", "–"),
    Level(1, "blue", "#56B4E9", "#192F3C", "1"),
    Level(2, "yellow", "#F0E442", "#48441C", "2"),
    Level(3, "orange", "#E69F00", "#865300", "3"),
    Level(4, "red", "#D55E00", "#D55E00", "4"),
)


@dataclass(frozen=True)
class CaseLevel:
    """One level of a case (01 most grave): its colour and the numeral inside its mark."""

    code: str
    colour: str
    numeral: str
    grave: bool


CASE_LEVELS = (
    CaseLevel("01", ALARM, "1", True),
    CaseLevel("02", "#E69F00", "2", True),
    CaseLevel("03", "#C9D1D9", "3", False),
    CaseLevel("04", "#8B98A5", "4", False),
)

HATCH = "#3A414A"  # the stripes of the legend's swatch for "too little behind it"


def to_json() -> dict[str, Any]:
    """The colours that the page's painters need, by name."""
    return {
        "ground": GROUND,
        "border_strong": BORDER_STRONG,
        "border_dark": BORDER_DARK,
        "selected": SELECTED,
        "text": TEXT,
        "text_second": TEXT_SECOND,
        "halo": HALO,
        "alarm": ALARM,
        "hatch": HATCH,
        "levels": [asdict(level) for level in LEVELS],
        "case_levels": [asdict(level) for level in CASE_LEVELS],
    }
