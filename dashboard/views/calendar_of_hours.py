"""When cases happen: a field of weekdays and hours, and its busiest hours in words."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.views.attributes import attributes
from dashboard.views.charts import DARK, heat
from dashboard.views.services import Services
from dashboard.views.texts import t
from dashboard.views.wording import moment, number

DRAWING = "hours"
WIDTH = 620.0
DAYS, HOURS = 7, 24


def hours(services: Services, found: dict[str, Any]) -> dict[str, Any]:
    """`{parts, svgs}` of what `Leaders.calendar` found."""
    counts = found["counts"]
    days = [t(f"weekday.{day}") for day in range(DAYS)]
    names = [f"{hour:02d}" for hour in range(HOURS)]
    drawing = heat(counts, days, names, DARK, t("hours.drawing"), t("hours.none"), WIDTH)
    first, last = (moment(services, found[end]) for end in ("from_ms", "to_ms"))
    total = sum(map(sum, counts))
    return {
        "parts": [
            html.P(_busiest(counts) if total else t("hours.none")),
            html.Div(className="drawing", **attributes(data_svg=DRAWING)),
            html.P(t("hours.period", first=first, last=last, n=number(total)), className="note"),
        ],
        "svgs": {DRAWING: drawing},
    }


def _busiest(counts: list[list[int]]) -> str:
    """The hour of the week with the most cases, and the busiest weekday and hour of the day."""
    most, day, hour = max((counts[day][hour], -day, -hour) for day in range(DAYS) for hour in range(HOURS))
    by_day = [sum(row) for row in counts]
    by_hour = [sum(row[each] for row in counts) for each in range(HOURS)]
    return t(
        "hours.busiest",
        day=t(f"weekday.{-day}"),
        hour=f"{-hour:02d}",
        n=number(most),
        busy_day=t(f"weekday.{by_day.index(max(by_day))}"),
        busy_hour=f"{by_hour.index(max(by_hour)):02d}",
    )
