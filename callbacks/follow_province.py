"""Watching several cities: their figures and what they make together, from the server every two seconds."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output

from dashboard.domain.access import may
from dashboard.views import province
from dashboard.views.ids import ProvinceId
from dashboard.views.province import ProvinceServices
from dashboard.views.texts import t


def register(app: Dash, services: ProvinceServices) -> None:
    """One answer for the whole page, so that its figures are of one moment."""

    @app.callback(
        Output(ProvinceId.CITIES, "rowData"),
        Output(ProvinceId.CARDS, "children"),
        Output(ProvinceId.AGE, "children"),
        Output(ProvinceId.AGE, "className"),
        Output(ProvinceId.SIMULATED, "hidden"),
        Input(ProvinceId.CLOCK, "n_intervals"),
    )
    def show(_ticks: int | None) -> tuple[Any, ...]:
        return shown(services)


def shown(services: ProvinceServices) -> tuple[Any, ...]:
    """The rows, the cards, the header's age and how it looks, and whether nothing is simulated."""
    identity = services.identity()
    found = services.figures(lambda code: may(identity, "view", code))
    stale_after_s, age_s = services.settings.stale_after_s, found.together.age_s
    return (
        province.rows(found, stale_after_s),
        province.cards(found, stale_after_s),
        t("header.age.unknown") if age_s is None else t("header.age", age=province.age(age_s)),
        "age dead" if province.is_dead(age_s, stale_after_s) else "age",
        not found.together.simulated,
    )
