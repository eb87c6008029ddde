"""What an id can't say of its age, because a clock was set back."""

from __future__ import annotations

from dashboard.live.sightings import AHEAD_MS, Sightings

NOW_MS, HOUR_MS = 1_780_000_000_000, 3_600_000


def test_an_id_of_the_past_is_as_old_as_it_says() -> None:
    sightings = Sightings()
    assert sightings.believed({"reports": NOW_MS - 5, "units": None}, NOW_MS) == {
        "reports": NOW_MS - 5,
        "units": None,
    }
    assert sightings.believed({"reports": NOW_MS + AHEAD_MS}, NOW_MS) == {"reports": NOW_MS + AHEAD_MS}


def test_an_id_ahead_of_the_clock_grows_old_from_when_it_was_seen() -> None:
    """The machine's clock went an hour ahead and came back: what comes last is not fresh for an hour."""
    sightings, ahead_ms = Sightings(), NOW_MS + HOUR_MS
    assert sightings.believed({"reports": ahead_ms}, NOW_MS) == {"reports": NOW_MS}
    assert sightings.believed({"reports": ahead_ms}, NOW_MS + 20_000) == {"reports": NOW_MS}
    assert sightings.believed({"reports": ahead_ms + 7}, NOW_MS + 20_000) == {"reports": NOW_MS + 20_000}


def test_a_clock_that_is_set_back_again_makes_nothing_older_than_it_is() -> None:
    sightings, ahead_ms = Sightings(), NOW_MS + HOUR_MS
    sightings.believed({"reports": ahead_ms}, NOW_MS)
    assert sightings.believed({"reports": ahead_ms}, NOW_MS - HOUR_MS) == {"reports": NOW_MS - HOUR_MS}


def test_once_the_clock_has_come_to_it_an_id_says_again_how_old_it_is() -> None:
    sightings, ahead_ms = Sightings(), NOW_MS + HOUR_MS
    sightings.believed({"reports": ahead_ms}, NOW_MS)
    assert sightings.believed({"reports": ahead_ms}, ahead_ms) == {"reports": ahead_ms}
