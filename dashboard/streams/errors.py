"""`StreamsError`: what the store or the projector can't do, in one sentence that says what to do."""

from __future__ import annotations


class StreamsError(Exception):
    """A failure that an operator can mend; the message is one sentence that says how."""


class NotReplicated(StreamsError):  # noqa: N818 - it names the state of affairs
    """What was appended is on the primary's disk, but not on as many replicas as it was to be."""


class NotOwner(StreamsError):  # noqa: N818 - it names the state of affairs, as the message does
    """Another projector has taken this city over; this one must stop or wait."""
