"""A region's cases counted over a period: by type, stage, level and origin, and how deadlines were kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboard.views.services import Services
from dashboard.views.texts import t
from dashboard.views.wording import difference, moment, number, percent, type_name

PERIODS = ("day", "week", "month", "year")
SHOWN_TYPES = 10
Bar = tuple[str, int, str]
"""(name, count, what is said beside it)"""


def counts(services: Services, found: dict[str, Any]) -> list[Any]:
    """The tables of what `Leaders.cases` found, as components of plain HTML."""
    return [
        _figures(found),
        html.Div(
            [
                _bars("counts.by_type", _types(found["by_type"])),
                _stages(found["by_stage"]),
                _bars("counts.by_level", _levels(found["by_level"])),
                _bars("counts.by_origin", _origins(found["by_origin"])),
            ],
            className="counts-grid",
        ),
        _deadlines(found["deadlines"]),
        html.P(
            t(
                "counts.period",
                first=moment(services, found["from_ms"]),
                last=moment(services, found["to_ms"]),
            ),
            className="note",
        ),
    ]


def _figures(found: dict[str, Any]) -> html.Div:
    new, year_ago = found["new"], found["new_year_ago"]
    median = found["median_handle_h"]
    told = (
        ("counts.new", number(new), t("counts.before", change=difference(new, found["new_before"]))),
        (
            "counts.year_ago",
            number(year_ago),
            t("counts.against", change=difference(new, year_ago)) if year_ago is not None else "",
        ),
        ("counts.ended", number(found["ended"]), ""),
        ("counts.open", number(found["open"]), t("counts.overdue", n=number(found["overdue"]))),
        ("counts.kept", percent(found["kept_share"]), t("counts.kept.help")),
        ("counts.median", t("value.none") if median is None else t("age.hours", n=f"{median:.1f}"), ""),
    )
    return html.Div(
        [
            html.Div(
                [html.Span(t(name), className="name"), html.B(value), html.Span(note, className="note")],
                className="count",
            )
            for name, value, note in told
        ],
        className="counts-figures",
    )


def _types(rows: Sequence[dict[str, Any]]) -> list[Bar]:
    by_count = sorted(rows, key=lambda row: -row["new"])
    shown = [
        (type_name(row["type"]), row["new"], _against(row["new"], row["before"], row["open"]))
        for row in by_count[:SHOWN_TYPES]
    ]
    rest = sum(row["new"] for row in by_count[SHOWN_TYPES:])
    return [*shown, *([(t("counts.other_types"), rest, "")] if rest else [])]


def _against(new: int, before: int | None, still_open: int) -> str:
    return t("counts.beside", change=difference(new, before), open=number(still_open))


def _levels(rows: Sequence[dict[str, Any]]) -> list[Bar]:
    return [
        (
            f"{row['level']:02d} {t('case_level.' + str(row['level']))}",
            row["new"],
            t("counts.still_open", n=number(row["open"])),
        )
        for row in rows
    ]


def _origins(rows: Sequence[dict[str, Any]]) -> list[Bar]:
    return [(t(f"case_origin.{row['origin']}"), row["new"], "") for row in rows]


def _bars(title: str, rows: Sequence[Bar]) -> html.Section:
    """Rows of a name, a bar, a count and what is beside it; the longest bar is the largest count."""
    most = max((count for _, count, _ in rows), default=0) or 1
    return html.Section(
        [
            html.H3(t(title)),
            *(_bar(name, count, note, count / most) for name, count, note in rows),
            *([] if rows else [html.P(t("counts.none"), className="note")]),
        ],
        className="counts-part",
    )


def _bar(name: str, count: int, note: str, share: float) -> html.Div:
    fill = html.Span(className="fill", style={"width": f"{100 * share:.1f}%"})
    return html.Div(
        [
            html.Span(name, className="name", title=name),
            html.Span(fill, className="plain-bar"),
            html.Span(number(count), className="value"),
            html.Span(note, className="note"),
        ],
        className="count-row",
    )


def _stages(rows: Sequence[dict[str, Any]]) -> html.Section:
    bars = [
        (t(f"case_state.{row['state']}"), row["open"], t("counts.overdue", n=number(row["overdue"])))
        for row in rows
    ]
    return _bars("counts.by_stage", bars)


def _deadlines(rows: Sequence[dict[str, Any]]) -> html.Table:
    """Per clock: kept and missed of those that ended, and how many run, late or not."""
    names = ("phase", "kept", "missed", "share", "running", "late")
    head = html.Tr([html.Th(t(f"deadlines.{name}")) for name in names])
    return html.Table(
        [html.Thead(head), html.Tbody([_deadline(row) for row in rows])], className="figures-table"
    )


def _deadline(row: dict[str, Any]) -> html.Tr:
    ended = row["kept"] + row["missed"]
    cells = [
        t(f"phase.{row['phase']}"),
        number(row["kept"]),
        number(row["missed"]),
        percent(row["kept"] / ended if ended else None),
        number(row["running"]),
        number(row["running_late"]),
    ]
    return html.Tr([html.Td(cell) for cell in cells])
