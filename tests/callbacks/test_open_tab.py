"""What is behind a tab is asked for when it is open."""

from __future__ import annotations

import pytest

from callbacks.open_tab import facts_asked
from tests.views.fakes import CODE_OF_TIER
from tests.views.pages import text_of


@pytest.mark.parametrize("code", CODE_OF_TIER)
def test_every_tier_has_facts(services, in_language, code):
    with in_language("en"):
        assert text_of(facts_asked(services, {"code": code, "tick": None}))


@pytest.mark.parametrize("asked", [None, {}, {"code": "999999"}])
def test_without_a_region_there_are_none(services, in_language, asked):
    with in_language("en"):
        assert facts_asked(services, asked) == []
