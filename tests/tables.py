"""Tables of the docs as tests read them."""

from __future__ import annotations

import re

from tests.parts import ROOT


def answers_of(page: str, heading: str) -> dict[str, str]:
    """First column → last column of the table under a heading, both without their backticks."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    part = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| `([^`]+)` \|.*\| `([^`]+)` \|$", part, re.MULTILINE)
    assert len(rows) == len(re.findall(r"^\| `", part, re.MULTILINE)), "a row that can't be read"
    return dict(rows)
