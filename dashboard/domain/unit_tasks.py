"""A unit's own part in its cases: what it has done, what it may do next, and who may look at it."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.domain.access import Identity, contains_by_prefix, may
from dashboard.domain.case_record import Case
from dashboard.domain.commands import ALLOWED, COMMANDS

BY_UNIT = tuple(slug for slug, rule in COMMANDS.items() if rule.by_unit)
"""Commands that the unit which has a case may send, in the table's order."""

STATES_SHOWN = ("assigned", "handling", "resolved", "verified")
"""States in which a case is a unit's task; the last two are done and await paper."""
STATES_TO_DO = ("assigned", "handling")

PASSED_BY: dict[str, tuple[str, ...]] = {
    "en_route": ("en_route", "on_scene"),
    "on_scene": ("on_scene",),
}
"""Command → commands after which it says nothing new, until the case is given anew."""

_GIVEN = frozenset({"assign", "reassign", "send_back"})
_IDLE: dict[str, Callable[[Case], bool]] = {
    "extend": lambda case: case.asked_until_ms is not None,
    "report_in": lambda case: not case.called,
}
CONDITIONAL = frozenset(_IDLE)
"""Commands about which more than the case's state decides."""


def done_by_unit(case: Case) -> tuple[str, ...]:
    """Commands of the unit's part since the case was given to it, or sent back, in their order."""
    done: list[str] = []
    for step in case.steps:
        if step.command in _GIVEN:
            done.clear()
        elif step.command in BY_UNIT:
            done.append(step.command)
    return tuple(done)


def allowed_to_unit(case: Case) -> tuple[str, ...]:
    """What the unit that has the case may do now and would make sense, in the table's order."""
    done = done_by_unit(case)
    return tuple(
        slug
        for slug in ALLOWED[case.state]
        if COMMANDS[slug].by_unit
        and not any(passed in done for passed in PASSED_BY.get(slug, ()))
        and not (slug in _IDLE and _IDLE[slug](case))
    )


def may_see_unit(
    who: Identity,
    call_sign: str,
    home_code: str | None,
    contains: Callable[[str, str], bool] = contains_by_prefix,
) -> bool:
    """Whether `who` may look at a unit's tasks: a unit at its own, others by the region of its home grid.

    `home_code`: None for a call sign of no unit, of which there is nothing to see.
    """
    if who.role == "unit":
        return who.name == call_sign
    return home_code is None or may(who, "view", home_code, contains)
