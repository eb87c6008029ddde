"""The answers that are handed to those who wait for them."""

from __future__ import annotations

from gevent.event import AsyncResult

from dashboard.live.sending import Sender


def test_of_two_answers_to_one_id_the_first_is_told() -> None:
    """Both senders of it wait for the same: the one that says that the command was done must not be lost."""
    sender = object.__new__(Sender)
    sender._waiting = {"c-1": AsyncResult()}
    waiting = sender._waiting["c-1"]
    sender.hear([{"id": "c-1", "version": 2}, {"id": "other"}, {"id": "c-1", "reason": "duplicate"}])
    assert waiting.get(timeout=1) == {"id": "c-1", "version": 2}
