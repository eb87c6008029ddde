"""What the administration's pages share: the frame with its links, tables, forms, and who may open them.

Each page is a module of this package with `register(server, city, services)`. Forms are posted and answered
by `see_other`, so that a page that is loaded again does nothing twice; posts of other sites' pages are turned
away centrally (docs/security.md), so forms carry no hidden token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, abort, make_response, redirect, request
from markupsafe import Markup

from dashboard.domain.access import EVERYWHERE, Identity, may, own_region
from dashboard.domain.hierarchy import Hierarchy
from dashboard.streams.client import FAILED
from dashboard.views import languages, page
from dashboard.views.addresses import SIGN_OUT
from dashboard.views.services import Services
from dashboard.views.texts import TEXTS, t


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the administration: its key, its address, and the name of its text."""

    key: str
    path: str
    text: str


PAGES = (
    Page("accounts", "/admin/accounts", "admin.accounts"),
    Page("tokens", "/admin/tokens", "admin.tokens"),
    Page("trail", "/admin/trail", "admin.trail"),
    Page("letters", "/admin/letters", "admin.letters"),
    Page("feeds", "/admin/feeds", "admin.feeds"),
)
"""In the order of the links."""
PATHS = {row.key: row.path for row in PAGES}

SAID = "said"
"""Of the address that a form leads to: the name of the sentence that is shown there."""


@dataclass(frozen=True, slots=True)
class Administrator:
    """Who administers in the current request, and which region: `*` or a code."""

    identity: Identity
    hierarchy: Hierarchy

    def holds(self, code: str) -> bool:
        """Whether the region of this code is theirs to administer; `*` is only for who is bound to none."""
        own = self.identity.region_code
        return own == EVERYWHERE or (code != EVERYWHERE and self.hierarchy.contains_code(own, code))


def gate(services: Services) -> Administrator:
    """Who asks, where they may administer the whole region that they are bound to; answers 403 to others.

    What a page shows and does must besides be `holds` of its region. Raises what `Services.identity` raises.
    """
    who, hierarchy = services.identity(), services.hierarchy
    region = own_region(who, hierarchy)
    if region is None or not may(who, "administer", hierarchy.codes[region], hierarchy.contains_code):
        abort(_whole(t("admin.refused.title"), notice(t("admin.refused"), bad=True), 403))
    return Administrator(who, hierarchy)


def admin_page(active: str, title: str, body: Markup, status: int = 200) -> Response:
    """The page `active`, a key of `PAGES`, with its heading and what `see_other` had to say."""
    parts = (Markup("<h1>{}</h1>").format(title), notice(said()), body)
    return _whole(title, Markup("").join(parts), status, active)


def read_page(active: str, read: Callable[[], Markup], status: int = 200, problem: str = "") -> Response:
    """The page `active` with what `read` makes of the store, under what went wrong; 503 if it is silent."""
    try:
        body = read()
    except FAILED:
        status, problem, body = 503, t("sign_in.silent"), Markup("")
    return admin_page(active, t(f"admin.{active}"), notice(problem, bad=True) + body, status)


def see_other(path: str, said: str = "", **query: str) -> Response:
    """Lead there after a form; `said` is the name of a text `admin.said...` to show there."""
    asked = {**query, **({SAID: said} if said else {})}
    return kept_nowhere(make_response(redirect(f"{path}?{urlencode(asked)}" if asked else path, 303)))


def said() -> str:
    """The sentence that `see_other` named; the address can name no others."""
    name = request.args.get(SAID, "")
    return t(name) if name.startswith("admin.said.") and name in TEXTS else ""


def notice(sentence: str, bad: bool = False) -> Markup:
    """A sentence in a box, `bad` where something went wrong; nothing for none."""
    if not sentence:
        return Markup("")
    kind, role = ("bad", "alert") if bad else ("good", "status")
    return Markup('<p class="notice {}" role="{}">{}</p>').format(kind, role, sentence)


def table(headers: Sequence[str], rows: Iterable[Sequence[str | Markup]], caption: str) -> Markup:
    """A table; cells that are no `Markup` are escaped. Without rows it says so."""
    lines = [_row("td", row) for row in rows]
    if not lines:
        empty = Markup('<tr><td class="empty" colspan="{}">{}</td></tr>')
        lines = [empty.format(len(headers), t("admin.none"))]
    whole = Markup(
        '<div class="table"><table><caption>{}</caption><thead>{}</thead><tbody>{}</tbody></table></div>'
    )
    return whole.format(caption, _row("th", headers), Markup("").join(lines))


def _row(cell: str, values: Iterable[str | Markup]) -> Markup:
    scope = Markup(' scope="col"') if cell == "th" else Markup("")
    cells = (Markup("<{0}{1}>{2}</{0}>").format(cell, scope, value) for value in values)
    return Markup("<tr>{}</tr>").format(Markup("").join(cells))


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. `kind`: an input's type, or `textarea`, `select` (of `options`), `checkbox`."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    options: Sequence[tuple[str, str]] = ()
    """(value, what is shown) each."""
    required: bool = False
    help: str = ""
    more: Mapping[str, str] | None = None
    """Further attributes, as autocomplete or maxlength."""


def form(
    action: str,
    fields: Sequence[Field],
    send: str,
    *,
    hidden: Mapping[str, str] | None = None,
    method: str = "post",
    title: str = "",
    danger: bool = False,
) -> Markup:
    """A form, in a panel of its own with its title. `danger` marks what can't be taken back."""
    heading = Markup("<h2>{}</h2>").format(title) if title else Markup("")
    inside = Markup("").join((heading, _hidden(hidden), *map(_field, fields), _send(send, danger)))
    return Markup('<form class="panel" method="{}" action="{}">{}</form>').format(method, action, inside)


def button(action: str, label: str, hidden: Mapping[str, str] | None = None, danger: bool = False) -> Markup:
    """A form of one button, for the cell of a table."""
    inside = _hidden(hidden) + _send(label, danger)
    return Markup('<form class="one" method="post" action="{}">{}</form>').format(action, inside)


def link(address: str, label: str) -> Markup:
    """A link."""
    return Markup('<a href="{}">{}</a>').format(address, label)


def kept_nowhere(answer: Response) -> Response:
    """The answer, not to be stored by browsers and proxies."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _hidden(values: Mapping[str, str] | None) -> Markup:
    made = Markup('<input type="hidden" name="{}" value="{}">')
    return Markup("").join(made.format(name, value) for name, value in (values or {}).items())


def _send(label: str, danger: bool) -> Markup:
    return Markup('<button class="{}">{}</button>').format("danger" if danger else "send", label)


def _field(field: Field) -> Markup:
    attributes = {"name": field.name, **(field.more or {})}
    given = Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in attributes.items())
    given += Markup(" required") if field.required else Markup("")
    help_text = Markup("<small>{}</small>").format(field.help) if field.help else Markup("")
    order = Markup('<label class="{}"><span>{}</span>{}{}</label>')
    return order.format(field.kind, field.label, _control(field, given), help_text)


def _control(field: Field, given: Markup) -> Markup:
    if field.kind == "textarea":
        return Markup("<textarea{}>{}</textarea>").format(given, field.value)
    if field.kind == "select":
        made = Markup('<option value="{}"{}>{}</option>')
        chosen = (
            made.format(v, Markup(" selected" if v == field.value else ""), o) for v, o in field.options
        )
        return Markup("<select{}>{}</select>").format(given, Markup("").join(chosen))
    if field.kind == "checkbox":
        checked = Markup(" checked" if field.value else "")
        return Markup('<input type="checkbox" value="1"{}{}>').format(given, checked)
    return Markup('<input type="{}" value="{}"{}>').format(field.kind, field.value, given)


_STYLE = Markup('<link rel="stylesheet" href="{}assets/admin.css">').format(page.ROOT)
_WHOLE = Markup(
    '{style}<div class="admin"><header><strong>{app}</strong><nav aria-label="{label}">{links}</nav>'
    '<nav class="languages">{languages}</nav>{out}</header><main>{body}</main></div>'
)
_LINK = Markup('<a href="{}"{}>{}</a>')


def _whole(title: str, body: Markup, status: int, active: str = "") -> Response:
    here = Markup(' aria-current="page"')
    links = [_LINK.format(row.path, here if row.key == active else "", t(row.text)) for row in PAGES]
    html = _WHOLE.format(
        style=_STYLE,
        app=link(page.ROOT, t("admin.title")),
        label=t("admin.title"),
        links=Markup("").join(links),
        languages=_languages(),
        out=link(SIGN_OUT, t("nav.sign_out")),
        body=body,
    )
    return kept_nowhere(make_response(page.plain_html(f"{title} · {t('admin.title')}", html), status))


def _languages() -> Markup:
    """The same page in each language, what else was asked for kept."""
    asked = {name: value for name, value in request.args.items() if name not in ("lang", SAID)}
    made = Markup('<a href="?{}" lang="{}">{}</a>')
    return Markup("").join(
        made.format(urlencode({**asked, "lang": lang}), languages.HTML_LANG[lang], t(f"language.{lang}"))
        for lang in languages.LANGUAGES
    )
