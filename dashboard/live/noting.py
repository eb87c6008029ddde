"""Noting in the audit stream who did something: one call, from wherever it is done.

What requests have seen or done by the route table's `audit` column is noted centrally (`auditing`); a route
that knows what it is about says so by `about`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import current_app, g, has_request_context

from dashboard.domain.access import Identity
from dashboard.domain.audit import DONE

EXTENSION = "kite_audit"
"""Where an application keeps its `auditing.Auditing`."""


def note(
    action: str,
    *,
    subject: str = "",
    region: str = "",
    outcome: str = DONE,
    who: Identity | None = None,
    facts: Mapping[str, str] | None = None,
) -> None:
    """Note an action, one of `domain.audit.ACTIONS`, done to `subject` in the region of that code.

    Without `who` it is who asks in the current request; without a region it is about who's own. When and from
    where is added. `outcome`: done, refused or failed. Nothing is raised where the entry can't be written (it
    is kept and tried again), and nothing happens in an application without an audit stream; raises `KeyError`
    for an action that is not in the table. No secret and nothing personal belongs in it.
    """
    auditing = current_app.extensions.get(EXTENSION) if current_app else None
    if auditing is not None:
        auditing.note(action, subject=subject, region=region, outcome=outcome, who=who, facts=facts)


@dataclass
class About:
    """What the current request is about, as far as anybody has said."""

    subject: str = ""
    region: str = ""
    facts: dict[str, str] = field(default_factory=dict)


def about(*, subject: str = "", region: str = "", **facts: str) -> None:
    """Say what the current request is about, for what is noted of it; the first to say it is right."""
    if has_request_context():
        told = told_about()
        told.subject = told.subject or subject
        told.region = told.region or region
        told.facts = {**facts, **told.facts}


def told_about() -> About:
    """What was said of the current request."""
    if "kite_about" not in g:
        g.kite_about = About()
    told: About = g.kite_about
    return told
