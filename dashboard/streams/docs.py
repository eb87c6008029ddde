"""The tables of docs/protocol.md and docs/backup.md, made from what the code reads, as tests see to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.domain.refused import REASONS
from dashboard.domain.schemas import SCHEMAS
from dashboard.streams.codecs import CHECKPOINT_RECORDS, EVENT_KINDS, RECORDS
from dashboard.streams.keys import DERIVED, SORTS
from dashboard.streams.tables import markdown_table

_STREAMS = {event: f"`{{city}}:{stream}`" for stream, event in EVENT_KINDS.items()}
_STREAMS["publish"] = _STREAMS["command"]
_ANY = "any of them"


def entry_fields_markdown() -> str:
    """A table of fields for every kind of entry, each under a heading of its own."""
    parts = []
    for kind, rows in SCHEMAS.items():
        lines = [f"### {kind} → {_STREAMS.get(kind, _ANY)}", ""]
        lines += ["| field | required | meaning | example |", "|---|---|---|---|"]
        for row in rows:
            required = "yes" if row.required else ""
            lines.append(f"| `{row.name}` | {required} | {_cell(row.meaning)} | `{_cell(row.example)}` |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def record_fields_markdown() -> str:
    """The records of packed entries of cameras and units, and those of checkpoints."""
    lines = ["| field of the entry | raw stream | bytes | layout, little-endian |", "|---|---|---|---|"]
    for name, layouts in (("packed", RECORDS), ("checkpoint", CHECKPOINT_RECORDS)):
        for stream, dtype in layouts.items():
            columns: Mapping[str, Any] = dtype.fields or {}
            layout = ", ".join(f"{columns[column][0].name} {column}" for column in dtype.names or ())
            lines.append(f"| `{name}` | `{stream}` | {dtype.itemsize} | {layout} |")
    return "\n".join(lines) + "\n"


def frame_tables_markdown() -> str:
    """Every table and column of the wire format."""
    return markdown_table()


def reasons_markdown() -> str:
    """Every reason for which an event may be refused."""
    lines = ["| reason | meaning |", "|---|---|"]
    lines += [f"| `{reason}` | {_cell(meaning)} |" for reason, meaning in REASONS.items()]
    return "\n".join(lines) + "\n"


def keys_markdown() -> str:
    """Every key of a city, and whether a backup has it."""
    lines = ["| key | sort | in a backup | what it holds |", "|---|---|---|---|"]
    for row in SORTS:
        kept = "" if row.sort == DERIVED else "yes"
        lines.append(f"| `{{city}}:{row.name}` | {row.sort} | {kept} | {_cell(row.why)} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
