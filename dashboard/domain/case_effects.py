"""What each command changes in a case besides its state, and the refusals that name what is allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.domain.case_record import Case, Hearing, Whistle
from dashboard.domain.case_types import LEVELS, TYPE_BY_CODE
from dashboard.domain.commands import ALLOWED, COMMANDS, PAUSES, REFER_STEPS, REPORT_IN_MIN, STATES
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
    """Nobody has it any more; who was whistled for and has not come need not."""
    came = tuple(whistle for whistle in case.whistles if whistle.reported_ms is not None)
    return {"unit": "", "departments": (), "whistles": came, "paused": ""}


def _merge(case: Case, command: Command) -> dict[str, Any]:
    if command.into == case.id:
        raise not_allowed(case, "it can't be merged into itself")
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
    """A hearing is set; one that was set and not held is moved."""
    if not case.is_dispute:
        raise not_allowed(case, "only a dispute can go to a hearing")
    assert command.team is not None
    assert command.scheduled_ms is not None
    held = case.hearings if case.hearing is None else case.hearings[:-1]
    departments = tuple(dict.fromkeys((*case.departments, *command.departments)))
    return {"hearings": (*held, Hearing(command.team, command.scheduled_ms)), "departments": departments}


def _hearing_result(case: Case, command: Command) -> dict[str, Any]:
    if case.hearing is None:
        raise not_allowed(case, "no hearing is set")
    assert command.outcome is not None
    heard = (*case.hearings[:-1], case.hearing._replace(result=command.outcome))
    return {"hearings": heard, "outcome": command.outcome, "paused": ""}


def _whistle(case: Case, command: Command) -> dict[str, Any]:
    """Who was called already and has not come keeps the time it was given."""
    within_min = command.within_min or REPORT_IN_MIN[case.level]
    due_ms = command.at_ms + within_min * 60_000
    new = [Whistle(name, command.at_ms, due_ms) for name in command.departments if name not in case.called]
    if not new:
        raise not_allowed(
            case, f"{', '.join(command.departments)} was called already and has not reported in"
        )
    return {"whistles": (*case.whistles, *new)}


def _report_in(case: Case, command: Command) -> dict[str, Any]:
    strangers = [name for name in command.departments if name not in case.called]
    if strangers:
        called = ", ".join(case.called) or "none"
        raise not_allowed(case, f"{strangers[0]} was not called (still to report in: {called})")
    whistles = tuple(
        whistle._replace(reported_ms=command.at_ms)
        if whistle.reported_ms is None and whistle.department in command.departments
        else whistle
        for whistle in case.whistles
    )
    departments = tuple(dict.fromkeys((*case.departments, *command.departments)))
    return {"whistles": whistles, "departments": departments}


def _extend(case: Case, command: Command) -> dict[str, Any]:
    assert command.until_ms is not None
    if command.until_ms <= command.at_ms:
        raise not_allowed(case, "an extension must end later than it is asked for")
    return {"asked_until_ms": command.until_ms}


def _grant(case: Case, command: Command) -> dict[str, Any]:
    if case.asked_until_ms is None:
        raise not_allowed(case, "no extension was asked for")
    return {"until_ms": case.asked_until_ms, "asked_until_ms": None}


def _decline(case: Case, command: Command) -> dict[str, Any]:
    if case.asked_until_ms is None:
        raise not_allowed(case, "no extension was asked for")
    return {"asked_until_ms": None}


def _pause(case: Case, command: Command) -> dict[str, Any]:
    if case.paused:
        raise not_allowed(case, f"the clocks stand already ({PAUSES[case.paused][1]})")
    return {"paused": command.reason}


def _go_on(case: Case, command: Command) -> dict[str, Any]:
    if not case.paused:
        raise not_allowed(case, "the clocks run already")
    return {"paused": ""}


def _escalate(case: Case, command: Command) -> dict[str, Any]:
    """The next centre up has it; with the city already, it gets the red card."""
    if case.centre > CITY:
        return {"centre": case.centre - 1, "card": "yellow" if case.card == "normal" else case.card}
    return {"card": "red"}


def _resolve(case: Case, command: Command) -> dict[str, Any]:
    return {"outcome": command.outcome, "paused": "", "asked_until_ms": None}


def _send_back(case: Case, command: Command) -> dict[str, Any]:
    return {"outcome": "", "until_ms": None}


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
    "resolve": _resolve,
    "send_back": _send_back,
    "extend": _extend,
    "grant": _grant,
    "decline": _decline,
    "pause": _pause,
    "go_on": _go_on,
    "escalate": _escalate,
    "supervise": lambda case, command: {"card": command.card},
}
"""What a command changes besides the state; commands that are not here change nothing else."""
