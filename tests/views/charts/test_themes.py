"""Paper can be read without colours: letters stand out, and levels run from light to dark."""

from __future__ import annotations

import pytest

from dashboard.views.charts import DARK, PAPER
from dashboard.views.charts.heat import luminance


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: 4.5 is what small text needs."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [DARK, PAPER], ids=lambda theme: theme.name)
def test_words_can_be_read(theme):
    for colour in (theme.text, theme.text_second):
        assert contrast(colour, theme.ground) >= 4.5
    for colour in theme.series:
        assert contrast(colour, theme.ground) >= 4.5


def test_what_is_written_in_a_signals_colour_can_be_read_on_paper():
    assert min(contrast(colour, PAPER.ground) for colour in PAPER.signals) >= 4.2


def test_levels_on_paper_run_from_light_to_dark_without_colours():
    shades = [luminance(colour) for colour in PAPER.levels]
    assert shades == sorted(shades, reverse=True)
    assert min(contrast(a, b) for a, b in zip(PAPER.levels[1:], PAPER.levels[2:], strict=False)) > 1.2
