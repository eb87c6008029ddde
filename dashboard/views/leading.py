"""What a leader does from the region's page: the buttons in its header, and what scripts behind them need.

The scripts are `assets/leaders/`: a menu of sentences and cards at a case, sent through the HTTP API.
"""

from __future__ import annotations

from typing import Any

import orjson
from dash import html

from dashboard.domain.commands import COMMANDS, PHASES, STATES
from dashboard.domain.instructions import PRESETS
from dashboard.views import languages
from dashboard.views.addresses import brief_path, export_path
from dashboard.views.asking import may_at_home
from dashboard.views.attributes import attributes
from dashboard.views.ids import LeaderId
from dashboard.views.page import module
from dashboard.views.publications import publish_button
from dashboard.views.services import Services
from dashboard.views.texts import t, texts_for

HERE = "{code}"
"""In an address: the region that the page is about (`assets/views/leader_links.js` puts it in)."""
PERIODS = ("day", "week", "month")
FIRST_PERIOD = "week"
TABLES = ("children", "cases", "systems", "publication", "scores")
"""Tables of a region that can be taken out (see docs/brief.md)."""
FORMS = {"csv": "CSV", "geojson": "GeoJSON"}


def buttons(services: Services) -> html.Div:
    """Publish, instruct, and the brief with its menu: each for who may."""
    may = {action: may_at_home(services, action) for action in ("supervise", "brief", "export")}
    instruct = html.Button(
        t("leading.instruct"),
        type="button",
        title=t("leading.instruct.help"),
        **attributes(data_deed="instruct", data_case=""),
    )
    return html.Div(
        [
            publish_button(services),
            instruct if may["supervise"] else None,
            _brief(may["export"]) if may["brief"] else None,
        ],
        className="leader-buttons",
    )


def _brief(exports: bool) -> html.Span:
    """The brief of the week with one click, and all the others behind the arrow beside it."""
    lang = languages.language()
    rows: list[Any] = [html.Strong(t("leading.brief"))]
    for period in PERIODS:
        rows.append(_link(t(f"leading.pdf.{period}"), brief_path(HERE, period, lang, "pdf")))
        rows.append(_link(t(f"leading.page.{period}"), brief_path(HERE, period, lang)))
    if exports:
        rows.append(html.Strong(t("leading.export")))
        rows += [_link(f"{t(f'leading.table.{name}')} {said}", export_path(name, HERE, form))
                 for name in TABLES for form, said in FORMS.items()]  # fmt: skip
    menu = html.Details(
        [
            html.Summary("▾", title=t("leading.more"), **attributes(aria_label=t("leading.more"))),
            html.Div(rows, className="menu-list"),
        ],
        className="menu",
    )
    return html.Span(
        [_link(t("leading.brief"), brief_path(HERE, FIRST_PERIOD, lang, "pdf")), menu], className="joined"
    )


def _link(text: str, address: str) -> html.A:
    return html.A(text, target="_blank", **attributes(data_place_href=address))


def script(services: Services) -> str:
    """What the scripts need, as an element of the page, and the scripts themselves."""
    data = orjson.dumps(leading_data(services)).decode().replace("</", "<\\/")
    element = f'<script type="application/json" id="{LeaderId.DATA}">{data}</script>'
    return f"{element}\n{module('leaders/main.mjs')}"


def leading_data(services: Services) -> dict[str, Any]:
    """See `LeadingData` in assets/leaders/deeds.mjs; words are those of the desk where it says them too."""
    lang = languages.language()
    own = 0 if lang == "zh" else 1
    said = ("deeds.", "desk.refused.", "case_type.", "case_state.", "command.")
    more = ("desk.and", "desk.reported", "desk.unreachable")
    return {
        "texts": {n: text for n, text in texts_for(lang).items() if n.startswith(said) or n in more},
        "presets": [
            {
                "slug": row.slug,
                "command": row.command,
                "field": row.field,
                "value": row.value,
                "label": (row.zh, row.en)[own],
            }
            for row in PRESETS
        ],
        "commands": {slug: {"label": (rule.zh, rule.en)[own]} for slug, rule in COMMANDS.items()},
        "states": {slug: names[own] for slug, names in STATES.items()},
        "phases": {slug: names[own] for slug, names in PHASES.items()},
        "timezone": services.pack.manifest["timezone"],
    }
