"""When a feed is told to be silent, to flood, to repeat itself; and that nothing of it flickers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.feed_health import (
    CALM_MS,
    DATA,
    ENTRIES,
    FLOOD,
    NEVER,
    OK,
    REPEAT,
    SILENT,
    STATES,
    WELL,
    Health,
    Rules,
    calm_needed_ms,
    judge,
    rules_of_streams,
)
from dashboard.domain.feed_tally import Counts, Figures

NOW_MS = 1_795_000_000_000
RULES = Rules(silent_after_ms=9_000, flood_least=60, flood_most=5_000)


def figures(
    data: int = 10, repeats: int = 0, usual: float | None = 10.0, peak: int = 5, data_ago_s: float = 1,
    alive_ago_s: float = 1,
) -> Figures:  # fmt: skip
    data_ms, alive_ms = NOW_MS - round(1000 * data_ago_s), NOW_MS - round(1000 * alive_ago_s)
    return Figures(data_ms, alive_ms, Counts(data, repeats), peak, usual)


@pytest.mark.parametrize(
    ("of", "heard_ago_s", "state", "lacks"),
    [
        (figures(), 1, OK, ""),
        (figures(), 8.9, OK, ""),
        (figures(), 9.1, SILENT, ENTRIES),
        (figures(), None, SILENT, NEVER),
        # Heartbeats alone: 10 a minute for five minutes are 50 that are missing.
        (figures(data=0, data_ago_s=299), 1, OK, ""),
        (figures(data=0, data_ago_s=301), 1, SILENT, DATA),
        (figures(data=0, data_ago_s=59, usual=10_000.0), 1, OK, ""),
        (figures(data=0, data_ago_s=61, usual=10_000.0), 1, SILENT, DATA),
        (figures(data=0, data_ago_s=86_400, usual=0.01), 1, OK, ""),
        (figures(data=0, data_ago_s=86_400, usual=None), 1, OK, ""),
        # Ten times the usual, but a handful is no flood; without a usual only the absolute bound holds.
        (figures(data=99), 1, OK, ""),
        (figures(data=100), 1, FLOOD, ""),
        (figures(data=59, usual=0.5), 1, OK, ""),
        (figures(data=60, usual=0.5), 1, FLOOD, ""),
        (figures(data=29_000, usual=None, peak=4_999), 1, OK, ""),
        (figures(data=5_000, usual=None, peak=5_000), 1, FLOOD, ""),
        # Half of what came was known.
        (figures(data=62, repeats=30, usual=50.0), 1, OK, ""),
        (figures(data=60, repeats=30, usual=50.0), 1, REPEAT, ""),
        (figures(data=20, repeats=20), 1, OK, ""),
        # The gravest is told.
        (figures(data=500, repeats=500), 1, FLOOD, ""),
        (figures(data=500, repeats=500), 60, SILENT, ENTRIES),
    ],
)
def test_each_bound(of: Figures, heard_ago_s: float | None, state: str, lacks: str) -> None:
    heard_ms = None if heard_ago_s is None else NOW_MS - round(1000 * heard_ago_s)
    found = judge(WELL, of, NOW_MS, RULES, heard_ms)
    assert (found.state, found.lacks) == (state, lacks)
    if state == SILENT:
        since = {ENTRIES: heard_ms, DATA: of.data_ms, NEVER: NOW_MS}[lacks]
        assert found.since_ms == since


def test_a_source_is_silent_when_its_heartbeats_stop_or_what_it_usually_brings() -> None:
    of_source = Rules(None)
    assert judge(WELL, figures(alive_ago_s=59, data_ago_s=500, usual=0.1), NOW_MS, of_source) == WELL
    stopped = judge(WELL, figures(alive_ago_s=61, data_ago_s=500, usual=0.1), NOW_MS, of_source)
    assert (stopped.state, stopped.lacks, stopped.since_ms) == (SILENT, ENTRIES, NOW_MS - 61_000)
    without_heartbeats = Figures(NOW_MS - 400_000, 0, Counts(), 0, 10.0)
    assert judge(WELL, without_heartbeats, NOW_MS, of_source).lacks == DATA


def test_commands_are_never_silent() -> None:
    rules = rules_of_streams(9.0, 10.0, 25_000.0, 0.5)["commands"]
    assert judge(WELL, figures(data=0, data_ago_s=10**6, usual=50.0), NOW_MS, rules).state == OK


def test_one_round_over_all_cameras_is_no_flood() -> None:
    rules = rules_of_streams(9.0, 10.0, 1e9, 0.5, cameras=310_000, units=21_118)
    assert judge(WELL, figures(data=310_000, usual=500.0), NOW_MS, rules["cameras"], NOW_MS).state == OK
    assert judge(WELL, figures(data=470_000, usual=500.0), NOW_MS, rules["cameras"], NOW_MS).state == FLOOD


@pytest.mark.parametrize(
    ("state", "ill", "eased", "well"),
    [
        (FLOOD, figures(data=100), figures(data=50), figures(data=49)),
        (REPEAT, figures(40, 30, 50.0), figures(60, 15, 50.0), figures(61, 15, 50.0)),
    ],
)
def test_what_is_told_stays_until_it_was_well_for_a_while(state, ill, eased, well) -> None:
    heard = NOW_MS
    told = judge(WELL, ill, NOW_MS, RULES, heard)
    still = judge(told, eased, NOW_MS + 1000, RULES, heard)
    assert (still.state, still.since_ms, still.calm_ms) == (state, NOW_MS, None)
    calm = judge(still, well, NOW_MS + 2000, RULES, heard)
    assert (calm.state, calm.since_ms, calm.calm_ms) == (state, NOW_MS, NOW_MS + 2000)
    again = judge(calm, eased, NOW_MS + 3000, RULES, heard)
    assert again.calm_ms is None
    calm = judge(again, well, NOW_MS + 4000, RULES, heard)
    before_ms, after_ms = NOW_MS + 3_999 + CALM_MS[state], NOW_MS + 4_000 + CALM_MS[state]
    assert judge(calm, well, before_ms, RULES, before_ms).state == state
    assert judge(calm, well, after_ms, RULES, after_ms) == WELL


def test_a_feed_that_was_never_heard_is_well_with_its_first_entry() -> None:
    never = judge(WELL, figures(), NOW_MS, RULES, None)
    assert judge(never, figures(), NOW_MS, RULES, NOW_MS) == WELL


def test_a_feed_that_speaks_now_and_then_does_not_flicker() -> None:
    """Every 10 s where 9 s are allowed: silent once, and told so without a break."""
    health, changes = WELL, []
    for second in range(0, 300, 2):
        now_ms, heard_ms = NOW_MS + 1000 * second, NOW_MS + 10_000 * (second // 10) - 2_000
        found = judge(health, figures(), now_ms, RULES, heard_ms)
        changes += [found.state] if found.state != health.state else []
        health = found
    assert changes == [SILENT]


few = st.integers(0, 400)
moments = st.lists(
    st.tuples(
        st.integers(0, 400), st.integers(0, 400), st.sampled_from([None, 0.1, 10.0]), st.integers(0, 20)
    ),
    max_size=60,
)


@given(moments=moments)
def test_no_state_ends_sooner_than_it_may(moments) -> None:
    health, since = WELL, NOW_MS
    for number, (data, repeats, usual, heard_ago_s) in enumerate(moments):
        now_ms = NOW_MS + 2_000 * number
        of = Figures(now_ms, now_ms, Counts(data, min(repeats, data)), data, usual)
        found = judge(health, of, now_ms, RULES, now_ms - 1000 * heard_ago_s)
        assert found.state in STATES
        if found.state == OK and health.state != OK:
            assert now_ms - since >= calm_needed_ms(health, RULES) >= CALM_MS[health.state]
        if found.state != health.state:
            since = now_ms
        health = found
    assert isinstance(health, Health)


def test_all_cameras_at_once_are_no_flood_and_others_are() -> None:
    """A system that begins tells the state of each of its cameras, whatever the setting says of a second."""
    rules = rules_of_streams(9.0, 10.0, 20.0, 0.5, cameras=310_000, units=21_000)
    assert rules["cameras"].flood_most > 310_000
    assert {rules[kind].flood_most for kind in ("reports", "commands", "units")} == {200}
