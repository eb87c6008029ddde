"""The palette as colour-blind readers see it: how far apart its classes are, and that each has another sign.

Seen through `colorspacious`: the simulation of Machado, Oliveira and Fernandes (2009, "A physiologically-
based model for simulation of color vision deficiency") at full strength, and distances in CAM02-UCS (Luo, Cui
and Li 2006), in which 1 is about the least difference that an eye sees side by side.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE

from layers import discover, palette

SIGHTS = ("normal", "deuteranomaly", "protanomaly", "tritanomaly")
LEAST = 10.0
"""Two classes of one legend are told apart from five metres."""
LEAST_ON_GROUND = 25.0
"""A signal is seen on what lies behind it."""
LEVELS = {level.key: level.colour for level in palette.LEVELS[1:]}
CASES = {level.code: level.colour for level in palette.CASE_LEVELS}
RINGS = {"watched": palette.RING_CITY, "gap": palette.ALARM}
CAMERAS = {"online": palette.ONLINE, "offline": palette.OFFLINE}
SETS = {
    "levels": LEVELS,
    "painted levels": {level.key: level.painted for level in palette.LEVELS[1:]},
    "rings": RINGS,
    "cameras": CAMERAS,
}


def seen(colour: str, sight: str) -> np.ndarray:
    """sRGB, 0 … 1, of `#RRGGBB` as somebody with this sight sees it."""
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    if sight == "normal":
        return rgb
    space = {"name": "sRGB1+CVD", "cvd_type": sight, "severity": 100}
    return np.clip(cspace_convert(rgb, space, "sRGB1"), 0, 1)


def apart(one: str, other: str, sight: str) -> float:
    return float(deltaE(seen(one, sight), seen(other, sight), input_space="sRGB1", uniform_space="CAM02-UCS"))


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("name", SETS)
def test_classes_are_told_apart_by_every_sight(name: str, sight: str) -> None:
    found = {
        f"{a} {b}": round(apart(SETS[name][a], SETS[name][b], sight), 1)
        for a, b in combinations(SETS[name], 2)
    }
    print(name, sight, found)
    assert {pair: distance for pair, distance in found.items() if distance < LEAST} == {}


def test_marks_of_cases_carry_their_numeral_where_their_colours_are_close() -> None:
    """01 and 02 are nearly one colour under deuteranopia: the numeral in their mark tells them apart."""
    (cases,) = [layer for layer in discover() if layer.key == "cases"]
    for a, b in combinations(cases.legend, 2):
        if min(apart(a.colour, b.colour, sight) for sight in SIGHTS) < LEAST:
            assert a.numeral != b.numeral
            assert {a.symbol, b.symbol} <= {"ring", "mark"}


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("ground", [palette.GROUND, palette.PANEL], ids=["ground", "panel"])
def test_signals_stand_out_from_what_is_behind_them(ground: str, sight: str) -> None:
    signals = {**LEVELS, **CASES, "alarm": palette.ALARM, "text": palette.TEXT, "second": palette.TEXT_SECOND}
    found = {name: round(apart(colour, ground, sight), 1) for name, colour in signals.items()}
    assert {name: distance for name, distance in found.items() if distance < LEAST_ON_GROUND} == {}


def test_the_simulation_does_what_it_is_known_for() -> None:
    """Red and green of one lightness fall together without the cones that tell them apart, blue doesn't."""
    red, green, blue = "#B4483C", "#6E7A1E", "#2F6FC0"
    assert apart(red, green, "normal") > 3 * apart(red, green, "deuteranomaly")
    assert apart(red, blue, "deuteranomaly") > 30


def test_every_level_has_a_numeral_of_its_own() -> None:
    for rows in (palette.LEVELS, palette.CASE_LEVELS):
        numerals = [row.numeral for row in rows]
        assert all(numerals)
        assert len(set(numerals)) == len(numerals)


def test_what_shares_a_colour_in_a_legend_differs_by_its_sign() -> None:
    for layer in discover():
        for a, b in combinations(layer.legend, 2):
            if min(apart(a.colour, b.colour, sight) for sight in SIGHTS) < LEAST:
                assert (a.symbol, a.numeral) != (b.symbol, b.numeral) or a.symbol == "line", (
                    layer.key,
                    a.key,
                    b.key,
                )
