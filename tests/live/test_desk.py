"""The ids that the desk makes, and the answers that it hands on."""

from __future__ import annotations

from gevent.event import AsyncResult

from dashboard.domain.privacy import personal_text
from dashboard.live.desk import Desk, random_letters


def test_no_id_reads_as_a_number_of_a_person() -> None:
    """Of ids in hexadecimal eight in ten thousand did, and their commands were refused."""
    ids = [f"desk-{random_letters(16)}" for _ in range(20_000)]
    assert [text for text in ids if personal_text(text)] == []
    assert len(set(ids)) == len(ids)
    assert {len(text) for text in ids} == {21}


def test_of_two_answers_to_one_id_the_first_is_told() -> None:
    """Both senders of it wait for the same: the one that says that the command was done must not be lost."""
    desk = object.__new__(Desk)
    desk._waiting = {"c-1": AsyncResult()}
    waiting = desk._waiting["c-1"]
    desk.hear([{"id": "c-1", "version": 2}, {"id": "other"}, {"id": "c-1", "reason": "duplicate"}])
    assert waiting.get(timeout=1) == {"id": "c-1", "version": 2}
