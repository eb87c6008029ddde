"""Ids of commands and reports that came without one, in letters alone.

Ids are searched for persons like all that comes in, and among random digits there is a telephone number
sooner or later: one command in some thousand was refused for sixteen hexadecimal ones.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

_AS_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


def fresh_command_id() -> str:
    """An id that no other command has."""
    return f"desk-{_letters(16)}"


def fresh_case_id(grid_code: str) -> str:
    """An id that no other case has: county, day, and letters."""
    return f"{grid_code[:6]}-{datetime.now(UTC):%Y%m%d}-{_letters(8)}"


def _letters(count: int) -> str:
    return uuid.uuid4().hex[:count].translate(_AS_LETTERS)
