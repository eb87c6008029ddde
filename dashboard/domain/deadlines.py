"""By when what must be done with a case: terms by level and type, and the clocks that a history runs.

A term has a time after which it is yellow and one after which it is red; in minutes for what is urgent, in
working days for the rest. A clock runs from when we learn of the step that starts it until one that stops it;
both are tables.
While a case is paused no clock runs, and what is left of them is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.domain.case_record import Case
from dashboard.domain.case_types import TYPE_BY_CODE
from dashboard.domain.commands import PHASES
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

TERMS_OF_TYPES: dict[tuple[str, int], dict[str, Term]] = {
    ("31", 3): {"accept": _minutes(3, 5), "assign": _minutes(5, 10), "on_scene": _minutes(15, 30)},
    ("35", 3): {"accept": _minutes(3, 5), "assign": _minutes(5, 10), "on_scene": _minutes(15, 30)},
    ("35", 4): {"accept": _minutes(10, 30), "assign": _minutes(20, 60), "on_scene": _minutes(40, 90)},
    ("36", 3): {"accept": _minutes(3, 5), "assign": _minutes(5, 10), "on_scene": _minutes(10, 20)},
}
"""What differs from the level's terms, by first level of the type and level."""

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
    if phase == "on_scene" and TYPE_BY_CODE[case.type].is_dispute:
        return None
    return TERMS_OF_TYPES.get((case.type[:2], case.level), {}).get(phase, TERMS[case.level][phase])


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
