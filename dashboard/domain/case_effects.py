"""What each command changes in a case besides its state, and the refusals that name what is allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.domain.case_record import Case
from dashboard.domain.case_types import LEVELS, TYPE_BY_CODE
from dashboard.domain.commands import ALLOWED, COMMANDS, REFER_STEPS, STATES
from dashboard.domain.events import Command
from dashboard.domain.hierarchy import CITY, TIERS
from dashboard.domain.refused import Refused, quote


def not_allowed(case: Case, what: str) -> Refused:
    """The refusal that says `what` can't be done and what the case's state allows."""
    zh, en = STATES[case.state]
    allowed = [f"{COMMANDS[slug].en} ({COMMANDS[slug].zh})" for slug in ALLOWED[case.state]]
    instead = f"it allows {', '.join(allowed)}" if allowed else "nothing more can be done with it"
    return Refused("not_allowed", f"The case is {en} ({zh}): {what}; {instead}.", **facts(case))


def facts(case: Case) -> dict[str, object]:
    """What the case is now, for screens that word a refusal themselves."""
    last = case.history[-1]
    return {
        "state": case.state,
        "version": case.version,
        "by": last.by,
        "command": last.command,
        "at_ms": last.at_ms,
        "allowed": list(ALLOWED[case.state]),
    }


def _assign(case: Case, command: Command) -> dict[str, Any]:
    return {"unit": command.unit or "", "departments": command.departments}


def _return(case: Case, command: Command) -> dict[str, Any]:
    return {"unit": "", "departments": (), "called": ()}


def _merge(case: Case, command: Command) -> dict[str, Any]:
    if command.into == case.id:
        raise Refused("not_allowed", "A case can't be merged into itself.", **facts(case))
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
            **facts(case),
        )
    return {"centre": wanted}


def _to_hearing(case: Case, command: Command) -> dict[str, Any]:
    if not case.is_dispute:
        raise not_allowed(case, "only a dispute can go to a hearing")
    departments = tuple(dict.fromkeys((*case.departments, *command.departments)))
    return {"hearing": True, "departments": departments}


def _hearing_result(case: Case, command: Command) -> dict[str, Any]:
    if not case.hearing:
        raise not_allowed(case, "there was no hearing")
    return {"outcome": command.outcome}


def _whistle(case: Case, command: Command) -> dict[str, Any]:
    return {"called": tuple(dict.fromkeys((*case.called, *command.departments)))}


def _report_in(case: Case, command: Command) -> dict[str, Any]:
    strangers = [name for name in command.departments if name not in case.called]
    if strangers:
        called = ", ".join(case.called) or "none"
        raise not_allowed(case, f"{strangers[0]} was not called (still to report in: {called})")
    departments = tuple(dict.fromkeys((*case.departments, *command.departments)))
    missing = tuple(name for name in case.called if name not in command.departments)
    return {"called": missing, "departments": departments}


EFFECTS: dict[str, Callable[[Case, Command], dict[str, Any]]] = {
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
