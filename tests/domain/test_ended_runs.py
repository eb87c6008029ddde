"""How deadlines went: against the clocks that each version of a case has before and after a step."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain import cases
from dashboard.domain.case_record import Case
from dashboard.domain.deadlines import MINUTE_MS, clocks, ended_runs
from dashboard.domain.working_days import DAY_MS, WorkingDays
from tests.domain.lives import life
from tests.domain.made import case, report
from tests.domain.test_cases import filled

DAYS = WorkingDays("Asia/Shanghai")
START_MS = 1_790_000_000_000
Verdict = tuple[str, int, bool | None]


def reported(level: int = 1, type: str = "2100") -> Case:
    return case(level=level, type=type, occurred_at_ms=START_MS, learned_at_ms=START_MS)


def after(one: Case, *steps: tuple[str, float], **changes: object) -> Case:
    """The case after commands, each so many minutes after the report."""
    for name, minute in steps:
        at_ms = START_MS + int(minute * MINUTE_MS)
        one = cases.apply(one, filled(name, one.version, at_ms=at_ms, learned_at_ms=at_ms, **changes))
    return one


def verdicts(one: Case) -> list[Verdict]:
    return sorted((run.phase, run.stopped_ms, run.was_kept) for run in ended_runs(one, DAYS))


def by_versions(versions: list[Case]) -> tuple[list[Verdict], list[Verdict]]:
    """Clocks that one version has and the next no longer, and those of them that an extension held then.

    A pause that held when a clock was stopped ends with it: the clock is looked at as if it went on then.
    """
    found, extended = [], []
    for before, now in pairwise(versions):
        step = now.history[-1]
        if step.command == "undo":
            return found, extended  # what is undone was never done; cases like that have a test of their own
        if before.paused:
            going_on = filled("go_on", 99, at_ms=step.at_ms, learned_at_ms=step.at_ms)
            before = cases.apply(before, going_on)
        still = {(clock.phase, clock.started_ms) for clock in clocks(now, DAYS)}
        by_report = step.command == "report"
        stopped_ms = now.closed_at_ms if by_report and now.closed_at_ms else step.at_ms
        for clock in clocks(before, DAYS):
            if (clock.phase, clock.started_ms) in still:
                continue
            deeds = {"accept": ("accept", "merge"), "assign": ("assign", "to_hearing", "merge"),
                     "on_scene": ("on_scene", "resolve", "hearing_result"),
                     "handle": ("resolve", "hearing_result")}[clock.phase]  # fmt: skip
            is_done = by_report or step.command in deeds
            kept = False if stopped_ms >= clock.red_ms else True if is_done else None
            is_extended = clock.phase == "handle" and before.until_ms is not None
            (extended if is_extended else found).append((clock.phase, stopped_ms, kept))
    return found, extended


@given(st.integers(0, 10**9))
@settings(max_examples=400, deadline=None)
def test_they_are_what_the_versions_say(seed: int) -> None:
    versions = life(Random(seed), "a")
    commands = [step.command for step in versions[-1].history]
    if "undo" in commands or set(commands) == {"report"}:
        return
    certain, extended = by_versions(versions)
    found = verdicts(versions[-1])
    assert [run for run in certain if run not in found] == []
    assert [run for run in found if run not in certain and run not in extended] == []


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("accept", 1)], {"accept": True}),
        ([("accept", 2)], {"accept": False}),  # two minutes are the term
        ([("merge", 1)], {"accept": True}),
        ([("refer", 1)], {"accept": None}),  # the next centre has a time of its own
        ([("refer", 3)], {"accept": False}),
        ([("accept", 1), ("assign", 3)], {"accept": True, "assign": True}),
        ([("accept", 1), ("assign", 3), ("resolve", 9)], {}),  # not allowed: nobody took it on
        (
            [("accept", 1), ("assign", 3), ("take_on", 4), ("resolve", 9)],
            {"accept": True, "assign": True, "on_scene": True, "handle": True},
        ),
        ([("accept", 1), ("assign", 3), ("return_back", 4)], {"on_scene": None, "handle": None}),
        ([("accept", 1), ("assign", 3), ("return_back", 30)], {"on_scene": False, "handle": None}),
    ],
)
def test_what_each_step_means(steps: list[tuple[str, float]], expected: dict[str, bool | None]) -> None:
    try:
        one = after(reported(), *steps)
    except cases.Refused:
        assert expected == {}
        return
    found = {phase: kept for phase, _, kept in verdicts(one)}
    assert {phase: found[phase] for phase in expected} == expected


def test_a_deadline_is_judged_by_the_level_that_the_case_had_then() -> None:
    """Accepted within half an hour, as level 03 asks; made level 01 later, which asks for two minutes."""
    one = after(reported(level=3), ("accept", 20))
    one = after(one, ("triage", 21), level=1)
    assert one.level == 1
    assert verdicts(one) == [("accept", START_MS + 20 * MINUTE_MS, True)]


def test_what_was_undone_was_not_done() -> None:
    one = after(reported(level=3), ("accept", 20))
    one = after(one, ("undo", 20.1))
    assert verdicts(one) == []
    assert verdicts(after(one, ("accept", 70))) == [("accept", START_MS + 70 * MINUTE_MS, False)]


def test_an_extension_that_was_granted_counts() -> None:
    one = after(reported(level=1), ("accept", 1), ("assign", 2), ("take_on", 3))
    until_ms = START_MS + 10 * DAY_MS
    one = after(one, ("extend", 4), until_ms=until_ms)
    one = after(one, ("grant", 5))
    late = 5 * 60  # minutes; four hours are the term
    done = {phase: kept for phase, _, kept in verdicts(after(one, ("resolve", late)))}
    assert done["handle"] is True
    sent_back = after(one, ("resolve", late), ("send_back", late + 1))
    of_handling = [run for run in verdicts(sent_back) if run[0] == "handle"]
    assert of_handling == []  # until when, nobody knows any more


def test_what_is_told_late_was_kept_if_it_was_done_in_time() -> None:
    at_ms = START_MS + MINUTE_MS
    told = filled("accept", 1, at_ms=at_ms, learned_at_ms=at_ms + 60 * MINUTE_MS)
    assert verdicts(cases.apply(reported(), told)) == [("accept", at_ms, True)]


def test_an_imported_case_has_no_deadlines_on_record() -> None:
    closed = case(level=1, closed_at_ms=START_MS, occurred_at_ms=START_MS - DAY_MS, learned_at_ms=START_MS)
    assert verdicts(closed) == []
    opened = reported()
    told_ms = START_MS + DAY_MS
    ended = report(level=1, occurred_at_ms=START_MS, learned_at_ms=told_ms, closed_at_ms=START_MS + 1)
    assert verdicts(cases.merge_report(opened, ended, 0)) == []
    worked = cases.merge_report(after(opened, ("accept", 1)), ended, 0)
    assert [phase for phase, _, _ in verdicts(worked)] == ["accept", "assign"]
