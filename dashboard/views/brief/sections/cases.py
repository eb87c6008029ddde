"""The period's cases by type, stage and level, their deadlines, and when they happened."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.views.brief.asked import Asked
from dashboard.views.brief.found import Found, cases_of
from dashboard.views.brief.model import Block, Column, Drawing, Pair, Section, Table, Words, figures_table
from dashboard.views.brief.wording import unread
from dashboard.views.charts import PAPER, columns, heat
from dashboard.views.texts import t
from dashboard.views.wording import number, percent, type_name

SHOWN_TYPES = 10
_DAYS, _HOURS = 7, 24


def cases(asked: Asked) -> Section:
    """Says that the cases have not been read where they haven't."""
    heading = t("brief.cases", period=t(f"brief.this.{asked.period}"))
    found = cases_of(asked)
    if found is None:
        return Section("cases", heading, (unread(),))
    pairs = (
        Pair(_by_type(found["by_type"]), _by_stage(found["by_stage"])),
        Pair(_by_level(found["by_level"]), _by_origin(found["by_origin"])),
    )
    tables: tuple[Block, ...] = (*pairs, _deadlines(found["deadlines"]))
    return Section("cases", heading, (_sentence(found), *_per_day(asked), *tables, *_hours(asked)))


def _sentence(found: Found) -> Words:
    """The year before, deadlines, and how long it takes; what is not known is left out or said to be."""
    year, share, median = (found[name] for name in ("new_year_ago", "kept_share", "median_handle_h"))
    said = [t("brief.cases.no_year") if year is None else t("brief.cases.year_ago", n=number(year))]
    if share is not None:
        said.append(t("brief.cases.kept", share=percent(share)))
    if median is not None:
        said.append(t("brief.cases.median", hours=number(median, 1)))
    return Words(" ".join(said))


def _by_type(rows: Sequence[Found]) -> Table:
    """The most frequent types of first level, and all others in one row; they sum to all cases."""
    by_count = sorted(rows, key=lambda row: -row["new"])
    shown, left = by_count[:SHOWN_TYPES], by_count[SHOWN_TYPES:]
    told: list[tuple[str, ...]] = [_type_row(type_name(row["type"]), [row]) for row in shown]
    if left:
        told.append(_type_row(t("brief.types.others"), left))
    told.append(_type_row(t("brief.total"), rows))
    return figures_table(
        Column(t("brief.column.type"), 2.4),
        Column(t("brief.column.new"), 1, True),
        Column(t("brief.column.before"), 1, True),
        Column(t("brief.column.open_now"), 1, True),
        rows=told,
        caption=t("brief.by_type"),
        total=1,
    )


def _type_row(name: str, rows: Sequence[Found]) -> tuple[str, ...]:
    before = [row["before"] for row in rows]
    known = None if any(count is None for count in before) else sum(before)
    new, still_open = (number(sum(row[what] for row in rows)) for what in ("new", "open"))
    return name, new, number(known), still_open


def _by_level(rows: Sequence[Found]) -> Table:
    told: list[tuple[str, ...]] = [
        (_level_words(row["level"]), number(row["new"]), number(row["open"])) for row in rows
    ]
    return figures_table(
        Column(t("brief.column.level"), 2.4),
        Column(t("brief.column.new"), 1, True),
        Column(t("brief.column.open_now"), 1, True),
        rows=told,
        caption=t("brief.by_level"),
    )


def _level_words(level: int) -> str:
    return f"{level:02d} {t(f'case_level.{level}')}"


def _by_stage(rows: Sequence[Found]) -> Table:
    told: list[tuple[str, ...]] = [
        (t(f"case_state.{row['state']}"), number(row["open"]), number(row["overdue"])) for row in rows
    ]
    return figures_table(
        Column(t("brief.column.stage"), 2.4),
        Column(t("brief.column.open_now"), 1, True),
        Column(t("brief.column.overdue"), 1, True),
        rows=told,
        caption=t("brief.by_stage"),
    )


def _by_origin(rows: Sequence[Found]) -> Table:
    told: list[tuple[str, ...]] = [(t(f"case_origin.{row['origin']}"), number(row["new"])) for row in rows]
    return figures_table(
        Column(t("brief.column.origin"), 2.4),
        Column(t("brief.column.new"), 1, True),
        rows=told,
        caption=t("brief.by_origin"),
    )


def _deadlines(rows: Sequence[Found]) -> Block:
    told: list[tuple[str, ...]] = [
        (
            t(f"phase.{row['phase']}"),
            number(row["kept"]),
            number(row["missed"]),
            percent(row["kept"] / (row["kept"] + row["missed"]) if row["kept"] + row["missed"] else None),
            number(row["running"]),
            number(row["running_late"]),
        )
        for row in rows
    ]
    names = ("phase", "kept", "missed", "kept_share", "running", "late")
    heads = [Column(t(f"brief.column.{name}"), 1.0, name != "phase") for name in names]
    return figures_table(*heads, rows=told, caption=t("brief.deadlines"))


def _per_day(asked: Asked) -> list[Block]:
    """New cases of each day; a single day's are in the field of hours."""
    found = asked.leaders.daily(asked.code, asked.period) if asked.period != "day" else None
    if found is None:
        return []
    names = [t(f"brief.{which}.{asked.period}") for which in ("this", "before")]
    drawing = columns(
        found["new"],
        [day[5:] for day in found["days"]],
        PAPER,
        t("brief.daily"),
        found["before"],
        found["year_ago"],
        (*names, t("brief.year_ago")),
        t("brief.unread"),
        (720.0, 190.0),
    )
    return [Drawing(drawing, t("brief.daily"), t("brief.daily"))]


def _hours(asked: Asked) -> list[Block]:
    """Weekdays by hours; of a single day its hours."""
    found = asked.leaders.calendar(asked.code, asked.period)
    if found is None:
        return []
    counts, days = found["counts"], [t(f"brief.weekday.{day}") for day in range(_DAYS)]
    if asked.period == "day":
        counts, days = [[sum(row[hour] for row in counts) for hour in range(_HOURS)]], [t("brief.this.day")]
    names = [f"{hour:02d}" for hour in range(_HOURS)]
    drawing = heat(counts, days, names, PAPER, t("brief.hours"), t("brief.unread"))
    return [Drawing(drawing, t("brief.hours"), t("brief.hours"))]
