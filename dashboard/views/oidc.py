"""The way in by OpenID Connect: a link on the sign-in page, to the provider and back."""

from __future__ import annotations

from flask import Flask, Response, abort, request, session, url_for
from markupsafe import Markup

from dashboard.live.identity import COOKIE, Identities
from dashboard.live.noting import note
from dashboard.live.oidc import (
    DeclinedError,
    Provider,
    SilentProviderError,
    StaleError,
    UngrantedError,
    UnprovenError,
)
from dashboard.streams.client import FAILED
from dashboard.views.addresses import OIDC, OIDC_BACK
from dashboard.views.services import Services
from dashboard.views.sign_in import BlindError, own_path, place_of, to
from dashboard.views.sign_in_page import NEXT, add_way, kept_nowhere, sign_in_page
from dashboard.views.texts import t

_AFTER = "kite_after"
_WAY = Markup('<a class="way" href="{}{}">{}</a>')

PROBLEMS: dict[type[Exception], tuple[int, str]] = {
    SilentProviderError: (503, "oidc.silent"),
    StaleError: (400, "oidc.stale"),
    DeclinedError: (403, "oidc.declined"),
    UnprovenError: (401, "oidc.unproven"),
    UngrantedError: (403, "oidc.ungranted"),
    BlindError: (403, "oidc.ungranted"),
}
"""Why somebody was not let in: status, and the name of the sentence."""


def install(server: Flask, services: Services, identities: Identities) -> None:
    """Add the routes; without an issuer in the settings they answer 404, and there is no link.

    Raises `SettingsError` for settings that don't go together.
    """
    settings = services.settings
    provider = Provider(server, settings) if settings.oidc_issuer and identities.is_required else None
    if provider is not None:
        add_way(server, lambda asked: _WAY.format(OIDC, asked, t("oidc.way")))

    @server.get(OIDC)
    def to_provider() -> Response:
        try:
            answer = (provider or abort(404)).begin(url_for("from_provider", _external=True))
        except tuple(PROBLEMS) as problem:
            return _refused(problem)
        session[_AFTER] = own_path(request.args.get(NEXT)) or ""
        return kept_nowhere(answer)

    @server.get(OIDC_BACK)
    def from_provider() -> Response:
        after = str(session.pop(_AFTER, ""))
        try:
            who = (provider or abort(404)).finish()
            place = place_of(services, who)
            identities.sessions.begin(who)
        except tuple(PROBLEMS) as problem:
            # Who has begun nothing here has tried nothing: with that anybody could fill the audit stream.
            if not isinstance(problem, SilentProviderError | StaleError):
                note("sign_in_failed", outcome="refused", facts={"with": "oidc"})
            return _refused(problem)
        except FAILED:
            return sign_in_page(503, t("sign_in.silent"))
        note("sign_in", who=who, facts={"with": "oidc"})
        answer = to(own_path(after) or place)
        answer.delete_cookie(COOKIE)
        return answer


def _refused(problem: Exception) -> Response:
    status, name = next(said for kind, said in PROBLEMS.items() if isinstance(problem, kind))
    return sign_in_page(status, t(name))
