"""A table as CSV for spreadsheets: UTF-8 with the mark that Excel knows it by, and no formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from dashboard.views.exports.rows import Row, Value

BOM = "\ufeff"
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a text begins that a spreadsheet would calculate, also in full width; an apostrophe keeps it a text."""


def csv_of(heads: Sequence[str], columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """The rows under their heads (RFC 4180); what is not known is an empty cell."""
    out = io.StringIO(newline="")
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow([_cell(head) for head in heads])
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return out.getvalue().encode("utf-8")


def _cell(value: Value) -> str | int | float:
    """Numbers as they are; a text that would be a formula is made one no more."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULAS) else value
    return value
