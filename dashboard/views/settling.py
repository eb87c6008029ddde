"""How a place's disputes are settled: a small table, a row per path, and under it the hearings to come."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.domain.settling import LEAST_DECIDED, RESULTS
from dashboard.views.services import Rate, Services, Settling
from dashboard.views.texts import t

_COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("settled", ("settled",)),
    ("unsettled", ("unsettled",)),
    ("others", ("withdrawn", "other")),
    ("unrecorded", ("unrecorded",)),
)
"""Name of a column's text → the results that it counts; together all of them."""
_AGES = ((86_400, "age.days"), (3_600, "age.hours"), (60, "age.minutes"), (1, "age.seconds"))


def settling(services: Services, region: int) -> html.Div | None:
    """The table of a region; None where it has had no dispute, or nothing can be read."""
    found = services.settling(services.hierarchy.codes[region])
    if found is None or not (found["open"] or found["ended"]):
        return None
    return html.Div([_table(found), html.P(_to_come(found), className="note")], className="settling")


def _table(found: Settling) -> html.Table:
    head = [
        html.Th(t("settling.disputes")),
        *(html.Th(t(f"settling.{name}"), title=t(f"settling.{name}.help")) for name, _ in _COLUMNS),
        html.Th(t("settling.rate"), title=t("settling.rate.help", n=LEAST_DECIDED)),
    ]
    rows = [_row(t(f"settling_path.{row['path']}"), row, row["success"]) for row in found["paths"]]
    total = {name: sum(row[name] for row in found["paths"]) for name in RESULTS}
    return html.Table(
        [
            html.Thead(html.Tr(head)),
            html.Tbody([*rows, _row(t("settling.total"), total, found["success"], "total")]),
        ]
    )


def _row(name: str, results: dict[str, Any], rate: Rate, kind: str = "") -> html.Tr:
    counts = [sum(results[result] for result in counted) for _, counted in _COLUMNS]
    cells = [html.Td(name), *(html.Td(f"{count:,}") for count in counts), html.Td(_rate(rate))]
    return html.Tr(cells, className=kind)


def _rate(rate: Rate) -> str:
    share, low, high = rate["share"], rate["low"], rate["high"]
    if share is None or low is None or high is None:
        return t("value.none")
    percent = {"share": share, "low": low, "high": high}
    return t("settling.rate.value", **{name: f"{100 * value:.1f}" for name, value in percent.items()})


def _to_come(found: Settling) -> str:
    """What is open, and the hearings that are set."""
    hearings = found["hearings"]
    said = [t("settling.open", n=f"{found['open']:,}"), t("settling.hearings", n=f"{hearings['set']:,}")]
    if hearings["oldest"]:
        said.append(t("settling.hearings.oldest", age=_age(hearings["oldest"]["age_s"])))
    if hearings["past"]:
        said.append(t("settling.hearings.past", n=f"{hearings['past']:,}"))
    return " · ".join(said)


def _age(seconds: int) -> str:
    unit, name = next((row for row in _AGES if seconds >= row[0]), _AGES[-1])
    return t(name, n=seconds // unit)
