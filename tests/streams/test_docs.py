"""The tables of the protocol page say what the code reads."""

from __future__ import annotations

import re

from dashboard.domain.refused import REASONS
from dashboard.domain.schemas import SCHEMAS
from dashboard.streams import docs
from dashboard.streams.keys import SORTS
from dashboard.streams.tables import TABLES
from tests.parts import ROOT


def rows(text: str) -> list[list[str]]:
    """Cells of the rows of Markdown tables, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.replace("\\|", "¦").strip("|").split("|")] for line in lines]


def test_every_field_of_every_kind_of_entry_is_there() -> None:
    text = docs.entry_fields_markdown()
    for kind, fields in SCHEMAS.items():
        part = text.split(f"### {kind} → ")[1].split("###")[0]
        found = rows(part)[1:]
        assert [row[0] for row in found] == [f"`{field.name}`" for field in fields]
        assert [row[1] for row in found] == ["yes" if field.required else "" for field in fields]


def test_every_column_of_the_wire_format_is_there() -> None:
    found = rows(docs.frame_tables_markdown())[1:]
    assert len(found) == sum(len(table.columns) for table in TABLES)
    assert all(len(row) == 4 and all(row) for row in found)


def test_records_and_reasons_are_there() -> None:
    records = rows(docs.record_fields_markdown())[1:]
    assert [row[:3] for row in records] == [
        ["`packed`", "`cameras`", "16"],
        ["`packed`", "`units`", "32"],
        ["`checkpoint`", "`cameras`", "16"],
        ["`checkpoint`", "`units`", "32"],
    ]
    assert records[0][3] == "uint32 camera, uint32 status, int64 at_ms"
    assert [row[0] for row in rows(docs.reasons_markdown())[1:]] == [f"`{reason}`" for reason in REASONS]


def test_the_page_about_backups_has_every_key() -> None:
    text = (ROOT / "docs" / "backup.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- generated: keys -->\n(.*?)<!-- end -->", text, re.DOTALL)
    assert found
    assert found[1].strip() == docs.keys_markdown().strip()
    assert len(rows(found[1])) == len(SORTS) + 1
