"""A case: what is known of it, what state it is in, and how commands and further reports change it.

A case is immutable. Every change gives a new one with the next version and one more step of history.
Nothing here reads a clock: times come from the reports and commands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from dashboard.domain.case_types import LEVELS, TYPE_BY_CODE, family_of
from dashboard.domain.commands import ALLOWED, COMMANDS, ENDED, REFER_STEPS, STATES, UNRESOLVED
from dashboard.domain.events import Command, Report
from dashboard.domain.hierarchy import CITY, GRID, TIERS
from dashboard.domain.refused import Refused, quote


class Step(NamedTuple):
    """One step of a case's history: when, by which command, to which state; by whom, under which id, why."""

    at_ms: int
    command: str
    state: str
    by: str = ""
    id: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands.

    `grid` is a grid number; `lon` and `lat` are None when only the grid is known. `level`, `scale`
    and `nature` are keys of their tables, `type` is four digits. `centre` is the tier of the centre
    that has it. `called` are departments that were whistled for and have not reported in.
    """

    id: str
    type: str
    level: int
    scale: int
    nature: int
    origin: str
    occurred_at_ms: int
    learned_at_ms: int
    grid: int
    lon: float | None
    lat: float | None
    place: str
    summary: str
    source: str
    simulated: bool
    state: str
    version: int
    closed_at_ms: int | None
    history: tuple[Step, ...]
    centre: int = GRID
    unit: str = ""
    departments: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    hearing: bool = False
    card: str = "normal"
    until_ms: int | None = None
    outcome: str = ""
    into: str = ""

    @property
    def is_open(self) -> bool:
        """Not closed and not merged."""
        return self.state not in ENDED

    @property
    def is_unresolved(self) -> bool:
        """The matter itself still stands; `resolved` and `verified` cases are open but not unresolved."""
        return self.state in UNRESOLVED

    @property
    def is_dispute(self) -> bool:
        """Whether the type is one of the dispute types."""
        return TYPE_BY_CODE[self.type].is_dispute

    @property
    def family(self) -> int:
        """Position of the case's family in `case_types.FAMILIES`."""
        return family_of(self.type, self.nature)

    def to_dict(self) -> dict[str, Any]:
        """The case as JSON-able values, in the fields' order; what has its default is left out."""
        values: dict[str, Any] = {}
        for name in _ALWAYS:
            values[name] = getattr(self, name)
        values["history"] = [_trimmed(step) for step in self.history]
        for name, default in _DEFAULTS.items():
            value = getattr(self, name)
            if value != default:
                values[name] = list(value) if isinstance(value, tuple) else value
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Case:
        """The case that `to_dict` wrote."""
        known = dict(values)
        known["history"] = tuple(Step(*step) for step in known["history"])
        for name in ("departments", "called"):
            if name in known:
                known[name] = tuple(known[name])
        return cls(**known)


_DEFAULTS = {row.name: row.default for row in fields(Case) if row.name in (
    "centre", "unit", "departments", "called", "hearing", "card", "until_ms", "outcome", "into")}  # fmt: skip
_ALWAYS = tuple(row.name for row in fields(Case) if row.name not in _DEFAULTS and row.name != "history")
_CONTENT = ("scale", "nature", "origin", "occurred_at_ms", "place", "summary", "source")
_TRIAGED = ("type", "level", "grid", "lon", "lat")


def _trimmed(step: Step) -> list[Any]:
    values = list(step)
    while values[-1] == "":
        values.pop()
    return values


def new_case(report: Report, grid: int) -> Case:
    """The case that a report opens, in grid number `grid`; with `closed_at` it is history and closed."""
    state = "reported" if report.closed_at_ms is None else "closed"
    return Case(
        report.id,
        report.type,
        report.level,
        report.scale,
        report.nature,
        report.origin,
        report.occurred_at_ms,
        report.learned_at_ms,
        grid,
        report.lon,
        report.lat,
        report.place,
        report.summary,
        report.source,
        report.simulated,
        state,
        1,
        report.closed_at_ms,
        (Step(report.learned_at_ms, "report", state),),
    )


def merge_report(case: Case, report: Report, grid: int) -> Case:
    """The case after a further report under its id; the very same object when nothing changed.

    The report that occurred later has the say over the content, and of two that occurred at the
    same time the one that was learned of later. What an officer triaged (type, level, grid) stays.
    A report with `closed_at` closes an open case; the state is never taken back by a report.
    """
    changes: dict[str, Any] = {}
    if report.occurred_at_ms >= case.occurred_at_ms:
        changes = {name: getattr(report, name) for name in _CONTENT}
        if not any(step.command == "triage" for step in case.history):
            changes |= {"grid": grid} | {name: getattr(report, name) for name in _TRIAGED if name != "grid"}
    if report.closed_at_ms is not None and case.is_open:
        changes |= {"state": "closed", "closed_at_ms": report.closed_at_ms}
    changes["simulated"] = case.simulated or report.simulated
    if all(getattr(case, name) == value for name, value in changes.items()):
        return case
    return _stepped(case, Step(report.learned_at_ms, "report", changes.get("state", case.state)), changes)


def apply(case: Case, command: Command, grid: int | None = None) -> Case:
    """The case after a command; `grid` is the number of `command.grid`, None when this city has no such grid.

    Raises `Refused`, and changes nothing, when the command was applied before ("duplicate"), saw
    another version ("version"), or is not one that the case's state allows ("not_allowed").
    """
    rule = COMMANDS[command.command]
    _refuse_repeated(case, command)
    _refuse_outdated(case, command)
    if case.state not in rule.moves:
        raise _not_allowed(case, f"{rule.en} ({rule.zh}) is not possible")
    effect = _EFFECTS.get(command.command, _no_effect)
    changes = effect(case, command)
    if command.grid is not None:
        if grid is None:
            raise Refused("outside", f"Grid {command.grid} is not in this city.")
        changes |= {"grid": grid, "lon": None, "lat": None} if grid != case.grid else {}
    state = rule.moves[case.state]
    if state in ENDED:
        changes["closed_at_ms"] = command.at_ms
    changes["simulated"] = case.simulated or command.simulated
    step = Step(command.at_ms, command.command, state, command.by, command.id, command.note)
    return _stepped(case, step, changes)


def _stepped(case: Case, step: Step, changes: dict[str, Any]) -> Case:
    changes = changes | {"state": step.state, "version": case.version + 1, "history": (*case.history, step)}
    return replace(case, **changes)


def _refuse_repeated(case: Case, command: Command) -> None:
    for step in case.history:
        if step.id and step.id == command.id:
            sentence = f"Command {command.id} was applied to this case before; nothing was changed."
            raise Refused("duplicate", sentence, **_facts(case))


def _refuse_outdated(case: Case, command: Command) -> None:
    if command.version is None or command.version == case.version:
        return
    last = case.history[-1]
    name = COMMANDS[last.command].en if last.command in COMMANDS else last.command
    at = datetime.fromtimestamp(last.at_ms / 1000, UTC).isoformat(timespec="seconds")
    who = last.by or case.source or "a report"
    zh, en = STATES[case.state]
    raise Refused(
        "version",
        f"The case has changed: it is {en} ({zh}) at version {case.version} since {who} did {name!r} at {at}; "
        f"you saw version {command.version}, and nothing was changed.",
        **_facts(case),
    )


def _not_allowed(case: Case, what: str) -> Refused:
    zh, en = STATES[case.state]
    allowed = [f"{COMMANDS[slug].en} ({COMMANDS[slug].zh})" for slug in ALLOWED[case.state]]
    instead = f"it allows {', '.join(allowed)}" if allowed else "nothing more can be done with it"
    return Refused("not_allowed", f"The case is {en} ({zh}): {what}; {instead}.", **_facts(case))


def _facts(case: Case) -> dict[str, object]:
    last = case.history[-1]
    return {
        "state": case.state,
        "version": case.version,
        "by": last.by,
        "command": last.command,
        "at_ms": last.at_ms,
        "allowed": list(ALLOWED[case.state]),
    }


def _no_effect(case: Case, command: Command) -> dict[str, Any]:
    return {}


def _assign(case: Case, command: Command) -> dict[str, Any]:
    return {"unit": command.unit or "", "departments": command.departments}


def _return(case: Case, command: Command) -> dict[str, Any]:
    return {"unit": "", "departments": (), "called": ()}


def _merge(case: Case, command: Command) -> dict[str, Any]:
    if command.into == case.id:
        raise Refused("not_allowed", "A case can't be merged into itself.", **_facts(case))
    return {"into": command.into}


def _triage(case: Case, command: Command) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if command.level is not None:
        changes["level"] = command.level
    if command.type is not None:
        changes |= {"type": command.type, "nature": TYPE_BY_CODE[command.type].nature}
    return changes


def _refer(case: Case, command: Command) -> dict[str, Any]:
    steps = REFER_STEPS[case.level]
    wanted = case.centre - 1 if command.to is None else [slug for slug, _ in TIERS].index(command.to)
    lowest_number = max(CITY, case.centre - steps)
    if not lowest_number <= wanted < case.centre:
        here, there = TIERS[case.centre][0], TIERS[lowest_number][0]
        reach = f"may go up as far as the {there}" if case.centre > CITY else "can't go further up"
        raise Refused(
            "not_allowed",
            f"The case is with the {here}; at level {case.level:02d} {LEVELS[case.level][0]} it {reach}, "
            f"not to {quote(command.to or 'the next')}.",
            **_facts(case),
        )
    return {"centre": wanted}


def _to_hearing(case: Case, command: Command) -> dict[str, Any]:
    if not case.is_dispute:
        raise _not_allowed(case, "only a dispute can go to a hearing")
    departments = tuple(dict.fromkeys((*case.departments, *command.departments)))
    return {"hearing": True, "departments": departments}


def _hearing_result(case: Case, command: Command) -> dict[str, Any]:
    if not case.hearing:
        raise _not_allowed(case, "there was no hearing")
    return {"outcome": command.outcome}


def _whistle(case: Case, command: Command) -> dict[str, Any]:
    return {"called": tuple(dict.fromkeys((*case.called, *command.departments)))}


def _report_in(case: Case, command: Command) -> dict[str, Any]:
    strangers = [name for name in command.departments if name not in case.called]
    if strangers:
        called = ", ".join(case.called) or "none"
        raise _not_allowed(case, f"{strangers[0]} was not called (still to report in: {called})")
    departments = tuple(dict.fromkeys((*case.departments, *command.departments)))
    missing = tuple(name for name in case.called if name not in command.departments)
    return {"called": missing, "departments": departments}


_EFFECTS: dict[str, Callable[[Case, Command], dict[str, Any]]] = {
    "assign": _assign,
    "reassign": _assign,
    "return_back": _return,
    "merge": _merge,
    "triage": _triage,
    "refer": _refer,
    "to_hearing": _to_hearing,
    "hearing_result": _hearing_result,
    "whistle": _whistle,
    "report_in": _report_in,
    "resolve": lambda case, command: {"outcome": command.outcome},
    "send_back": lambda case, command: {"outcome": ""},
    "extend": lambda case, command: {"until_ms": command.until_ms},
    "supervise": lambda case, command: {"card": command.card},
}
"""What a command changes besides the state; commands that are not here change nothing else."""
