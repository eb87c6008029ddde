"""Going through a region's open cases: a table from the server while its tab is open."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash import Dash, Input, Output

from callbacks.gate import may_supervise, region_to_show
from callbacks.in_page import in_page
from dashboard.live.noting import note
from dashboard.views.addresses import region_path
from dashboard.views.ids import Id
from dashboard.views.places import full_name
from dashboard.views.services import Services
from dashboard.views.texts import t

LIMIT = 500
_UNITS_S = ((86_400, "age.days"), (3_600, "age.hours"), (60, "age.minutes"), (1, "age.seconds"))


def register(app: Dash, services: Services) -> None:
    """The page makes the rows; a click on one goes to the case's grid."""
    in_page(app, "show_cases_list", Input(Id.CASES_LISTED, "data"))

    @app.callback(
        Output(Id.CASES_LISTED, "data"),
        Output(Id.CASES_MORE, "children"),
        Input(Id.CASES_ASKED, "data"),
        prevent_initial_call=True,
    )
    def show(asked: dict[str, Any] | None) -> tuple[Any, Any]:
        return cases(services, asked, datetime.now(UTC))


def cases(services: Services, asked: dict[str, Any] | None, now_at: datetime) -> tuple[Any, Any]:
    """(rows of the list, a sentence when there are more than it shows)."""
    region = region_to_show(services, asked)
    if region is None:
        return [], ""
    code = services.pack.regions.code[region]
    note("cases_seen", subject=region_path(code), region=code)
    found = services.open_cases(code, LIMIT + 1)
    more = t("cases.more", shown=LIMIT) if len(found) > LIMIT else ""
    zone = ZoneInfo(services.pack.manifest["timezone"])
    supervised = may_supervise(services, code)
    rows = [_row(services, region, case, now_at, zone) for case in found[:LIMIT]]
    return [{**row, "deeds": supervised} for row in rows], more


def _row(
    services: Services, region: int, case: dict[str, Any], now_at: datetime, zone: ZoneInfo
) -> dict[str, Any]:
    """One case in words. Its place is said from below the region that the page is about."""
    level = int(case["level"])
    grid = services.hierarchy.region_of_grid(int(case["grid"]))
    village = int(services.hierarchy.parent[grid])
    inside = services.hierarchy.tier[village] > services.hierarchy.tier[region]
    where = full_name(services, village, above=region) if inside else ""
    occurred_at = datetime.fromtimestamp(case["occurred_at_ms"] / 1000, UTC)
    age_s = max(0, int((now_at - occurred_at).total_seconds()))
    return {
        "id": case["id"],
        "level": level,
        "level_name": f"{level:02d} {t(f'case_level.{level}')}",
        "type": t(f"case_type.{case['type']}"),
        "place": " · ".join(part for part in (where, case.get("place", "")) if part),
        "state": t(f"case_state.{case['state']}"),
        "summary": case.get("summary", ""),
        "occurred_at_ms": case["occurred_at_ms"],
        "occurred": f"{occurred_at.astimezone(zone):%m-%d %H:%M}",
        "age_s": age_s,
        "age": age(age_s),
        "grid": services.pack.regions.code[grid],
    }


def age(seconds: int) -> str:
    """A duration in its largest whole unit."""
    size, name = next((row for row in _UNITS_S if seconds >= row[0]), _UNITS_S[-1])
    return t(name, n=seconds // size)
