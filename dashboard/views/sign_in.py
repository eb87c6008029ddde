"""Signing in a browser with a token: one page with one field, and a cookie that no script can read.

Where a browser's token has become void, its pages lead here; its other requests are answered 401.
"""

from __future__ import annotations

import time

from flask import Flask, Response, make_response, redirect, request
from markupsafe import Markup

from dashboard.domain.access import may, own_region
from dashboard.live.identity import (
    COOKIE,
    ForeignOriginError,
    Identities,
    UnidentifiedError,
    UnknowableError,
    VoidCookieError,
    insist_on_own_origin,
)
from dashboard.streams.tokens import Token
from dashboard.views import languages, page
from dashboard.views.addresses import SIGN_IN, SIGN_OUT, WALL, region_path
from dashboard.views.services import Services
from dashboard.views.texts import t

FIELD = "token"
SCREEN = "wall"
"""The role of a screen that nobody touches."""
VOID = "void"
"""Asked for in the address where a token that was good is none any more."""
BODY_LIMIT_BYTES = 4096
AGAIN_S = 15

_FORM = Markup("""<main class="sign-in">
<form method="post" action="{action}" class="panel">
<h1>{app}</h1>
<p role="alert">{sentence}</p>
<label>{label}<input type="password" name="{field}" required autofocus autocomplete="off"></label>
<button>{send}</button>
</form>
<nav class="languages">{languages}</nav>
</main>""")
_LANGUAGE = Markup('<a href="?lang={lang}" lang="{html_lang}">{name}</a>')


class BlindError(Exception):
    """A token of one who may not look at this city."""


class NoScreenError(Exception):
    """A token in an address that is no screen's: what may do more than look stays out of addresses."""


PROBLEMS: dict[type[Exception], tuple[int, str]] = {
    UnidentifiedError: (401, "sign_in.unknown"),
    BlindError: (403, "sign_in.blind"),
    NoScreenError: (403, "sign_in.no_screen"),
    ForeignOriginError: (403, "sign_in.foreign"),
    UnknowableError: (503, "sign_in.silent"),
}
"""Why a token was not taken: status, and the name of the sentence."""


def install(server: Flask, services: Services, identities: Identities) -> None:
    """Give `server` the page and the way out, and lead browsers with a void token there."""

    @server.before_request
    def lead_to_sign_in() -> Response | None:
        if not _is_navigation():
            return None
        try:
            identities.current()
        except VoidCookieError:
            return _forgetting(_to(f"{SIGN_IN}?{VOID}=1"))
        except UnknowableError as problem:
            return refused(problem)
        except (UnidentifiedError, ForeignOriginError):
            return None  # no cookie's: the route says it in its own way
        return None

    @server.get(SIGN_IN)
    def sign_in() -> Response:
        return _form(200, t("sign_in.void") if VOID in request.args else "")

    @server.post(SIGN_IN)
    def take_token() -> Response:
        request.max_content_length = BODY_LIMIT_BYTES
        try:
            insist_on_own_origin()
            text = request.form.get(FIELD, "").strip()
            token = identities.insist(text)
            place = _place_of(services, token)
        except tuple(PROBLEMS) as problem:
            return refused(problem)
        return let_in(text, token, place)

    @server.get(SIGN_OUT)
    def sign_out() -> Response:
        """A link of another site signs nobody out: the cookie doesn't come with it."""
        return _forgetting(_to(SIGN_IN))


def let_in(text: str, token: Token, place: str) -> Response:
    """Lead to `place` with the cookie that this token's text makes, until the token ends."""
    answer = _to(place)
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
    """The page with the sentence that says why a token was not taken; `problem` is one of `PROBLEMS`.

    Where it could not be looked up the page asks again by itself: a screen has nobody who would.
    """
    status, sentence = _said(problem)
    answer = _form(status, sentence)
    if status == 503:
        answer.headers["Refresh"] = str(AGAIN_S)
    return answer


def _is_navigation() -> bool:
    """Whether a browser goes to a page; scripts and programs don't ask for HTML by name."""
    html = any(kind == "text/html" for kind, _ in request.accept_mimetypes)
    is_page = request.blueprint is None and request.path not in (SIGN_IN, SIGN_OUT)
    return html and request.method == "GET" and is_page


def region_of(services: Services, token: Token) -> str:
    """The code of the region of who signs in; raises `BlindError` where they may not look at it."""
    who, hierarchy = token.identity, services.hierarchy
    region = own_region(who, hierarchy)
    if region is None or not may(who, "view", hierarchy.codes[region], hierarchy.contains_code):
        raise BlindError
    return hierarchy.codes[region]


def _place_of(services: Services, token: Token) -> str:
    """Where who signs in is led: the page of their own region, a screen to the wall."""
    code = region_of(services, token)
    return WALL if token.identity.role == SCREEN else region_path(code)


def _said(problem: Exception) -> tuple[int, str]:
    status, name = next(said for kind, said in PROBLEMS.items() if isinstance(problem, kind))
    return status, t(name)


def _form(status: int, sentence: str) -> Response:
    links = Markup("").join(
        _LANGUAGE.format(lang=lang, html_lang=languages.HTML_LANG[lang], name=t(f"language.{lang}"))
        for lang in languages.LANGUAGES
    )
    body = _FORM.format(
        action=SIGN_IN,
        app=t("app.title", place=t("app.name")),
        sentence=sentence,
        label=t("sign_in.token"),
        field=FIELD,
        send=t("sign_in.send"),
        languages=links,
    )
    return _kept_nowhere(make_response(page.plain_html(t("sign_in.title"), body), status))


def _to(address: str) -> Response:
    return _kept_nowhere(make_response(redirect(address, 303)))


def _forgetting(answer: Response) -> Response:
    """The answer, and an end of the cookie if one came."""
    if COOKIE in request.cookies:
        answer.delete_cookie(COOKIE, httponly=True, samesite="Strict", secure=request.is_secure)
    return answer


def _kept_nowhere(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
