"""Figures as the leader's page writes them: "—" for what is not known, times in the city's own time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from dashboard.domain.hierarchy import GRID
from dashboard.views.attributes import attributes
from dashboard.views.places import full_name
from dashboard.views.services import Services
from dashboard.views.texts import t


def number(value: float | None, digits: int = 0) -> str:
    """A figure with separators; "—" for none."""
    return t("value.none") if value is None else f"{value:,.{digits}f}"


def percent(share: float | None) -> str:
    """A share as a percentage with one decimal; "—" for none."""
    return t("value.none") if share is None else f"{100 * share:.1f}%"


def change(value: float | None, digits: int = 0) -> str:
    """What was gained ▲ or lost ▼; "—" where it is not known."""
    if value is None:
        return t("value.none")
    if round(value, digits) == 0:
        return "＝"
    return f"{'▲' if value > 0 else '▼'}{abs(value):,.{digits}f}"


def difference(now: float | None, then: float | None) -> str:
    """By how much a count has changed; "—" where one of both is not known."""
    return change(None if now is None or then is None else now - then)


def moment(services: Services, at_ms: float, written: str = "%m-%d %H:%M") -> str:
    """A moment in the city's time."""
    zone = ZoneInfo(services.pack.manifest["timezone"])
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).strftime(written)


def as_of(services: Services, at_ms: float) -> str:
    """Of which moment the figures are."""
    return t("figures.as_of", at=moment(services, at_ms, "%m-%d %H:%M:%S"))


def type_name(code: str) -> str:
    """The name of a case type of two or four digits."""
    return t(f"case_type.{code:0<4}")


def is_read(services: Services) -> bool:
    """Whether the history of cases is there."""
    return services.leaders is not None and bool(services.leaders.ready)


def reading(sentence: str = "leaders.reading") -> list[Any]:
    """What stands in place of figures that can't be given: a dash and the sentence that says why."""
    return [html.P([html.B(t("value.none")), " ", t(sentence)], className="note nothing")]


def place_of_case(services: Services, region: int, place: str | None) -> str:
    """Where a case is, as one says it from below `region`; a grid is named by its village."""
    if place is None:
        return ""
    hierarchy, where = services.hierarchy, services.hierarchy.number_of(place)
    village = int(hierarchy.parent[where]) if hierarchy.tier[where] == GRID else where
    return full_name(services, village, above=region) or full_name(services, where, above=region)


def deed_buttons(case: str) -> list[html.Button]:
    """The buttons of a case for who may supervise; `assets/leaders/` opens a menu at them."""
    return [
        html.Button(
            t(f"command.{deed}"),
            type="button",
            className="deed",
            **attributes(data_deed=deed, data_case=case),
        )
        for deed in ("instruct", "supervise")
    ]
