"""The pages of dead letters: what producers sent is shown as text, and what is lost is said."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dashboard.domain.refused import Refused
from dashboard.streams.codecs import EntryId
from dashboard.streams.dead_letters import ARRIVED, LOST, DeadLetter
from dashboard.streams.letters_desk import DROPPED, RESENT, Letter, Mark
from dashboard.views.admin import letters
from dashboard.views.admin.letter import whole_letter

ZONE = ZoneInfo("Asia/Shanghai")
EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"


def letter(values: Any, reason: str = "bad_value", mark: Mark | None = None) -> Letter:
    refused = Refused(reason, f"The field {EVIL} is wrong.")
    return Letter("1795-0", DeadLetter.of("reports", EntryId(1, 0), 3, refused, values), mark, "1794-0")


EVENTS = (
    {"id": EVIL, "place": EVIL, "summary": EVIL, EVIL: EVIL, "level": {EVIL: [EVIL]}},
    {"value": EVIL},
    EVIL,
    {"packed": EVIL},
)


@pytest.mark.parametrize("values", EVENTS)
@pytest.mark.parametrize("reason", ["bad_value", "personal", "too_large"])
def test_what_was_sent_is_text_and_no_part_of_the_page(in_language: Any, values: Any, reason: str) -> None:
    mark = Mark(DROPPED, 1, EVIL, "test")
    with in_language("en"):
        pages = [
            whole_letter(letter(values, reason), ZONE, letters.PATH, letters.FIELD),
            whole_letter(letter(values, reason, mark), ZONE, letters.PATH, letters.FIELD),
            whole_letter(
                letter(values, reason), ZONE, letters.PATH, letters.FIELD, {"id": EVIL, EVIL: EVIL},
                Refused("bad_value", EVIL),
            ),
            letters._row(letter(values, reason), ZONE)[3],
        ]  # fmt: skip
    for page in pages:
        assert "script" in page
        assert "<script" not in page
        assert "<img" not in page
        assert "\"'>" not in page


def test_what_is_lost_does_not_wait_and_is_said(in_language: Any) -> None:
    key = ("reports", "future")
    counts = {(ARRIVED, *key): 2_000, (RESENT, *key): 20, (DROPPED, *key): 3, (LOST, *key): 1_400}
    with in_language("en"):
        said, table = letters._lost(counts), letters._counts(counts)
        assert letters._lost({(ARRIVED, *key): 2_000}) == ""
    assert "1,400 were lost" in said
    assert "577 waiting, 20 sent again, 3 dropped" in table
    assert "<td>2,000</td><td>577</td><td>20</td><td>3</td><td>1,400</td>" in table
