"""By when what must be done with a case: terms by level and type, and the clocks that a history runs.

A term has a time after which it is yellow and one after which it is red; in minutes for what is urgent, in
working days for the rest. A clock runs from when we learn of the step that starts it until one that stops it;
both are tables.
While a case is paused no clock runs, and what is left of them is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from dashboard.domain.case_record import Case, Step
from dashboard.domain.case_types import TYPE_BY_CODE
from dashboard.domain.commands import ENDED, PHASES
from dashboard.domain.working_days import DAY_MS, WorkingDays

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Term:
    """Yellow and red after so much time, ms; of working days only, or of every hour."""

    yellow_ms: int
    red_ms: int
    working: bool


def _minutes(yellow: int, red: int) -> Term:
    return Term(yellow * MINUTE_MS, red * MINUTE_MS, working=False)


def _days(yellow: int, red: int) -> Term:
    return Term(yellow * DAY_MS, red * DAY_MS, working=True)


TERMS: dict[int, dict[str, Term]] = {
    1: {"accept": _minutes(1, 2), "assign": _minutes(3, 5), "on_scene": _minutes(10, 15),
        "handle": _minutes(120, 240)},
    2: {"accept": _minutes(3, 5), "assign": _minutes(10, 15), "on_scene": _minutes(20, 30),
        "handle": _minutes(720, 1440)},
    3: {"accept": _minutes(30, 60), "assign": _minutes(60, 120), "on_scene": _minutes(120, 240),
        "handle": _days(3, 5)},
    4: {"accept": _days(1, 2), "assign": _days(1, 2), "on_scene": _days(1, 2), "handle": _days(5, 10)},
}  # fmt: skip
"""By level."""

TERMS_OF_TYPES: dict[tuple[str, int], dict[str, Term | None]] = {
    ("31", 3): {"accept": _minutes(3, 5), "assign": _minutes(5, 10), "on_scene": _minutes(15, 30)},
    ("35", 3): {"accept": _minutes(3, 5), "assign": _minutes(5, 10), "on_scene": _minutes(15, 30)},
    ("35", 4): {"accept": _minutes(10, 30), "assign": _minutes(20, 60), "on_scene": _minutes(40, 90)},
    ("36", 3): {"accept": _minutes(3, 5), "assign": _minutes(5, 10), "on_scene": _minutes(10, 20)},
    ("41", 3): {"accept": _days(1, 2), "assign": _days(1, 2), "on_scene": None},
    ("41", 4): {"on_scene": None},
}
"""What differs from the level's terms, by first level of the type and level; None: there is no such term.

To rectify a place is work of days: nobody is rushed to a scene.
"""

_ALL = frozenset(PHASES)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a step does to the clocks: which it stops, which it starts anew, which it starts if they stand."""

    stops: frozenset[str] = frozenset()
    restarts: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()


TURNS: dict[str, Turn] = {
    "refer": Turn(restarts=("accept",)),  # the next centre has its own time
    "accept": Turn(_ALL, restarts=("assign",)),
    "to_hearing": Turn(frozenset({"assign"}), starts=("handle",)),
    "assign": Turn(frozenset({"assign"}), restarts=("on_scene",), starts=("handle",)),
    "reassign": Turn(restarts=("on_scene",)),
    "return_back": Turn(_ALL, restarts=("assign",)),
    "on_scene": Turn(frozenset({"on_scene"})),
    "resolve": Turn(_ALL),
    "hearing_result": Turn(_ALL),
    "send_back": Turn(_ALL, restarts=("handle",)),
    "merge": Turn(_ALL),
    "close": Turn(_ALL),
}
"""By command; every other step leaves the clocks as they are."""

FULFILLED_BY: dict[str, frozenset[str]] = {
    "accept": frozenset({"accept", "merge"}),
    "assign": frozenset({"assign", "to_hearing", "merge"}),
    "on_scene": frozenset({"on_scene", "resolve", "hearing_result"}),
    "handle": frozenset({"resolve", "hearing_result"}),
}
"""What a phase is for: a clock that another step stops (a return, a referral) was let go of, not kept."""

ENDS_A_PAUSE = frozenset({"go_on", "return_back", "resolve", "hearing_result", "send_back", "merge", "close"})


@dataclass(frozen=True, slots=True)
class Clock:
    """A running clock: of which phase, since when, and when it turns yellow and red (ms since 1970).

    While the case is paused `paused` says why, and the times are those that hold if the pause had ended at
    `paused_at_ms`: with every moment longer they move on.
    """

    phase: str
    started_ms: int
    yellow_ms: int
    red_ms: int
    paused: str = ""
    paused_at_ms: int | None = None

    def colour(self, now_ms: int) -> str:
        """Empty, "yellow" or "red" at this moment; a paused clock keeps what it had."""
        at_ms = now_ms if self.paused_at_ms is None else self.paused_at_ms
        return "red" if at_ms >= self.red_ms else "yellow" if at_ms >= self.yellow_ms else ""


def term(case: Case, phase: str) -> Term | None:
    """The term of a phase for the case's level and type; None where there is none (a dispute's scene)."""
    return _term(case.type, case.level, phase)


def _term(code: str, level: int, phase: str) -> Term | None:
    if phase == "on_scene" and TYPE_BY_CODE[code].is_dispute:
        return None
    return TERMS_OF_TYPES.get((code[:2], level), {}).get(phase, TERMS[level][phase])


def clocks(case: Case, days: WorkingDays) -> tuple[Clock, ...]:
    """The clocks that run now, the next to turn red first; terms are those of the case as it now stands."""
    if not case.is_open:
        return ()
    pauses = tuple(_pauses(case))
    running = [_clock(case, phase, at_ms, pauses, days) for phase, at_ms in _started(case).items()]
    return tuple(sorted((clock for clock in running if clock), key=lambda clock: clock.red_ms))


def _started(case: Case) -> dict[str, int]:
    """Phase → when its clock was started, of those that run."""
    running: dict[str, int] = {"accept": case.learned_at_ms}
    for step in case.steps:
        turn = TURNS.get(step.command)
        if turn is None:
            continue
        for phase in turn.stops:
            running.pop(phase, None)
        for phase in turn.restarts:
            running[phase] = step.learned_ms
        for phase in turn.starts:
            running.setdefault(phase, step.learned_ms)
    return running


def _pauses(case: Case) -> Iterator[tuple[int, int | None]]:
    """(from, to) of the times in which the case was paused, in their order; the last may still go on."""
    begun_ms = None
    for step in case.steps:
        if step.command == "pause":
            begun_ms = step.learned_ms
        elif begun_ms is not None and step.command in ENDS_A_PAUSE:
            yield begun_ms, max(begun_ms, step.learned_ms)
            begun_ms = None
    if begun_ms is not None:
        yield begun_ms, None


Pauses = tuple[tuple[int, int | None], ...]


def _clock(case: Case, phase: str, started_ms: int, pauses: Pauses, days: WorkingDays) -> Clock | None:
    limit = term(case, phase)
    if limit is None:
        return None
    yellow_ms = _after(started_ms, limit.yellow_ms, limit.working, pauses, days)
    red_ms = _after(started_ms, limit.red_ms, limit.working, pauses, days)
    if phase == "handle" and case.until_ms is not None:
        # As long before the granted end as before the first one, but never sooner than it was.
        yellow_ms, red_ms = max(yellow_ms, case.until_ms - (red_ms - yellow_ms)), case.until_ms
        yellow_ms = min(yellow_ms, red_ms)
    paused_at_ms = pauses[-1][0] if case.paused else None
    return Clock(phase, started_ms, yellow_ms, red_ms, case.paused, paused_at_ms)


def _after(start_ms: int, term_ms: int, working: bool, pauses: Pauses, days: WorkingDays) -> int:
    """When a term that begins at `start_ms` is over: what lies in pauses that ended doesn't count."""
    at_ms = start_ms
    for from_ms, to_ms in pauses:
        if to_ms is None or to_ms <= at_ms:
            continue
        until_ms = max(at_ms, from_ms)
        counted_ms = days.between(at_ms, until_ms) if working else until_ms - at_ms
        if counted_ms >= term_ms:
            break
        term_ms -= counted_ms
        at_ms = to_ms
    return days.after(at_ms, term_ms) if working else at_ms + term_ms


class EndedRun(NamedTuple):
    """A clock that was stopped: of which phase, when, and when it turned red or would have (ms since 1970).

    `is_done`: what stopped it is what the phase is for.
    """

    phase: str
    stopped_ms: int
    red_ms: int
    is_done: bool

    @property
    def was_kept(self) -> bool | None:
        """Whether the deadline was kept; None where the clock was let go of before it turned red."""
        if self.stopped_ms >= self.red_ms:
            return False
        return True if self.is_done else None


def ended_runs(case: Case, days: WorkingDays) -> Iterator[EndedRun]:
    """The clocks that were stopped, in their order.

    Terms are those of the level that the case had when the clock was stopped, and of its present type. What
    was told later than it was done was done in time if it was done in time. A case without any command is one
    that was imported: nobody knows its deadlines, so it has none; nor has a clock with an extension that is
    no longer on record.
    """
    if all(step.command == "report" for step in case.history):
        return
    pauses, extensions = tuple(_pauses(case)), _Extensions(case)
    running = {"accept": case.learned_at_ms}
    for step, level in _with_levels(case):
        extensions.pass_by(step)
        is_end = step.command == "report" and step.state in ENDED
        turn = Turn(_ALL) if is_end else TURNS.get(step.command, Turn())
        for phase in PHASES:
            if phase in running and (phase in turn.stops or phase in turn.restarts):
                # A pause that goes on ends for the clock that is stopped.
                until = tuple((a, min(b or step.learned_ms, step.learned_ms)) for a, b in pauses)
                red_ms = _red_ms(case, level, phase, running.pop(phase), until, days, extensions)
                if red_ms is not None:
                    stopped_ms = (case.closed_at_ms or step.at_ms) if is_end else step.at_ms
                    is_done = is_end or step.command in FULFILLED_BY[phase]
                    yield EndedRun(phase, stopped_ms, red_ms, is_done)
        running |= dict.fromkeys(turn.restarts, step.learned_ms)
        for phase in turn.starts:
            running.setdefault(phase, step.learned_ms)


class _Extensions:
    """Which extension holds at a step of a history; of those but the last only that there was one is kept."""

    def __init__(self, case: Case) -> None:
        self._until_ms, self._left = case.until_ms, sum(step.command == "grant" for step in case.steps)
        self._holds = False

    def pass_by(self, step: Step) -> None:
        """Take in the next step."""
        if step.command == "grant":
            self._left -= 1
            self._holds = True
        elif step.command == "send_back":
            self._holds = False

    def red_ms(self, phase: str, red_ms: int) -> int | None:
        """When a clock turns red that would at `red_ms` without an extension; None: nobody knows any more."""
        if phase != "handle" or not self._holds:
            return red_ms
        return None if self._left else self._until_ms


def _with_levels(case: Case) -> Iterator[tuple[Step, int]]:
    """The steps that were not undone, each with the level that the case had before it."""
    kept: list[tuple[Step, int]] = []
    for step, level in zip(case.history, case.levels, strict=True):
        if step.command == "undo":
            kept.pop()
        else:
            kept.append((step, level))
    before = kept[0][1]
    for step, level in kept:
        yield step, before
        before = level


def _red_ms(
    case: Case, level: int, phase: str, started_ms: int, pauses: Pauses, days: WorkingDays,
    extensions: _Extensions,
) -> int | None:  # fmt: skip
    limit = _term(case.type, level, phase)
    if limit is None:
        return None
    return extensions.red_ms(phase, _after(started_ms, limit.red_ms, limit.working, pauses, days))
