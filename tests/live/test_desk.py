"""Ids that the desk makes are ids, and nothing that looks like a person's number."""

from __future__ import annotations

from dashboard.domain.privacy import personal_text
from dashboard.live.desk import random_letters


def test_no_id_reads_as_a_number_of_a_person() -> None:
    """Of ids in hexadecimal eight in ten thousand did, and their commands were refused."""
    ids = [f"desk-{random_letters(16)}" for _ in range(20_000)]
    assert [text for text in ids if personal_text(text)] == []
    assert len(set(ids)) == len(ids)
    assert {len(text) for text in ids} == {21}
