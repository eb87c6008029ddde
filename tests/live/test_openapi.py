"""The API's description and its page in the docs tell of the same answers."""

from __future__ import annotations

import re

from dashboard.live.openapi import document
from dashboard.live.sending import UNANSWERED
from tests.parts import ROOT

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
ROWS = {
    status: means
    for cell, means in re.findall(r"^\| ([\d, ]+) \| (.+) \|$", PAGE, re.MULTILINE)
    for status in cell.split(", ")
}
NO_OPERATIONS = {"405"}
"""What is answered only where there is no operation."""


def test_the_page_has_every_status_of_the_description_and_no_other() -> None:
    operations = [row for path in document("990100")["paths"].values() for row in path.values()]
    described = {status for operation in operations for status in operation["responses"]}
    assert len(operations) > 20
    assert set(ROWS) - NO_OPERATIONS == described


def test_each_operation_says_what_may_happen_to_any_request() -> None:
    for path, operations in document("990100")["paths"].items():
        for method, operation in operations.items():
            told = operation["responses"]
            assert {"401", "403", "429", "503"} <= set(told), path
            assert ("413" in told) == ("requestBody" in operation) == (method == "post"), path
            for status in ("429", "503"):
                assert told[status]["headers"]["Retry-After"]["schema"]["minimum"] == 1


def test_the_page_says_what_each_reason_of_a_503_calls_for() -> None:
    assert {f"`{reason}`" for reason in (*UNANSWERED, "unread")} <= set(re.findall(r"`\w+`", ROWS["503"]))
