"""The address that a screen is given: `/wall/?token=…` signs it in and leads on to it without the token.

So the token stands in the screen's own configuration and in one request, and neither in the history of the
browser nor in the address of what it loads. Only tokens of the role `wall` are taken here, which may look and
do nothing else: no other token belongs into an address.
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, Response, request

from dashboard.live.identity import Identities
from dashboard.live.noting import note
from dashboard.views import sign_in
from dashboard.views.addresses import WALL
from dashboard.views.services import Services

PARAMETER = "token"


def install(server: Flask, services: Services, identities: Identities) -> None:
    """Give `server` the address. Before `sign_in.install`: the screen's former token may be none any more."""

    @server.before_request
    def take_token() -> Response | None:
        text = request.args.get(PARAMETER, "").strip()
        if request.method != "GET" or request.path != WALL or not text:
            return None
        try:
            token = identities.insist(text)
            sign_in.region_of(services, token.identity)
            if token.identity.role != sign_in.SCREEN:
                raise sign_in.NoScreenError
        except tuple(sign_in.PROBLEMS) as problem:
            return _unreferred(sign_in.refused(problem))
        note("sign_in", who=token.identity, facts={"with": "address"})
        return _unreferred(sign_in.let_in(text, token, _without_token()))


def _without_token() -> str:
    left = [pair for pair in request.args.items(multi=True) if pair[0] != PARAMETER]
    return f"{WALL}?{urlencode(left)}" if left else WALL


def _unreferred(answer: Response) -> Response:
    """No address with a token is told to anybody; the origin is, or a form of the page came from nowhere."""
    answer.headers["Referrer-Policy"] = "strict-origin"
    return answer
