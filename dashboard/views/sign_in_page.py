"""The page on which one signs in: a name and a password, below it a token, and other ways that there are."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Flask, Response, current_app, make_response, request
from markupsafe import Markup

from dashboard.views import languages, page
from dashboard.views.addresses import SIGN_IN
from dashboard.views.texts import t

NAME, SECRET, FIELD = "name", "password", "token"
"""The fields; a form has the first two or the third."""
NEXT = "next"
"""Of the address: where one is led afterwards, a path of Kite's own."""
_WAYS = "kite_ways_in"

PANEL = Markup("""<main class="sign-in">
<div class="panel">
<h1>{title}</h1>
<p role="alert">{sentence}</p>
{inside}
</div>
<nav class="languages">{languages}</nav>
</main>""")
_FORMS = Markup("""<form method="post" action="{action}">
<label>{name_label}<input name="name" required maxlength="160" autofocus autocomplete="username"
 autocapitalize="none" spellcheck="false"></label>
<label>{password_label}<input type="password" name="password" required
 autocomplete="current-password"></label>
<button>{send}</button>
</form>
{more}
<details{opened}><summary>{with_token}</summary>
<form method="post" action="{action}">
<label>{token_label}<input type="password" name="token" required autocomplete="off"></label>
<button>{send}</button>
</form>
</details>""")
_LANGUAGE = Markup('<a href="?{asked}" lang="{html_lang}">{name}</a>')


def add_way(server: Flask, way: Callable[[str], Markup]) -> None:
    """Show another way in on the page: what `way` makes of the query with which one came, as `?next=%2Fx`."""
    server.extensions.setdefault(_WAYS, []).append(way)


def sign_in_page(status: int, sentence: str, by_token: bool = False) -> Response:
    """The page with what went wrong; `by_token` opens the form for a token."""
    asked = _query()
    more = Markup("").join(way(asked) for way in current_app.extensions.get(_WAYS, ()))
    inside = _FORMS.format(
        action=SIGN_IN + asked,
        more=more,
        opened=Markup(" open") if by_token else "",
        with_token=t("sign_in.with_token"),
        name_label=t("sign_in.name"),
        password_label=t("sign_in.password"),
        token_label=t("sign_in.token"),
        send=t("sign_in.send"),
    )
    return panel_page(status, t("sign_in.title"), t("app.title", place=t("app.name")), sentence, inside)


def panel_page(status: int, title: str, heading: str, sentence: str, inside: Markup) -> Response:
    """A page with one panel in its middle, in the looks of the sign-in page; nobody keeps it."""
    body = PANEL.format(title=heading, sentence=sentence, inside=inside, languages=_languages())
    return kept_nowhere(make_response(page.plain_html(title, body), status))


def kept_nowhere(answer: Response) -> Response:
    """The answer, not to be stored by browsers and proxies."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _query() -> str:
    after = request.args.get(NEXT)
    return "?" + urlencode({NEXT: after}) if after else ""


def _languages() -> Markup:
    kept = {NEXT: request.args[NEXT]} if NEXT in request.args else {}
    return Markup("").join(
        _LANGUAGE.format(
            asked=urlencode({"lang": lang, **kept}),
            html_lang=languages.HTML_LANG[lang],
            name=t(f"language.{lang}"),
        )
        for lang in languages.LANGUAGES
    )
