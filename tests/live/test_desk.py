"""The answers that the desk hands on."""

from __future__ import annotations

from gevent.event import AsyncResult

from dashboard.live.desk import Desk


def test_of_two_answers_to_one_id_the_first_is_told() -> None:
    """Both senders of it wait for the same: the one that says that the command was done must not be lost."""
    desk = object.__new__(Desk)
    desk._waiting = {"c-1": AsyncResult()}
    waiting = desk._waiting["c-1"]
    desk.hear([{"id": "c-1", "version": 2}, {"id": "other"}, {"id": "c-1", "reason": "duplicate"}])
    assert waiting.get(timeout=1) == {"id": "c-1", "version": 2}
