"""The one gate: may this identity do this action on this region?

Every page, callback, route, event stream and command asks `may`. Where nobody has to sign in (the setting
`sign_in`), everyone is `LOCAL_ADMIN`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.domain.hierarchy import CITY, Hierarchy

EVERYWHERE = "*"
"""The region code of an identity that is not bound to a region."""

ROLES_BY_ACTION: dict[str, frozenset[str]] = {
    "view": frozenset({"administrator", "leader", "officer", "unit", "wall"}),
    "brief": frozenset({"administrator", "leader", "officer"}),
    "report": frozenset({"administrator", "leader", "officer", "unit", "producer"}),
    "command": frozenset({"administrator", "officer", "unit"}),
    "supervise": frozenset({"administrator", "leader"}),
    "publish": frozenset({"administrator", "leader"}),
    "undo": frozenset({"administrator", "leader", "officer"}),
    "feed": frozenset({"administrator", "producer"}),
    "export": frozenset({"administrator", "leader"}),
    "administer": frozenset({"administrator"}),
    "measure": frozenset({"administrator", "monitor"}),
}
"""Who may do what: look at maps and figures, print a brief, report a case, command a case (see `roles`), show
a card or instruct, publish the index, take back what one has just done, feed camera and unit states, take
data out, change accounts and settings, read the figures of the processes."""

ROLES = frozenset().union(*ROLES_BY_ACTION.values())
PROGRAMS = frozenset({"producer", "monitor"})
"""The roles that nobody signs in with; programs have them by their tokens."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who asks: an account's name, its role (one of `ROLES`), and the region it is bound to."""

    name: str
    role: str
    region_code: str
    actions: frozenset[str] | None = None
    """Of what the role may do, the actions that a token is limited to; None for all of them."""


LOCAL_ADMIN = Identity("local", "administrator", EVERYWHERE)
"""Everyone, where nobody has to sign in."""


def own_region(identity: Identity, hierarchy: Hierarchy) -> int | None:
    """The number of the region that an identity is bound to: the city for one that is bound to none.

    None for one that is bound to a region that this city doesn't have (any more): it may see nothing here.
    """
    if identity.region_code == EVERYWHERE:
        return CITY
    try:
        return hierarchy.number_of(identity.region_code)
    except KeyError:
        return None


def contains_by_prefix(outer: str, inner: str) -> bool:
    """Whether region `inner` is `outer` or inside it, by the national statistical codes alone.

    A city's six digits end in 00 and its counties share the first four (a province's end in 0000 and its
    cities share the first two); below a county every code begins with its parent's. An empty code holds
    nothing. A pack with codes of its own passes `Hierarchy.contains_code` instead.
    """
    stem = outer
    if len(outer) == 6:
        stem = outer[:2] if outer.endswith("0000") else outer.removesuffix("00")
    return bool(stem) and inner.startswith(stem)


def may_at_all(identity: Identity, action: str) -> bool:
    """Whether `identity` may do `action` anywhere; raises `KeyError` as `may` does."""
    if identity.role not in ROLES_BY_ACTION[action]:
        return False
    return identity.actions is None or action in identity.actions


def may(
    identity: Identity,
    action: str,
    region_code: str,
    contains: Callable[[str, str], bool] = contains_by_prefix,
) -> bool:
    """Whether `identity` may do `action` on the region; the region must lie inside the identity's own.

    Raises `KeyError` for an action that is not in `ROLES_BY_ACTION`: a misspelt action must not
    look like a refusal.
    """
    if not may_at_all(identity, action):
        return False
    return identity.region_code == EVERYWHERE or contains(identity.region_code, region_code)
