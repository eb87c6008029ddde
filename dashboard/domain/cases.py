"""How a case begins and changes: by reports under its id and by commands.

A case is immutable. Every change gives a new one with the next version and one more step of history.
Nothing here reads a clock: times come from the reports and commands.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dashboard.domain.case_effects import EFFECTS, facts, not_allowed
from dashboard.domain.case_record import Case, Step, late_ms_of, plain_value, read_value
from dashboard.domain.case_types import TYPE_BY_CODE
from dashboard.domain.commands import COMMANDS, ENDED, STATES, UNDO_MS, UNDOABLE
from dashboard.domain.events import Command, Report
from dashboard.domain.refused import Refused

__all__ = ["Case", "Step", "apply", "merge_report", "new_case"]

_CONTENT = ("scale", "place", "summary", "source")
_TRIAGED = ("level", "nature")


def new_case(report: Report, grid: int) -> Case:
    """The case that a report opens, in grid number `grid`; with `closed_at` it is history and closed.

    What the report leaves out is the type's default level and nature, and scale 01.
    """
    row = TYPE_BY_CODE[report.type]
    state = "reported" if report.closed_at_ms is None else "closed"
    return Case(
        report.id,
        report.type,
        report.level or row.default_level,
        report.scale or 1,
        report.nature or row.nature,
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
    same time the one that was learned of later; what it leaves out stays. What an officer triaged
    (type, level, nature, grid) stays. A report with `closed_at` closes an open case; a report never
    takes a state back.
    """
    changes: dict[str, Any] = {"simulated": case.simulated or report.simulated}
    if report.occurred_at_ms >= case.occurred_at_ms:
        changes |= {"origin": report.origin, "occurred_at_ms": report.occurred_at_ms}
        changes |= _said(report, _CONTENT)
        if not any(step.command == "triage" for step in case.history):
            changes |= {"type": report.type, "grid": grid, "lon": report.lon, "lat": report.lat}
            changes |= _said(report, _TRIAGED)
    if report.closed_at_ms is not None and case.is_open:
        changes |= {"state": "closed", "closed_at_ms": report.closed_at_ms}
    if all(getattr(case, name) == value for name, value in changes.items()):
        return case
    step = Step(report.learned_at_ms, "report", changes.get("state", case.state))
    return _stepped(case, step, changes)


def _said(report: Report, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(report, name))}


def apply(case: Case, command: Command, grid: int | None = None) -> Case:
    """The case after a command; `grid` is the number of `command.grid`, None when this city has no such grid.

    Raises `Refused`, and changes nothing, when the command was applied before ("duplicate"), saw
    another version ("version"), or is not one that the case's state allows ("not_allowed").
    """
    rule = COMMANDS[command.command]
    _refuse_repeated(case, command)
    _refuse_outdated(case, command)
    if command.command == "undo":
        return _undone(case, command)
    if case.state not in rule.moves:
        raise not_allowed(case, f"{rule.en} ({rule.zh}) is not possible")
    effect = EFFECTS.get(command.command)
    changes = {} if effect is None else effect(case, command)
    if command.grid is not None:
        if grid is None:
            raise Refused("outside", f"Grid {command.grid} is not in this city.")
        changes |= {"grid": grid, "lon": None, "lat": None} if grid != case.grid else {}
    state = rule.moves[case.state]
    if state in ENDED:
        changes["closed_at_ms"] = command.at_ms
    changes["simulated"] = case.simulated or command.simulated
    if command.command in UNDOABLE:
        changes["undo"] = tuple((name, plain_value(getattr(case, name))) for name in ("state", *changes))
    note = ": ".join(part for part in (command.reason, command.note) if part)
    step = Step(command.at_ms, command.command, state, command.by, command.id, note, late_ms_of(command))
    return _stepped(case, step, changes)


def _undone(case: Case, command: Command) -> Case:
    """The case as it was before the last command, where that was the same sender's, and only just now."""
    last = case.history[-1]
    # By when we learned of both, so that a time of its own wins nobody any.
    passed_ms = command.at_ms + late_ms_of(command) - last.learned_ms
    if not case.undo or last.by != command.by or passed_ms > UNDO_MS:
        raise not_allowed(case, f"there is nothing that {command.by} can undo (within {UNDO_MS // 1000} s)")
    changes = {name: read_value(name, value) for name, value in case.undo}
    step = Step(
        command.at_ms, "undo", changes["state"], command.by, command.id, command.note, late_ms_of(command)
    )
    return _stepped(case, step, changes)


def _stepped(case: Case, step: Step, changes: dict[str, Any]) -> Case:
    if changes.get("level", case.level) != case.level:
        step = step._replace(level_before=case.level)
    changes = (
        {"undo": ()}
        | changes
        | {"state": step.state, "version": case.version + 1, "history": (*case.history, step)}
    )
    return replace(case, **changes)


def _refuse_repeated(case: Case, command: Command) -> None:
    for step in case.history:
        if step.id and step.id == command.id:
            sentence = f"Command {command.id} was applied to this case before; nothing was changed."
            raise Refused("duplicate", sentence, **facts(case))


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
        f"The case has changed: it is {en} ({zh}) at version {case.version} since {who} did {name!r} "
        f"at {at}; you saw version {command.version}, and nothing was changed.",
        **facts(case),
    )
