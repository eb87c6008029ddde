"""What some cases go through besides their course: sent up to the next centre, heard, helped by departments.

How many do is an assumption of the simulator, as its rhythm is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from dashboard.domain.case_record import Case
from dashboard.domain.case_types import TYPE_BY_CODE
from dashboard.domain.commands import REPORT_IN_MIN
from dashboard.feeds.simulation import lifecycle, texts
from dashboard.feeds.simulation.lifecycle import Step
from dashboard.feeds.simulation.rhythm import DAY_MS, HOUR_MS

REFERRED, HEARD, WHISTLED = 0.06, 0.10, 0.04
"""Share of cases that go up a tier, of disputes below level 02 that are heard, of cases with a whistle."""
SETTLED_BY_HEARING = 0.96
IN_TIME = 0.92
"""Share of whistled departments that report in within their time."""
BY_THE_GRID = 0.8
"""Share of hearings that the grid's own team holds; the others need a joint one."""
_HEARING_TAKES_MS = HOUR_MS
_MINUTE_MS = 60_000


def detoured(
    rng: np.random.Generator, steps: Sequence[Step], code: str, level: int, utc_offset_ms: int
) -> list[Step]:
    """The steps of a case of a type and level, from `lifecycle.course`, with the detours that fall to it."""
    referred, special = rng.random(2).tolist()
    found = list(steps)
    if TYPE_BY_CODE[code].is_dispute and level > 2 and special < HEARD:
        found = _heard(rng, found, utc_offset_ms)
    elif special > 1 - WHISTLED:
        found = _whistled(rng, found, code, level)
    if referred < REFERRED:
        first = found[0]
        found.insert(0, replace(first, command="refer"))
        found[1] = replace(first, at_ms=first.at_ms + 1)
    return found


def taken_up(rng: np.random.Generator, case: Case, steps: Sequence[Step], now_ms: int) -> list[Step]:
    """The coming steps of a case that is found on such a way, from those that `cases.remaining` gives."""
    if case.hearing is not None:
        return _after_hearing(rng, steps, max(now_ms, case.hearing.scheduled_ms + _HEARING_TAKES_MS))
    if case.called and case.state in ("assigned", "handling"):
        first = steps[0]
        coming = Step(now_ms, "report_in", fields=(("departments", ",".join(case.called)),))
        return [coming, replace(first, at_ms=max(first.at_ms, now_ms + 1)), *steps[1:]]
    return list(steps)


def _heard(rng: np.random.Generator, steps: list[Step], utc_offset_ms: int) -> list[Step]:
    """Accepted and triaged, it goes to a hearing in place of a unit."""
    before = [step for step in steps if step.command in ("accept", "triage")]
    set_ms = next(step.at_ms for step in steps if step.command == "assign")
    scheduled_ms = _in_the_morning(set_ms + int(rng.integers(1, 4)) * DAY_MS, utc_offset_ms, rng)
    team = "grid" if rng.random() < BY_THE_GRID else "joint"
    instant = datetime.fromtimestamp(scheduled_ms / 1000, UTC).isoformat(timespec="seconds")
    hearing = Step(set_ms, "to_hearing", fields=(("team", team), ("scheduled", instant)))
    paper = [step for step in steps if step.command in ("verify", "close")][-2:]
    return [*before, hearing, *_after_hearing(rng, paper, scheduled_ms + _HEARING_TAKES_MS)]


def _after_hearing(rng: np.random.Generator, steps: Sequence[Step], held_ms: int) -> list[Step]:
    outcome = "settled" if rng.random() < SETTLED_BY_HEARING else "unsettled"
    paper = [step for step in steps if step.command in ("verify", "close")]
    late_ms = max(held_ms + _MINUTE_MS - paper[0].at_ms, 0) if paper else 0
    return [
        Step(held_ms, "hearing_result", fields=(("outcome", outcome),)),
        *(replace(step, at_ms=step.at_ms + late_ms) for step in paper),
    ]


def _in_the_morning(at_ms: int, utc_offset_ms: int, rng: np.random.Generator) -> int:
    """Some time between nine and four of that day, local time."""
    day_ms = (at_ms + utc_offset_ms) // DAY_MS * DAY_MS
    return day_ms - utc_offset_ms + int(rng.integers(9 * 60, 16 * 60)) * _MINUTE_MS


def _whistled(rng: np.random.Generator, steps: list[Step], code: str, level: int) -> list[Step]:
    """On the scene somebody else is needed: a department is called, and reports in before all is resolved."""
    at = max(place for place, step in enumerate(steps) if step.command == "on_scene")
    done_at = min(place for place in range(at, len(steps)) if steps[place].command == "resolve")
    called_ms, due_ms = steps[at].at_ms + 1, REPORT_IN_MIN[level] * _MINUTE_MS
    share = rng.uniform(0.1, 0.95) if rng.random() < IN_TIME else rng.uniform(1.05, 2.0)
    came_ms = called_ms + int(due_ms * share)
    choices = texts.DEPARTMENTS[lifecycle.group_of(code).texts]
    fields = (("departments", choices[int(rng.integers(len(choices)))]),)
    late_ms = max(came_ms + 1 - steps[done_at].at_ms, 0)
    later = [replace(step, at_ms=step.at_ms + late_ms) for step in steps[done_at:]]
    waiting = [step for step in steps[at + 1 : done_at] if step.at_ms <= came_ms]
    return [
        *steps[: at + 1],
        Step(called_ms, "whistle", fields=fields),
        *(replace(step, at_ms=max(step.at_ms, called_ms)) for step in waiting),
        Step(came_ms, "report_in", fields=fields),
        *steps[at + 1 + len(waiting) : done_at],
        *later,
    ]
