"""Casework: the commands that take simulated cases from report to closing, and the units that do the work."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.units import FREE, OFF
from dashboard.feeds.simulation import lifecycle, texts
from dashboard.feeds.simulation.kinds import GRID_WORKER
from dashboard.feeds.simulation.lifecycle import Step
from dashboard.feeds.simulation.units import UnitFleet
from dashboard.feeds.values import iso_times
from dashboard.streams.reader import CaseVersion

OF_THE_UNIT = frozenset({"take_on", "en_route", "on_scene", "resolve", "return_back"})
"""Commands that the unit itself gives; a desk gives the others."""

Versions = Callable[[Sequence[str]], Mapping[str, CaseVersion]]
"""The version that the state has of each of some cases; one that is missing has ended or is not known yet."""

_MOST_LOOKS = 12
"""A case is looked for again after 1, 2, 4, … 64 s, this often: the projector may be behind."""


@dataclass
class LiveCase:
    """A case being worked: where it is (map units), its version as we know it, its coming steps, its unit.

    `worker` is the call sign that took it on, also after the unit has left; `looks`: how often the state
    has not known it in a row; `escalated`: steps of its version that were Kite's own.
    """

    id: str
    type: str
    level: int
    xy: NDArray[np.float64]
    centre: str
    version: int
    steps: list[Step] = field(default_factory=list)
    unit: int | None = None
    worker: str = ""
    looks: int = 0
    escalated: int = 0


class Casework:
    """All open cases of the simulator, and what is due with them.

    A case that somebody else has touched is theirs from then on: the simulator lets go of it. That a term is
    over and the case goes up is nobody's touch.
    """

    def __init__(self, fleet: UnitFleet, rng: np.random.Generator) -> None:
        self._fleet = fleet
        self._rng = rng
        self._due: list[tuple[int, int, LiveCase]] = []
        self._count = 0
        self._now_ms = 0

    def __len__(self) -> int:
        return len(self._due)

    def add(self, case: LiveCase) -> None:
        """Begin to work a case by its steps."""
        self._push(case)

    def due(self, now_ms: int, versions: Versions | None = None, most: int = 200) -> list[dict[str, str]]:
        """The commands to send now, at most `most`, in time order; each case gives at most one."""
        self._now_ms = now_ms
        cases: dict[str, LiveCase] = {}
        while self._due and self._due[0][0] <= now_ms and len(cases) < most:
            case = heapq.heappop(self._due)[2]
            cases[case.id] = case
        if versions is not None and cases:
            self._let_go(cases, versions(list(cases)))
        commands = []
        for case in cases.values():
            command = self._take_step(case, now_ms)
            if command is not None:
                commands.append(command)
            self._push(case)
        return commands

    def postpone(self, by_ms: int) -> None:
        """Move everything that is still to come: the time in between did not happen."""
        for _, _, case in self._due:
            case.steps = [replace(step, at_ms=step.at_ms + by_ms) for step in case.steps]
        self._due = [(at_ms + by_ms, count, case) for at_ms, count, case in self._due]

    def _push(self, case: LiveCase) -> None:
        if case.steps:
            self._count += 1
            heapq.heappush(self._due, (case.steps[0].at_ms, self._count, case))
        else:
            self._free_unit(case)

    def _let_go(self, cases: dict[str, LiveCase], versions: Mapping[str, CaseVersion]) -> None:
        for case in list(cases.values()):
            known = versions.get(case.id)
            if known is not None and known.version - known.escalated == case.version - case.escalated:
                case.version, case.escalated = known
                case.looks = 0
                continue
            if (known is None or known.version < case.version) and case.looks < _MOST_LOOKS:
                later_ms = self._now_ms + 1_000 * 2 ** min(case.looks, 6)
                case.looks += 1
                step = case.steps[0]
                case.steps[0] = replace(step, at_ms=max(later_ms, step.at_ms))
                self._push(case)
            else:
                self._free_unit(case)
            del cases[case.id]

    def _take_step(self, case: LiveCase, now_ms: int) -> dict[str, str] | None:
        step = case.steps.pop(0)
        extra = self._ACTIONS.get(step.command, Casework._plain)(self, case, step, now_ms)
        if extra is None:
            return None
        fields = {**extra, **dict(step.fields)}
        command = command_of(case.id, case.version, step, now_ms, self._by(case, step), fields)
        case.version += 1
        return command

    def _by(self, case: LiveCase, step: Step) -> str:
        return case.worker if case.worker and step.command in OF_THE_UNIT else case.centre

    def _plain(self, case: LiveCase, step: Step, now_ms: int) -> dict[str, str] | None:
        return {"note": step.note} if step.note else {}

    def _triage(self, case: LiveCase, step: Step, now_ms: int) -> dict[str, str] | None:
        return {"level": f"{case.level:02d}"}

    def _assign(self, case: LiveCase, step: Step, now_ms: int) -> dict[str, str] | None:
        group, kind = lifecycle.handling(case.type)
        unit = self._fleet.nearest_free(kind, case.xy)
        if unit is None:
            unit = self._fleet.nearest_free(GRID_WORKER, case.xy)
        if unit is None:
            case.worker = ""
            return {"departments": one_of(texts.DEPARTMENTS[lifecycle.GROUPS[group].texts], self._rng)}
        case.unit, case.worker = unit, self._fleet.call_sign[unit]
        self._fleet.reserve(unit)
        return {"unit": case.worker}

    def _set_out(self, case: LiveCase, step: Step, now_ms: int) -> dict[str, str] | None:
        if case.unit is None:
            return None
        arrival = self._fleet.leave_for(case.unit, case.xy, now_ms)
        planned = next((s.at_ms for s in case.steps if s.command == "on_scene"), arrival)
        # The road decides when it arrives; the rest follows.
        case.steps = [replace(step, at_ms=step.at_ms + arrival - planned) for step in case.steps]
        return {}

    def _arrive(self, case: LiveCase, step: Step, now_ms: int) -> dict[str, str] | None:
        if case.unit is None:
            return None
        self._fleet.arrive(case.unit)
        return {}

    def _leave(self, case: LiveCase, step: Step, now_ms: int) -> dict[str, str] | None:
        self._free_unit(case)
        return None

    def _return(self, case: LiveCase, step: Step, now_ms: int) -> dict[str, str] | None:
        self._free_unit(case)
        return {"note": step.note}

    def _resolve(self, case: LiveCase, step: Step, now_ms: int) -> dict[str, str] | None:
        self._free_unit(case)
        return {"outcome": outcome(case.type, self._rng)}

    def _free_unit(self, case: LiveCase) -> None:
        if case.unit is not None and self._fleet.state[case.unit] not in (FREE, OFF):
            self._fleet.release(case.unit, self._now_ms)
        case.unit = None

    _ACTIONS: Mapping[str, Callable[[Casework, LiveCase, Step, int], dict[str, str] | None]] = {
        "triage": _triage,
        "assign": _assign,
        "en_route": _set_out,
        "on_scene": _arrive,
        "leave": _leave,
        "return_back": _return,
        "resolve": _resolve,
    }


def command_of(
    case: str, version: int, step: Step, at_ms: int, by: str, extra: Mapping[str, str]
) -> dict[str, str]:
    """A command as the stream takes it; its id follows from the case and the version it saw."""
    return {
        "id": f"{case}.{version}",
        "case": case,
        "command": step.command,
        "version": str(version),
        "at": iso_times(np.array([at_ms]))[0],
        "by": by,
        "simulated": "1",
        **extra,
    }


def outcome(code: str, rng: np.random.Generator) -> str:
    """How a case of a type ends, one of `commands.OUTCOMES`, some more often than others."""
    return one_of(texts.OUTCOMES[lifecycle.group_of(code).texts], rng)


def one_of(choices: Sequence[str], rng: np.random.Generator) -> str:
    """One of some texts, each as likely as the others."""
    return choices[int(rng.integers(len(choices)))]


_NEXT: Mapping[str, int] = {
    "reported": lifecycle.ACCEPT,
    "accepted": lifecycle.ASSIGN,
    "assigned": lifecycle.TAKE_ON,
    "handling": lifecycle.RESOLVE,
    "resolved": lifecycle.VERIFY,
    "verified": lifecycle.CLOSE,
}


def remaining(
    state: str, done: Iterable[str], times: NDArray[np.int64], now_ms: int, rng: np.random.Generator
) -> list[Step]:
    """The steps still to come of a case found in `state`, after the commands `done`, from a fresh course.

    `times` is a row of `lifecycle.moments` of a case reported now; what was already waited for is left out.
    """
    first = _NEXT[state]
    said = set(done)
    if state == "handling" and "on_scene" not in said:
        first = lifecycle.ON_SCENE if "en_route" in said else lifecycle.EN_ROUTE
    elif state == "handling":
        first = lifecycle.LEAVE
    start = int(times[first - 1]) if first else now_ms
    waited = rng.random()
    shift = now_ms - start - int((int(times[first]) - start) * waited)
    return [Step(int(times[k]) + shift, lifecycle.STEPS[k]) for k in range(first, len(lifecycle.STEPS))]
