"""The one error of the feeds."""

from __future__ import annotations


class FeedError(Exception):
    """What a feed can't work with; the message is one sentence that says what to do."""
