"""Clocks against counting minute by minute, and the terms that the design names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain import cases
from dashboard.domain.case_record import Case
from dashboard.domain.commands import COMMANDS, OPEN, PHASES, UNRESOLVED
from dashboard.domain.deadlines import MINUTE_MS, TERMS, TURNS, Clock, clocks, term
from dashboard.domain.refused import Refused
from dashboard.domain.working_days import DAY_MS, WorkingDays
from tests.domain.made import case, command
from tests.domain.test_cases import answer, filled

DAYS = WorkingDays("Asia/Shanghai")
START_MS = int(datetime(2026, 9, 24, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


def reported(level: int = 4, type: str = "2100") -> Case:
    return case(level=level, type=type, occurred_at_ms=START_MS - 60_000, learned_at_ms=START_MS)


def after(one: Case, *steps: tuple[str, int]) -> Case:
    """The case after commands, each so many minutes after the report."""
    for number, (name, minute) in enumerate(steps):
        one = cases.apply(one, filled(name, number, at_ms=START_MS + minute * MINUTE_MS))
    return one


def phases(one: Case) -> list[str]:
    return sorted(clock.phase for clock in clocks(one, DAYS))


def clock_of(one: Case, phase: str) -> Clock:
    return next(clock for clock in clocks(one, DAYS) if clock.phase == phase)


@pytest.mark.parametrize(
    ("steps", "running"),
    [
        ([], ["accept"]),
        ([("accept", 1)], ["assign"]),
        ([("accept", 1), ("assign", 2)], ["handle", "on_scene"]),
        ([("accept", 1), ("assign", 2), ("take_on", 3)], ["handle", "on_scene"]),
        ([("accept", 1), ("assign", 2), ("on_scene", 3)], ["handle"]),
        ([("accept", 1), ("assign", 2), ("on_scene", 3), ("resolve", 4)], []),
        ([("accept", 1), ("assign", 2), ("on_scene", 3), ("resolve", 4), ("send_back", 5)], ["handle"]),
        ([("accept", 1), ("assign", 2), ("return_back", 3)], ["assign"]),
        ([("accept", 1), ("assign", 2), ("on_scene", 3), ("reassign", 4)], ["handle", "on_scene"]),
        ([("merge", 1)], []),
    ],
)
def test_which_clocks_run(steps: Sequence[tuple[str, int]], running: list[str]) -> None:
    assert phases(after(reported(), *steps)) == running


def test_a_dispute_needs_nobody_on_a_scene() -> None:
    assert phases(after(reported(type="0200"), ("accept", 1), ("assign", 2))) == ["handle"]
    assert term(reported(type="0200"), "on_scene") is None


def test_the_terms_are_the_designs() -> None:
    """Level 04 in working days (accept 1 and 2, handle 5 and 10), levels 01 and 02 in minutes."""
    assert (TERMS[4]["accept"].yellow_ms, TERMS[4]["accept"].red_ms) == (DAY_MS, 2 * DAY_MS)
    assert (TERMS[4]["handle"].yellow_ms, TERMS[4]["handle"].red_ms) == (5 * DAY_MS, 10 * DAY_MS)
    assert all(limit.working for limit in TERMS[4].values())
    assert not any(limit.working for level in (1, 2) for limit in TERMS[level].values())
    for terms in TERMS.values():
        assert set(terms) == set(PHASES)
        assert all(limit.yellow_ms < limit.red_ms for limit in terms.values())
    for phase in PHASES:  # what is graver is never slower
        assert [TERMS[level][phase].red_ms for level in (1, 2, 3, 4)] == sorted(
            TERMS[level][phase].red_ms for level in (1, 2, 3, 4)
        )


def test_every_turn_names_a_command_and_phases() -> None:
    assert set(TURNS) <= set(COMMANDS)
    for turn in TURNS.values():
        assert {*turn.stops, *turn.restarts, *turn.starts} <= set(PHASES)


def test_working_days_over_a_holiday() -> None:
    """Reported on Thursday before the Mid-Autumn weekend: the second working day is after it."""
    clock = clock_of(reported(), "accept")
    assert clock.yellow_ms == DAYS.after(START_MS, DAY_MS)
    assert clock.red_ms == DAYS.after(START_MS, 2 * DAY_MS)
    assert clock.red_ms - START_MS > 2 * DAY_MS


def test_colours_turn_at_their_moments() -> None:
    clock = clock_of(reported(level=1), "accept")
    shown = [clock.colour(START_MS + second * 1000) for second in (0, 59, 60, 119, 120, 10**6)]
    assert shown == ["", "", "yellow", "yellow", "red", "red"]


def counted(one: Case, phase: str, now_ms: int) -> int:
    """Minutes from the clock's start until `now_ms` that count: neither paused nor, for some terms, off."""
    started_ms = clock_of(one, phase).started_ms
    limit = term(one, phase)
    assert limit is not None
    total, paused, changes = 0, False, [s for s in one.history if s.command in ("pause", "go_on")]
    minute_ms = started_ms
    while minute_ms < now_ms:
        for step in changes:
            if step.at_ms <= minute_ms:
                paused = step.command == "pause"
        total += not paused and (not limit.working or DAYS.is_working(minute_ms))
        minute_ms += MINUTE_MS
    return total


@given(st.sampled_from([1, 2, 3, 4]), st.lists(st.integers(1, 2000), min_size=0, max_size=4))
@settings(deadline=None, max_examples=25)
def test_pauses_do_not_count(level: int, lengths: list[int]) -> None:
    """Stop and go in turns, on an even number of minutes: red comes when so many minutes have counted."""
    one, minute = after(reported(level), ("accept", 0), ("assign", 0)), 0
    for number, length in enumerate(lengths):
        minute += length
        name = "go_on" if one.paused else "pause"
        one = cases.apply(one, filled(name, 100 + number, at_ms=START_MS + minute * MINUTE_MS))
    if one.paused:
        minute += 7
        one = cases.apply(one, filled("go_on", 200, at_ms=START_MS + minute * MINUTE_MS))
    clock, limit = clock_of(one, "on_scene"), term(one, "on_scene")
    assert limit is not None
    assert counted(one, "on_scene", clock.red_ms) == limit.red_ms // MINUTE_MS
    assert counted(one, "on_scene", clock.yellow_ms) == limit.yellow_ms // MINUTE_MS


def test_a_paused_clock_keeps_its_colour_and_names_its_reason() -> None:
    one = after(reported(level=1), ("accept", 0), ("assign", 1), ("pause", 2))
    clock = clock_of(one, "handle")
    assert (clock.paused, clock.colour(START_MS + 100 * DAY_MS)) == ("court", "")
    going = cases.apply(one, command("go_on", "c-9", at_ms=START_MS + 602 * MINUTE_MS))
    assert clock_of(going, "handle").red_ms == clock.red_ms + 600 * MINUTE_MS
    assert one.history[-1].note == "court"


def test_a_term_runs_from_when_we_learn_of_it() -> None:
    """A command that is told hours late, as history is, starts its clock only then."""
    hours_ms = 5 * 60 * MINUTE_MS
    at_once = cases.apply(reported(level=1), command("accept", at_ms=START_MS, learned_at_ms=START_MS + 3000))
    late = cases.apply(
        reported(level=1), command("accept", at_ms=START_MS, learned_at_ms=START_MS + hours_ms)
    )
    assert clock_of(at_once, "assign").started_ms == START_MS
    assert clock_of(late, "assign").started_ms == START_MS + hours_ms
    assert Case.from_dict(late.to_dict()) == late


def test_an_extension_counts_once_it_is_granted() -> None:
    one = after(reported(level=2), ("accept", 0), ("assign", 1))
    asked = cases.apply(
        one, command("extend", "c-8", until_ms=START_MS + 3 * DAY_MS, note="等待材料", at_ms=START_MS)
    )
    assert clock_of(asked, "handle") == clock_of(one, "handle")
    granted = cases.apply(asked, command("grant", "c-9"))
    assert clock_of(granted, "handle").red_ms == START_MS + 3 * DAY_MS
    assert clock_of(granted, "handle").yellow_ms < clock_of(granted, "handle").red_ms
    declined = cases.apply(asked, command("decline", "c-9", note="期限充足"))
    assert clock_of(declined, "handle") == clock_of(one, "handle")
    assert answer(declined, command("grant", "c-10")).reason_code == "not_allowed"  # type: ignore[union-attr]


@given(
    st.sampled_from(["0200", "2100", "3100", "3501"]), st.integers(1, 4),
    st.lists(st.tuples(st.sampled_from(list(COMMANDS)), st.integers(0, 3000)), max_size=25),
)  # fmt: skip
@settings(deadline=None, max_examples=60)
def test_whatever_happens_clocks_are_those_of_the_state(
    code: str, level: int, wanted: list[tuple[str, int]]
) -> None:
    """An unresolved case has a clock, a resolved or ended one none; yellow is never after red."""
    one, at_ms = reported(level, code), START_MS
    for number, (name, minutes) in enumerate(wanted):
        at_ms += minutes * MINUTE_MS
        new = answer(one, filled(name, number, at_ms=at_ms))
        one = one if isinstance(new, Refused) else new
        running = clocks(one, DAYS)
        assert bool(running) == (one.state in UNRESOLVED)
        assert all(clock.started_ms <= clock.yellow_ms <= clock.red_ms for clock in running)
        assert [c.red_ms for c in running] == sorted(c.red_ms for c in running)
        assert one.is_open == (one.state in OPEN)
        assert Case.from_dict(one.to_dict()) == one


@pytest.mark.parametrize("level", [3, 4])
def test_to_rectify_a_place_is_work_of_working_days(level: int) -> None:
    """Whether it is red or orange; nobody is rushed to a scene."""
    one = reported(level, "4100")
    limits = [term(one, phase) for phase in ("accept", "assign", "handle")]
    assert all(limit is not None and limit.working for limit in limits)
    assert term(one, "on_scene") is None
    assert phases(after(one, ("accept", 1), ("assign", 2))) == ["handle"]
