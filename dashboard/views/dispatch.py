"""The duty officer's desk: the queue, the map that follows it, and the chosen case with what may be done.

It has a Dash app of its own beside the region's page, at `/dispatch/`: the same map and header, but what an
officer does is the page's own (`assets/desk/`) over the HTTP API, without a callback in between.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
import orjson
from dash import Dash, dcc, html

from dashboard.domain.cameras import STATUSES
from dashboard.domain.case_types import CASE_TYPES, KITES_ORIGIN, LEVELS, ORIGINS, RECTIFICATION
from dashboard.domain.commands import (
    ALLOWED,
    COMMANDS,
    OUTCOMES,
    PAUSES,
    PHASES,
    STATES,
    TEAMS,
    UNDOABLE,
)  # fmt: skip
from dashboard.domain.dispatch import REASONS
from dashboard.views import languages, libraries, page, theme
from dashboard.views.asking import administering, signed_in
from dashboard.views.attributes import attributes
from dashboard.views.desk_keys import KEYS
from dashboard.views.header import dead_feeds, language_switch
from dashboard.views.ids import DeskId, Id
from dashboard.views.map_panel import map_panel
from dashboard.views.services import Services
from dashboard.views.texts import t, texts_for

CARDS = ("normal", "yellow", "red")
CENTRES = ("city", "county", "town", "village")
"""What a case may be referred to, by tier."""
LATER = ("escalate", "undo")
"""Commands that are no buttons: one is Kite's own, the other has a key of its own."""


def install(app: Dash, services: Services) -> None:
    """Give `app` its layout and its HTML; the server's languages are installed by the region's pages."""
    page.give_html(
        app, services.cuts, "desk.page", data=partial(_script, services), unused=(libraries.DATA_TABLE,)
    )
    with app.server.app_context():
        app.layout = partial(layout, services)


def layout(services: Services) -> dmc.MantineProvider:
    """The whole page in the language of the request."""
    return dmc.MantineProvider(
        html.Div(
            [
                dcc.Location(id=Id.LOCATION, refresh=False),
                dcc.Store(id=Id.PAGE, data=page.page_data(services)),
                dcc.Store(id=Id.PLACE),
                dcc.Store(id=Id.PROFILE),
                _header(services),
                dead_feeds(),
                html.Main([_queue(), map_panel(services), _case()], className="desk"),
                html.Div(id=DeskId.SAID, className="desk-line", **attributes(aria_live="polite")),
            ],
            className="kite",
        ),
        theme=theme.MANTINE,
        forceColorScheme="dark",
    )


def _header(services: Services) -> html.Header:
    return html.Header(
        [
            html.H1(t("desk.title"), className="breadcrumb"),
            html.Span(
                t("header.simulated"),
                id=Id.SIMULATED,
                className="badge",
                title=t("header.simulated.help"),
                hidden=not services.simulated(),
            ),
            html.Span(className="grow"),
            html.A(t("nav.map"), href=page.ROOT, className="page-link"),
            html.Span(t("header.age.unknown"), id=Id.AGE, className="age", title=t("header.age.help")),
            html.Time(id=Id.CLOCK, className="clock"),
            *administering(services),
            *signed_in(services),
            language_switch(),
        ],
        className="header",
    )


def _case() -> html.Section:
    return html.Section(id=DeskId.CASE, className="desk-case", **attributes(aria_label=t("desk.case")))


def _queue() -> html.Section:
    return html.Section(
        [
            html.Div(
                [html.H2(t("desk.queue")), html.Span(id=DeskId.COUNTS, className="second")],
                className="desk-head",
            ),
            html.Div(
                [
                    html.Nav(id=DeskId.AREA, className="desk-area", **attributes(aria_label=t("desk.area"))),
                    *(
                        html.Button(t(text), id=button, type="button")
                        for button, text in (
                            (DeskId.REPORT, "desk.report"),
                            (DeskId.SOUND, "desk.sound.off"),
                            (DeskId.KEYS, "desk.keys.short"),
                        )
                    ),
                ],
                className="desk-tools",
            ),
            html.Button(
                [html.Kbd("/"), t("desk.search")],
                id=DeskId.SEARCH,
                type="button",
                className="desk-find",
                **attributes(aria_haspopup="dialog", aria_keyshortcuts="/"),
            ),
            dag.AgGrid(
                id=DeskId.QUEUE,
                columnDefs=_columns(),
                rowData=[],
                getRowId="params.data.id",
                columnSize="responsiveSizeToFit",
                defaultColDef={
                    "sortable": True, "resizable": True, "filter": True, "suppressMovable": True,
                    "minWidth": 40,
                },
                rowClassRules={mark: f"params.data.mark === '{mark}'" for mark in ("new", "changed")},
                dashGridOptions={
                    "theme": theme.AG_GRID,
                    "animateRows": False,
                    "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": False},
                    "suppressCellFocus": True,
                    # Only where a change lies is sorted anew, of ten thousand rows.
                    "deltaSort": True,
                    "isExternalFilterPresent": {"function": "kiteDeskHasArea()"},
                    "doesExternalFilterPass": {"function": "kiteDeskHolds(params)"},
                    "localeText": {
                        "noRowsToShow": t("desk.empty"), **{name: t(f"grid.{name}") for name in _GRID_WORDS}},
                },
                style={"height": "100%"},
                className="desk-grid",
            ),
        ],
        className="panel desk-queue",
    )  # fmt: skip


_GRID_WORDS = (
    "filterOoo", "contains", "notContains", "equals", "notEqual", "blank", "notBlank", "startsWith",
    "endsWith", "andCondition", "orCondition", "lessThan", "greaterThan",
)  # fmt: skip
"""What the table itself says, by its own names (ag-grid, "Localisation")."""


def _columns() -> list[dict[str, Any]]:
    return [
        {
            "field": "level", "headerName": t("desk.column.level"), "width": 80,
            "valueFormatter": {"function": "'0' + params.value"},
            "cellClass": {"function": "'desk-level case-level-' + params.value"},
        },
        {"field": "type", "headerName": t("desk.column.type"), "flex": 3},
        {"field": "place", "headerName": t("desk.column.place"), "flex": 4, "tooltipField": "place"},
        {"field": "state", "headerName": t("desk.column.state"), "flex": 2},
        {
            "field": "due_ms", "headerName": t("desk.column.due"), "flex": 3, "sort": "asc", "filter": False,
            "valueFormatter": {"function": "kiteDue(params)"},
            "cellClassRules": {colour: f"kiteDueIs(params, '{colour}')" for colour in ("yellow", "red")},
        },
    ]  # fmt: skip


def _script(services: Services) -> str:
    """What the desk's scripts need, as an element of the page, and the scripts themselves."""
    data = orjson.dumps(desk_data(services)).decode().replace("</", "<\\/")
    return f'<script type="application/json" id="{DeskId.DATA}">{data}</script>\n' + page.module(
        "desk/main.mjs"
    )


def desk_data(services: Services) -> dict[str, Any]:
    """See `PageData` in assets/desk/words.mjs."""
    lang = languages.language()
    own = 0 if lang == "zh" else 1
    return {
        "texts": {name: text for name, text in texts_for(lang).items() if name.startswith("desk.")},
        "commands": {
            slug: {
                "label": rule.zh if own == 0 else rule.en,
                "key": KEYS.get(slug, ""),
                "fields": [name for choice in rule.required for name in choice.split("|")]
                + list(rule.optional),
                "required": list(rule.required),
            }
            for slug, rule in COMMANDS.items()
        },
        "allowed": {state: [slug for slug in slugs if slug not in LATER] for state, slugs in ALLOWED.items()},
        "undoable": sorted(UNDOABLE),
        "disputes": [row.code for row in CASE_TYPES if row.is_dispute],
        "choices": {
            "outcome": _words(OUTCOMES, own),
            "reason": _words(PAUSES, own),
            "team": _words(TEAMS, own),
            "card": {card: t(f"desk.card.{card}") for card in CARDS},
            "to": {slug: t(f"tier.{tier}") for tier, slug in enumerate(CENTRES)},
            "level": {f"{level:02d}": f"{level:02d} {names[own]}" for level, names in LEVELS.items()},
            "type": {
                row.code: row.zh if own == 0 else row.en for row in CASE_TYPES if row.code != RECTIFICATION
            },
            "origin": _words({slug: ORIGINS[slug] for slug in ORIGINS if slug != KITES_ORIGIN}, own),
        },
        "types": {row.code: row.zh if own == 0 else row.en for row in CASE_TYPES},
        "states": _words(STATES, own),
        "phases": _words(PHASES, own),
        "levels": {str(level): names[own] for level, names in LEVELS.items()},
        "origins": _words(ORIGINS, own),
        "cameras": {slug: t(f"desk.camera.{slug}") for slug in STATUSES},
        "reasons": _words(REASONS, own),
        "places": [t(f"desk.tier.{tier}") for tier in range(5)],
        "tiers": [t(f"desk.centre.{tier}") for tier in range(5)],
        "timezone": services.pack.manifest["timezone"],
    }


def _words(table: dict[str, tuple[str, str]], own: int) -> dict[str, str]:
    return {slug: names[own] for slug, names in table.items()}
