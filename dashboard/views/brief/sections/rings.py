"""How much of each perimeter ring is watched, and its longest gaps by name."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.views import languages
from dashboard.views.brief.asked import Asked
from dashboard.views.brief.found import Found
from dashboard.views.brief.model import Block, Column, Section, figures_table
from dashboard.views.texts import t
from dashboard.views.wording import moment, number, percent

SHOWN = 10


def rings(asked: Asked) -> Section | None:
    """None where no ring passes, or nothing is known of them."""
    systems = asked.services.systems
    found = systems.rings(asked.code) if systems is not None and not asked.is_grid else None
    there = [row for row in (found or {}).get("rings", ()) if row["checkpoints"]]
    return Section("rings", t("brief.rings"), (_table(there), *_gaps(asked, there))) if there else None


def _table(rows: Sequence[Found]) -> Block:
    told: list[tuple[str, ...]] = [
        (
            t(f"ring.{row['ring']}"),
            number(row["length_m"] / 1000, 1),
            percent(row["share"]),
            f"{number(row['online'])} / {number(row['checkpoints'])}",
            number(None if row["share"] is None else len(row["gaps"])),
        )
        for row in rows
    ]
    return figures_table(
        Column(t("brief.column.ring"), 1.6),
        Column(t("brief.column.length"), 1, True),
        Column(t("brief.column.watched"), 1, True),
        Column(t("brief.column.online"), 1.2, True),
        Column(t("brief.column.gaps"), 1, True),
        rows=told,
    )


def _gaps(asked: Asked, rows: Sequence[Found]) -> list[Block]:
    """The longest ones."""
    gaps = [(row["ring"], gap) for row in rows for gap in row["gaps"]]
    if not gaps:
        return []
    name = "name_en" if languages.language() == "en" else "name"
    told: list[tuple[str, ...]] = [
        (
            t(f"ring.{ring}"),
            str(gap.get(name) or gap["name"]),
            number(gap["length_m"] / 1000, 1),
            t("value.none") if gap["since_ms"] is None else moment(asked.services, gap["since_ms"]),
        )
        for ring, gap in sorted(gaps, key=lambda item: -item[1]["length_m"])[:SHOWN]
    ]
    return [
        figures_table(
            Column(t("brief.column.ring"), 1.2),
            Column(t("brief.column.where"), 3),
            Column(t("brief.column.length"), 1, True),
            Column(t("brief.column.since"), 1.2, True),
            rows=told,
            caption=t("brief.gaps"),
        )
    ]
