"""Signing in with a browser: a name and a password, or a token; and out again.

Where nobody has signed in, or a browser's session or token has become void, its pages lead here and
afterwards back; its other requests are answered 401.
"""

from __future__ import annotations

import time
from urllib.parse import quote, urlencode

from flask import Flask, Response, make_response, redirect, request

from dashboard.domain.access import Identity, may, own_region
from dashboard.live.identity import (
    COOKIE,
    Identities,
    MustChangeError,
    NobodyError,
    UnidentifiedError,
    UnknowableError,
    VoidCookieError,
)
from dashboard.live.noting import note
from dashboard.live.route_table import PUBLIC, access_asked
from dashboard.live.signing_in import SigningIn, WaitError, WrongError, remember
from dashboard.streams.client import FAILED
from dashboard.streams.tokens import Token
from dashboard.views.addresses import (
    OIDC,
    OIDC_BACK,
    PASSWORD,
    SIGN_IN,
    SIGN_OUT,
    WALL,
    region_path,
    unit_path,
)
from dashboard.views.services import Services
from dashboard.views.sign_in_page import FIELD, NAME, NEXT, SECRET, kept_nowhere, sign_in_page
from dashboard.views.texts import t

SCREEN = "wall"
"""The role of a screen that nobody touches."""
UNIT = "unit"
"""The role of one who is out on a case; its account is named as its call sign."""
VOID = "void"
"""Asked for in the address where a session or a token that was good is none any more."""
AGAIN_S = 15
_IN_A_PATH = "/!$&'()*+,:;=@"
_IN_A_QUERY = _IN_A_PATH + "?%"


class BlindError(Exception):
    """An account or a token of one who may not look at this city."""


class NoScreenError(Exception):
    """A token in an address that is no screen's: what may do more than look stays out of addresses."""


PROBLEMS: dict[type[Exception], tuple[int, str]] = {
    WaitError: (429, "sign_in.wait"),
    WrongError: (401, "sign_in.wrong"),
    UnidentifiedError: (401, "sign_in.unknown"),
    BlindError: (403, "sign_in.blind"),
    NoScreenError: (403, "sign_in.no_screen"),
    UnknowableError: (503, "sign_in.silent"),
}
"""Why somebody was not let in: status, and the name of the sentence."""


def install(server: Flask, services: Services, identities: Identities, signing_in: SigningIn) -> None:
    """Give `server` the page and the way out, and lead there whoever must sign in first."""

    @server.before_request
    def lead_to_sign_in() -> Response | None:
        row = access_asked()
        if row is not None and row.action == PUBLIC:
            return None
        try:
            identities.current()
        except (NobodyError, VoidCookieError, MustChangeError, UnknowableError) as problem:
            if not asks_for_page():
                raise
            return _led(identities, problem)
        return None

    @server.get(SIGN_IN)
    def sign_in() -> Response:
        return sign_in_page(200, t("sign_in.void") if VOID in request.args else "")

    @server.post(SIGN_IN)
    def take() -> Response:
        try:
            if NAME in request.form:
                return _by_password(services, identities, signing_in)
            return _by_token(services, identities)
        except tuple(PROBLEMS) as problem:
            return refused(problem)

    @server.get(SIGN_OUT)
    def sign_out() -> Response:
        """A link of another site signs nobody out: `protection` refuses it."""
        _leave(identities)
        return forgetting(identities, to(SIGN_IN))


def _by_password(services: Services, identities: Identities, signing_in: SigningIn) -> Response:
    """Raises one of `PROBLEMS`."""
    account = signing_in.check(request.form[NAME], request.form.get(SECRET, ""))
    place = PASSWORD if account.must_change else place_of(services, account.identity)
    try:
        identities.sessions.begin(account)
    except FAILED:
        raise UnknowableError("No session can be kept: the store does not answer.") from None
    note("sign_in", who=account.identity)
    answer = to(_with_next(PASSWORD) if account.must_change else own_path(request.args.get(NEXT)) or place)
    remember(answer, account)
    if COOKIE in request.cookies:  # a token's would come first
        answer.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=request.is_secure)
    return answer


def _by_token(services: Services, identities: Identities) -> Response:
    """Raises one of `PROBLEMS`."""
    text = request.form.get(FIELD, "").strip()
    try:
        token = identities.insist(text)
    except UnidentifiedError:
        note("sign_in_failed", outcome="refused", facts={"with": "token"})
        raise
    place = place_of(services, token.identity)
    note("sign_in", who=token.identity, facts={"with": "token"})
    return let_in(text, token, own_path(request.args.get(NEXT)) or place)


def let_in(text: str, token: Token, place: str) -> Response:
    """Lead to `place` with the cookie that this token's text makes, until the token ends."""
    answer = to(place)
    answer.set_cookie(
        COOKIE,
        text,
        max_age=int(token.ends_ms / 1000 - time.time()),
        httponly=True,
        samesite="Strict",
        secure=request.is_secure,
    )
    return answer


def refused(problem: Exception) -> Response:
    """The page with the sentence that says why nobody was let in; `problem` is one of `PROBLEMS`.

    Where it could not be looked up the page asks again by itself: a screen has nobody who would.
    """
    status, name = next(said for kind, said in PROBLEMS.items() if isinstance(problem, kind))
    words = {"seconds": problem.seconds} if isinstance(problem, WaitError) else {}
    answer = sign_in_page(status, t(name, **words), by_token=FIELD in request.form)
    if isinstance(problem, WaitError):
        answer.headers["Retry-After"] = str(problem.seconds)
    if status == 503 and request.method == "GET":
        answer.headers["Refresh"] = str(AGAIN_S)
    return answer


def region_of(services: Services, who: Identity) -> str:
    """The code of the region of who signs in; raises `BlindError` where they may not look at it."""
    hierarchy = services.hierarchy
    region = own_region(who, hierarchy)
    if region is None or not may(who, "view", hierarchy.codes[region], hierarchy.contains_code):
        raise BlindError
    return hierarchy.codes[region]


def place_of(services: Services, who: Identity) -> str:
    """Where who signs in is led: the page of their own region, a screen to the wall, a unit of the city to
    what it has to do; raises `BlindError`.
    """
    code = region_of(services, who)
    if who.role == UNIT and who.name in services.pack.units.call_sign:
        return unit_path(who.name)
    return WALL if who.role == SCREEN else region_path(code)


def own_path(asked: str | None) -> str | None:
    """The address to lead on to, if it is a path of Kite's own; None for every other.

    What a browser might read as another host (`//host`, `/\\host`, also behind characters that it drops) is
    none.
    """
    if not asked or not asked.isascii() or not asked.isprintable():
        return None
    is_own = asked.startswith("/") and not asked.startswith(("//", "/\\")) and "\\" not in asked
    is_way_in = asked.partition("?")[0] in (SIGN_IN, SIGN_OUT, PASSWORD, OIDC, OIDC_BACK)
    return asked if is_own and not is_way_in else None


def asks_for_page() -> bool:
    """Whether a browser goes to a page or sends a form; scripts and programs don't ask for HTML by name."""
    return any(kind == "text/html" for kind, _ in request.accept_mimetypes)


def to(address: str) -> Response:
    """Lead there."""
    return kept_nowhere(make_response(redirect(address, 303)))


def forgetting(identities: Identities, answer: Response) -> Response:
    """The answer, and an end of the cookies that came."""
    if COOKIE in request.cookies:
        answer.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=request.is_secure)
    identities.sessions.forget()
    return answer


def _led(identities: Identities, problem: Exception) -> Response:
    """Where a page's request is led that nobody has signed in for."""
    if isinstance(problem, UnknowableError):
        return refused(problem)
    is_page = request.method == "GET" and request.path != "/"  # where a form is sent need not be a page
    after = {NEXT: _address_asked()} if is_page else {}
    if isinstance(problem, MustChangeError):
        return to(_asking(PASSWORD, after))
    if isinstance(problem, VoidCookieError):
        return forgetting(identities, to(_asking(SIGN_IN, {VOID: "1", **after})))
    return to(_asking(SIGN_IN, after))


def _address_asked() -> str:
    """Path and query of the request, in ASCII as a browser sends them, also where another client did not."""
    path = quote(request.path, safe=_IN_A_PATH)
    query = quote(request.query_string, safe=_IN_A_QUERY)
    return f"{path}?{query}" if query else path


def _leave(identities: Identities) -> None:
    """End the session in the store; while that is silent at least the cookie goes."""
    try:
        who = identities.current()
        note("sign_out", who=who)
    except (UnidentifiedError, UnknowableError):
        pass
    try:
        identities.sessions.end()
    except FAILED:
        identities.sessions.forget()


def _with_next(path: str) -> str:
    after = own_path(request.args.get(NEXT))
    return _asking(path, {NEXT: after} if after else {})


def _asking(path: str, asked: dict[str, str]) -> str:
    return f"{path}?{urlencode(asked)}" if asked else path
