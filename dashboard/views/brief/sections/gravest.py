"""The gravest cases of the period one by one, numbered as on the map."""

from __future__ import annotations

from dashboard.views.brief.asked import Asked
from dashboard.views.brief.gravest_cases import GraveCase, gravest_cases
from dashboard.views.brief.model import Column, Section, Words, figures_table
from dashboard.views.brief.wording import joined, short
from dashboard.views.texts import t
from dashboard.views.wording import moment, type_name


def gravest(asked: Asked) -> Section:
    """Says that there was none where there wasn't."""
    found = gravest_cases(asked)
    if not found:
        return Section("gravest", t("brief.gravest"), (Words(t("brief.gravest.none"), "note"),))
    table = figures_table(
        Column(t("brief.column.number"), 0.6),
        Column(t("brief.column.level"), 0.7),
        Column(t("brief.column.type"), 1.7),
        Column(t("brief.column.where"), 5.2),
        Column(t("brief.column.state"), 1.4),
        Column(t("brief.column.occurred"), 1.5, True),
        rows=[_row(asked, number, case) for number, case in enumerate(found, 1)],
    )
    note = Words(t("brief.gravest.note" if asked.leaders else "brief.gravest.open_alone"), "note")
    return Section("gravest", t("brief.gravest"), (table, note))


def _row(asked: Asked, number: int, case: GraveCase) -> tuple[str, ...]:
    overdue = t("brief.overdue") if case.overdue and case.is_open else ""
    return (
        str(number),
        f"{case.level:02d}",
        type_name(case.type),
        joined(case.place, short(case.about)),
        joined(t(f"case_state.{case.state}"), overdue),
        moment(asked.services, case.occurred_at_ms),
    )
