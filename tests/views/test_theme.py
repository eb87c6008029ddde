"""Colours and bars."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dashboard.views.theme import bar_share, css_variables
from tests.views.fakes import CUTS

ASSETS = Path(__file__).parents[2] / "assets"
STYLES = "".join(path.read_text() for path in ASSETS.glob("*.css"))


def test_every_colour_that_a_stylesheet_asks_for_is_set():
    asked = set(re.findall(r"var\((--kite-[a-z0-9-]+)\)", STYLES))
    # What a stylesheet sets itself needs no palette.
    set_here = set(re.findall(r"(--kite-[a-z0-9-]+):", STYLES + css_variables(CUTS, 60.0)))
    set_in_scripts = {"--kite-colour"}
    assert len(asked) > 10
    assert asked - set_here - set_in_scripts == set()


def test_styles_fetch_nothing():
    assert re.findall(r"url\(|@import|@font-face", STYLES) == []


def test_cuts_are_marked_where_bars_of_that_score_end():
    assert "--kite-cut-orange:25.00%" in css_variables(CUTS, 60.0)
    assert "--kite-cut-blue:75.00%" in css_variables(CUTS, 60.0)


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_higher_score_never_has_a_shorter_bar(one, other):
    low, high = sorted((one, other))
    assert 0 <= bar_share(low, 60.0) <= bar_share(high, 60.0) <= 1
