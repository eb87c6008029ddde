"""Hearings, whistles and referrals of simulated cases: such as the domain takes, and as common as said."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.case_record import Case
from dashboard.domain.cases import apply, new_case
from dashboard.domain.commands import OPEN
from dashboard.domain.events import parse_command, parse_report
from dashboard.feeds.simulation import detours, lifecycle, rhythm
from dashboard.feeds.simulation.cases import remaining
from dashboard.feeds.simulation.lifecycle import Step
from dashboard.feeds.simulation.past import Desks, PastCases, work
from dashboard.feeds.simulation.rhythm import HOUR_MS
from tests.feeds.parts import START_MS, small_world

WORLD = small_world()
OFFSET_MS = 8 * HOUR_MS
LATER_MS = START_MS + 400 * 24 * HOUR_MS


def _report(code: str) -> Case:
    fields = {"id": "c", "type": code, "origin": "hotline", "lon": "119.03", "lat": "36.66", "simulated": "1"}
    at = np.datetime_as_string(np.datetime64(START_MS, "ms")) + "Z"
    return new_case(parse_report(fields | {"occurred_at": at}, START_MS), 3)


def _steps(rng: np.random.Generator, code: str, level: int) -> list[Step]:
    rows, levels = np.array([lifecycle.row_of(code)]), np.array([level])
    times = lifecycle.moments(rng, rows, levels, np.array([START_MS]), OFFSET_MS)[0]
    return detours.detoured(rng, lifecycle.course(rng, times), code, level, OFFSET_MS)


def _worked(rng: np.random.Generator, case: Case, steps: list[Step], until_ms: int) -> Case:
    """The case after the commands of these steps, as the domain takes them."""
    past = PastCases([case.id], [case.type], np.array([case.level]), np.array([3]), WORLD.xy[[3]])
    for number, command in enumerate(work(rng, Desks(WORLD), past, [steps], until_ms).commands):
        named = command | {"id": f"{case.version}.{number}", "version": str(case.version)}
        case = apply(case, parse_command(named, LATER_MS))
    return case


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(rhythm.CODES), st.sampled_from([1, 2, 3, 4]))
def test_every_course_is_one_that_the_domain_allows(seed: int, code: str, level: int) -> None:
    rng = np.random.default_rng(seed)
    steps = _steps(rng, code, level)
    assert [step.at_ms for step in steps] == sorted(step.at_ms for step in steps)
    case = _worked(rng, _report(code), steps, LATER_MS)
    assert case.state == "closed"
    assert not case.called, "a department was whistled for and never came"
    assert case.hearing is None


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 1))
def test_a_case_found_on_such_a_way_can_be_finished(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    steps = _steps(rng, "0201", 4)
    cut_ms = START_MS + int((steps[-1].at_ms - START_MS) * share)
    case = _worked(rng, _report("0201"), steps, cut_ms)
    if case.state not in OPEN:
        return
    rows, levels = np.array([lifecycle.row_of(case.type)]), np.array([4])
    times = lifecycle.moments(rng, rows, levels, np.array([cut_ms]), OFFSET_MS)[0]
    coming = remaining(case.state, [step.command for step in case.history], times, cut_ms, rng)
    rest = detours.taken_up(rng, case, coming, cut_ms)
    assert [step.at_ms for step in rest] == sorted(step.at_ms for step in rest)
    paper = [step for step in rest if step.command not in ("en_route", "on_scene")]
    done = _worked(rng, case, paper, LATER_MS)
    assert done.state == "closed"
    assert not done.called
    assert done.hearing is None


def test_they_are_as_common_as_the_table_says() -> None:
    rng, count = np.random.default_rng(3), 4000
    found: Counter[str] = Counter()
    for _ in range(count):
        found.update({step.command for step in _steps(rng, "0201", 4)})
    for command, share in (
        ("refer", detours.REFERRED), ("to_hearing", detours.HEARD), ("whistle", detours.WHISTLED)
    ):  # fmt: skip
        spread = 4 * np.sqrt(share * (1 - share) / count)
        assert found[command] / count == pytest.approx(share, abs=spread), command
    assert found["hearing_result"] == found["to_hearing"]
    assert found["report_in"] == found["whistle"]


def test_what_is_grave_or_no_dispute_is_not_heard() -> None:
    rng = np.random.default_rng(4)
    for code, level in (("2101", 4), ("0201", 2), ("0201", 1)):
        assert not any(step.command == "to_hearing" for _ in range(500) for step in _steps(rng, code, level))
