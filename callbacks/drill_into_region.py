"""Going from the city down to a grid and back up: the address bar decides what the page is about."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, no_update

from callbacks.gate import may_view
from callbacks.in_page import in_page
from dashboard.domain.audit import REFUSED
from dashboard.domain.hierarchy import GRID
from dashboard.live.noting import note
from dashboard.views import tabs
from dashboard.views.addresses import region_in, region_path
from dashboard.views.asking import own_place
from dashboard.views.ids import Id
from dashboard.views.places import breadcrumb, notice, place_data, tab_name
from dashboard.views.services import Services
from dashboard.views.texts import t

Outputs = dict[str, Any]


def register(app: Dash, services: Services) -> None:
    """The map follows the address at once, in the page; names come from the server."""
    in_page(app, "show_region", Input(Id.LOCATION, "pathname"))

    @app.callback(
        output={
            "place": Output(Id.PLACE, "data"),
            "breadcrumb": Output(Id.BREADCRUMB, "children"),
            "notice": Output(Id.NOTICE, "children"),
            "no_notice": Output(Id.NOTICE, "hidden"),
            "no_panels": Output(Id.PANELS, "hidden"),
            "children_tab": Output(Id.CHILDREN_TAB, "children"),
            "children_tab_class": Output(Id.CHILDREN_TAB, "className"),
            "tab": Output(Id.TABS, "value"),
        },
        inputs={"pathname": Input(Id.LOCATION, "pathname")},
        state={"tab": State(Id.TABS, "value"), "before": State(Id.PLACE, "data")},
    )
    def drill(pathname: str | None, tab: str, before: dict[str, Any] | None) -> Outputs:
        return drill_into(services, pathname, tab, before)


def drill_into(services: Services, pathname: str | None, tab: str, before: dict[str, Any] | None) -> Outputs:
    """What the page shows at this address; a sentence where there is nothing to show."""
    if not pathname:
        return dict.fromkeys(_ALL, no_update)
    code = region_in(pathname)
    if code is None:
        return _nothing(services, "", t("notice.page"))
    try:
        region = services.hierarchy.number_of(code)
    except KeyError:
        return _nothing(services, code, t("notice.unknown", code=code[:20]))
    if not may_view(services, code):
        note("page_seen", subject=region_path(code), region=code, outcome=REFUSED)
        return _nothing(services, "", t("notice.refused"))
    note("page_seen", subject=region_path(code), region=code)
    tier = int(services.hierarchy.tier[region])
    return {
        "place": place_data(services, region),
        "breadcrumb": breadcrumb(services, region, lambda above: may_view(services, above)),
        "children_tab": tab_name(services, region),
        "tab": _tab(tier, tab, before),
        **_shown(tier, before),
    }


def _shown(tier: int, before: dict[str, Any] | None) -> Outputs:
    """What is hidden, only where that changes: Dash renders everything inside anew, changed or not."""
    shown: Outputs = {"notice": [], "no_notice": True, "no_panels": False}
    tab_class = "absent" if tier == GRID else ""
    if not before or before.get("missing"):
        return {**shown, "children_tab_class": tab_class}
    same = (before.get("tier") == GRID) == (tier == GRID)
    return {**dict.fromkeys(shown, no_update), "children_tab_class": no_update if same else tab_class}


def _tab(tier: int, tab: str, before: dict[str, Any] | None) -> Any:
    """A grid has no parts, so its facts stand in their place, and give it back on the way up."""
    if tier == GRID and tab == tabs.CHILDREN:
        return tabs.FACTS
    if tier < GRID and tab == tabs.FACTS and (before or {}).get("tier") == GRID:
        return tabs.CHILDREN
    return no_update


def _nothing(services: Services, code: str, sentence: str) -> Outputs:
    """The sentence, and a link to the city or, for who is bound to a region, to that."""
    home = services.pack.regions.code[own_place(services)]
    return dict.fromkeys(_ALL, no_update) | {
        "place": {"code": code, "missing": True},
        "breadcrumb": [],
        "notice": notice(services, sentence, home),
        "no_notice": False,
        "no_panels": True,
    }


_ALL = (
    "place", "breadcrumb", "notice", "no_notice", "no_panels", "children_tab", "children_tab_class",
    "tab",
)  # fmt: skip
