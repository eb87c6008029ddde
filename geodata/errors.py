"""`PackError`: what makes a pack impossible to build or read, in one sentence that says what to do."""

from __future__ import annotations


class PackError(Exception):
    """A failure that the operator can mend; the message is one sentence that says how."""
