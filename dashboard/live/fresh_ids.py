"""Ids of commands that came without one."""

from __future__ import annotations

import uuid

_AS_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


def fresh_command_id() -> str:
    """An id that no other command has, in letters alone.

    Ids are searched for persons like all that comes in, and among random digits there is a telephone number
    sooner or later: one command in four hundred was refused for sixteen hexadecimal ones.
    """
    return f"desk-{uuid.uuid4().hex[:16].translate(_AS_LETTERS)}"
