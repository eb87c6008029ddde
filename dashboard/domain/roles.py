"""Who may send which command: what the gate of the API and the table of docs/cases.md both go by.

The gate asks two things: whether the role may do the command's action (`access.ROLES_BY_ACTION`), and of a
unit whether it is the unit's part, of its own case. Where it may do so, its region says.
"""

from __future__ import annotations

from enum import StrEnum

from dashboard.domain.access import ROLES_BY_ACTION
from dashboard.domain.commands import KITES_OWN, Rule


class Part(StrEnum):
    """How much of a command is a role's."""

    ALL = "all"
    OWN = "own"
    """Of a case that it has itself."""
    NONE = "none"


def part_of(role: str, rule: Rule) -> Part:
    """What of a command is a role's; nobody's where the command is Kite's own."""
    if rule.action == KITES_OWN or role not in ROLES_BY_ACTION[rule.action]:
        return Part.NONE
    if role == "unit":
        return Part.OWN if rule.by_unit else Part.NONE
    return Part.ALL
