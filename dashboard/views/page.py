"""The HTML that a page arrives in, and what it knows before anything else: language, texts, cuts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import Dash
from flask import Response, redirect, request
from markupsafe import Markup

from dashboard.views import languages, libraries, theme
from dashboard.views.asking import home_path
from dashboard.views.services import Services
from dashboard.views.texts import t, texts_for
from dashboard.views.written import WRITTEN

BAR_FROM = 60.0
"""Where the bars of scores start; the cuts are marked on them."""

ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Cpath d='M16 2 27 13 16 30 5 13z' fill='%2356B4E9'/%3E%3Cpath d='M16 2v28M5 13h22' "
    "stroke='%230E1216' stroke-width='2'/%3E%3C/svg%3E"
)

_INDEX = """<!DOCTYPE html>
<html lang="{lang}" data-root="{root}">
<head>
{metas}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark">
<title>{title}</title>
<link rel="icon" href="{icon}">
<style>{variables}</style>
{css}
{data}
</head>
<body data-loading="{loading}">
{app_entry}
<footer>{config}{scripts}{renderer}</footer>
</body>
</html>"""


_PLAIN = Markup("""<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark">
<title>{title}</title>
<link rel="icon" href="{icon}">
<style>{variables}</style>
<link rel="stylesheet" href="{root}assets/kite.css">
<link rel="stylesheet" href="{root}assets/sign_in.css">
</head>
<body><div class="kite">{body}</div></body>
</html>""")

ROOT = "/"
"""Where the city's own pages and routes begin, whichever Dash app a page is of."""


MODULES = ["kite", "desk", "unit", "wall", "leaders", "api_docs", "brief"]
"""Folders of `assets/` whose scripts the browser imports or the page asks for: Dash must not load them."""

NOT_OF_DESK = r"^(admin|province|sign_in|wall(_\w+)?)\.css$"
NOT_OF_MAP = r"^(admin|desk(_\w+)?|province|sign_in|wall(_\w+)?)\.css$"
"""Styles in `assets/` that are other pages': each file more is some ms until the map stands there."""


def module(name: str) -> str:
    """The element of a script of `assets/` that is no script of Dash's."""
    return f'<script type="module" src="{ROOT}assets/{name}"></script>'


def give_html(
    app: Dash,
    cuts: tuple[float, float, float],
    title: str = "app.title",
    data: Callable[[], str] = lambda: "",
    unused: tuple[str, ...] = (libraries.AG_GRID, libraries.DATA_TABLE),
) -> None:
    """Give `app` the HTML that its pages arrive in; `title` names a text with a {place}, `data` gives more of
    the head, in the language of the request. `unused`: component libraries that its pages have nothing of.
    """
    variables = theme.css_variables(cuts, BAR_FROM)

    def interpolate_index(**parts: str) -> str:
        return _INDEX.format(
            lang=languages.HTML_LANG[languages.language()],
            title=t(title, place=t("app.name")),
            icon=ICON,
            loading=t("app.loading"),
            variables=variables,
            root=ROOT,
            data=data(),
            scripts=libraries.without(parts["scripts"], unused),
            **{name: parts[name] for name in ("metas", "css", "app_entry", "config", "renderer")},
        )

    app.interpolate_index = interpolate_index  # type: ignore[method-assign, assignment]


def plain_html(title: str, body: Markup) -> str:
    """A page without Dash, in the looks of the others and the language of the request."""
    return str(
        _PLAIN.format(
            lang=languages.HTML_LANG[languages.language()],
            title=title,
            icon=Markup(ICON),
            variables=Markup(theme.css_variables((), BAR_FROM)),
            root=ROOT,
            body=body,
        )
    )


def install(app: Dash, services: Services, data: Callable[[], str] = lambda: "") -> None:
    """Give `app` the page's HTML, its languages, and a way from `/` to the city, or to one's own region.

    `data`: as `give_html` has it.
    """
    settings = services.settings
    languages.install(app.server, settings.language, settings.data_dir / "translations")
    give_html(app, services.cuts, data=data)

    def root_to_own_place() -> Response | None:
        if request.path != app.config.requests_pathname_prefix:
            return None
        query = f"?{request.query_string.decode()}" if request.query_string else ""
        return redirect(f"{request.path}{home_path(services)[1:]}{query}")  # type: ignore[return-value]

    app.server.before_request(root_to_own_place)


_SAID = (
    "age.", "card.", "command.", "explain.ask", "explain.behind", "feed.", "header.", "level.", "map.zoom.",
    "why.title",
)  # fmt: skip
"""How the names of texts begin that the scripts in `assets/views` say: the others stay on the server."""


def page_data(services: Services) -> dict[str, Any]:
    """What the page's own scripts need from the start; never changes while the page is open."""
    lang = languages.language()
    return {
        "language": lang,
        "texts": {name: text for name, text in texts_for(lang).items() if name.startswith(_SAID)},
        "timezone": services.pack.manifest["timezone"],
        "stale_after_s": services.settings.stale_after_s,
        "cuts": list(services.cuts),
        "bar_from": BAR_FROM,
        "simulated": services.simulated(),
        "city": services.pack.regions.code[0],
        "written": WRITTEN,
    }
