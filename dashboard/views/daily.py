"""New cases per day as columns, with the period before and the year before as lines."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard.views.charts import DARK, columns
from dashboard.views.places import name_of
from dashboard.views.services import Services
from dashboard.views.texts import t

SIZE = (620.0, 200.0)
NAMES = ("daily.this", "trend.before", "trend.year_ago")


def daily(services: Services, region: int, found: dict[str, Any] | None) -> str:
    """The drawing of what `Leaders.daily` found; of None, the sentence that it is still being read."""
    title = t("daily.drawing", place=name_of(services, region))
    if found is None:
        return columns([], [], DARK, title, nothing=t("leaders.reading"), size=SIZE)
    labels = [f"{date.fromisoformat(day):%m-%d}" for day in found["days"]]
    return columns(
        found["new"],
        labels,
        DARK,
        title,
        found["before"],
        found["year_ago"],
        [t(name) for name in NAMES],
        t("daily.none"),
        SIZE,
    )
