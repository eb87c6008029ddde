"""Who asks, as the pages show it: where their pages begin, and in the header who they are."""

from __future__ import annotations

from typing import Any

from dash import html
from flask import has_request_context

from dashboard.domain.access import EVERYWHERE, LOCAL_ADMIN, Identity, may, own_region
from dashboard.domain.hierarchy import CITY
from dashboard.live.identity import ForeignOriginError, UnidentifiedError, UnknowableError
from dashboard.live.sessions import seat_asking
from dashboard.views.addresses import ADMIN, PASSWORD, SIGN_OUT, region_path
from dashboard.views.places import name_of
from dashboard.views.services import Services
from dashboard.views.texts import t


def own_place(services: Services) -> int:
    """The region that pages begin at for who asks: their own, the city for who is bound to none.

    The city also for who is bound to a region that the city doesn't have: they are told so there.
    """
    return own_region(_asking(services), services.hierarchy) or CITY


def _asking(services: Services) -> Identity:
    """Who asks for a page. A layout must not fail: Dash makes one with the first request, whosever that is,
    and one at the start, when nobody asks. It shows nothing of what happens; what does asks by itself.
    """
    try:
        return services.identity() if has_request_context() else LOCAL_ADMIN
    except (UnidentifiedError, UnknowableError, ForeignOriginError):
        return LOCAL_ADMIN


def _name(said: str) -> html.A | html.Span:
    """Who asks; of an account of the store a link to where its password is changed."""
    seat = seat_asking()
    if seat is not None and seat.session.epoch is not None:
        return html.A(said, href=PASSWORD, className="asking", title=t("password.title"))
    return html.Span(said, className="asking")


def may_at_home(services: Services, action: str) -> bool:
    """Whether who asks for the page may do `action` where their pages begin: so it has a button for it."""
    code = services.pack.regions.code[own_place(services)]
    return may(_asking(services), action, code, services.hierarchy.contains_code)


def home_path(services: Services) -> str:
    """The address of that region's page."""
    return region_path(services.pack.regions.code[own_place(services)])


def administering(services: Services) -> list[Any]:
    """The way to the administration, for administrators."""
    may_there = may_at_home(services, "administer")
    return [html.A(t("admin.title"), href=ADMIN, className="page-link")] if may_there else []


def signed_in(services: Services) -> list[Any]:
    """Name and region of who has signed in, with the way out; nothing for the local administrator."""
    who = _asking(services)
    if who == LOCAL_ADMIN:
        return []
    region = own_region(who, services.hierarchy)
    where = who.region_code if region is None else name_of(services, region)
    if who.region_code == EVERYWHERE:
        where = t("header.everywhere")
    return [
        _name(t("header.asking", who=who.name, place=where)),
        html.A(t("nav.sign_out"), href=SIGN_OUT, className="page-link"),
    ]
