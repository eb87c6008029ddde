"""docs/sizing.md: what it calls measured was printed by a benchmark, and its sums are right."""

from __future__ import annotations

import re

from tests.parts import ROOT

SIZING = (ROOT / "docs/sizing.md").read_text(encoding="utf-8")
BENCHMARKS = (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| (?P<figure>[^|]+) \| (?P<unit>[^|]*)\| (?P<value>[\d,.]+) \|", re.MULTILINE)


def rows(text: str) -> set[tuple[str, str, str]]:
    return {(row["figure"], row["unit"].strip(), row["value"]) for row in _ROW.finditer(text)}


def test_what_is_called_measured_stands_in_the_benchmarks() -> None:
    measured = SIZING[SIZING.index("<!-- measured -->") : SIZING.index("<!-- end -->")]
    assert len(rows(measured)) >= 15
    assert not rows(measured) - rows(BENCHMARKS)


def test_the_sums_are_right() -> None:
    per_entry_mb = 123 / 1000 / 1000
    for entries, said in ((4_000_000, 492), (365 * 1000 * 6, 269), (365 * 200 * 6, 54)):
        assert round(entries * per_entry_mb) == said
        assert f"| {said} MB |" in SIZING
    assert round(1300 * 4 * 9.23e-6, 2) == 0.05
    store_mb = 20 + 492 + 5 * 269
    assert f"{store_mb / 1000:.1f} GB; together {(857 + 2 * 436 + 223 + store_mb) / 1000:.1f} GB" in SIZING
