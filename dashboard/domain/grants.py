"""Which role and region somebody gets whom another system has signed in: a table of what that says of them.

A row is `VALUE=ROLE@REGION`, rows are parted by semicolons: `admins=administrator; 东城值班=officer@370702`.
The value is a group's name, or whatever else the claim holds, and may itself have `=` and commas in it.
Without a region it is the whole city.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from dashboard.domain.access import EVERYWHERE, PROGRAMS, ROLES


@dataclass(frozen=True, slots=True)
class Grant:
    """A row: who has this value gets this role, bound to the region of this code."""

    value: str
    role: str
    region_code: str


def parse_grants(text: str) -> tuple[Grant, ...]:
    """The rows in order; raises `ValueError` for what is no table, or a role that nobody signs in with."""
    return tuple(_grant(row.strip()) for row in text.split(";") if row.strip())


def checked_grants(text: str) -> str:
    """The text of a table; raises as `parse_grants` does."""
    parse_grants(text)
    return text


def _grant(row: str) -> Grant:
    value, _, what = row.rpartition("=")
    role, at, region = (part.strip() for part in what.partition("@"))
    if not value.strip() or role not in ROLES - PROGRAMS or bool(at) != bool(region):
        raise ValueError(f"{row!r} is not VALUE=ROLE@REGION")
    return Grant(value.strip(), role, region or EVERYWHERE)


def grant_of(grants: Collection[Grant], values: Collection[str]) -> Grant | None:
    """The first row of the table that somebody has the value of; None for whom it says nothing."""
    return next((grant for grant in grants if grant.value in values), None)
