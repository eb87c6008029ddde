"""What the pages on accounts and on tokens have in common: roles, regions and their names to choose from."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.domain.access import EVERYWHERE
from dashboard.domain.accounts import AccountError
from dashboard.domain.hierarchy import CITY, TOWN
from dashboard.views.admin.frame import Administrator
from dashboard.views.places import name_of
from dashboard.views.services import Services
from dashboard.views.texts import t


def role_options(roles: Iterable[str]) -> list[tuple[str, str]]:
    """Roles with their names."""
    return [(role, t(f"role.{role}")) for role in roles]


def region_options(services: Services, who: Administrator, chosen: str = "") -> list[tuple[str, str]]:
    """The regions down to towns that `who` administers, and the chosen one, which may be smaller."""
    hierarchy = services.hierarchy
    options = [(EVERYWHERE, t("header.everywhere"))] if who.holds(EVERYWHERE) else []
    last = hierarchy.tier_slice(TOWN).stop
    codes = [code for code in hierarchy.codes[CITY:last] if who.holds(code)]
    if chosen and chosen not in codes and chosen != EVERYWHERE:
        codes.append(chosen)
    return options + [(code, f"{code}  {region_name(services, code)}") for code in codes]


def region_name(services: Services, code: str) -> str:
    """The name of the region of that code; the code itself of one that this city doesn't have."""
    if code == EVERYWHERE:
        return t("header.everywhere")
    try:
        return name_of(services, services.hierarchy.number_of(code))
    except KeyError:
        return code


def checked_region(services: Services, who: Administrator, code: str) -> str:
    """The code, if it is of a region that `who` administers; raises `AccountError`."""
    known = code == EVERYWHERE or code in services.hierarchy.codes
    if not known or not who.holds(code):
        raise AccountError("region_unknown")
    return code
