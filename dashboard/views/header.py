"""The header that every page shares: where one is, how old the data is, what time it is, which language."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import html

from dashboard.views import languages, leading
from dashboard.views.addresses import DISPATCH
from dashboard.views.asking import administering, signed_in
from dashboard.views.attributes import attributes
from dashboard.views.ids import Id
from dashboard.views.services import Services
from dashboard.views.texts import t


def header(services: Services) -> html.Header:
    """The header; the breadcrumb is filled by `callbacks.drill_into_region`.

    Badges say whether what happens is made up, and whether the counts it is measured by are made from totals.
    """
    synthetic = any(services.pack.manifest.get("synthetic", {}).values())
    return html.Header(
        [
            html.Nav(
                id=Id.BREADCRUMB, className="breadcrumb", **attributes(aria_label=t("header.breadcrumb"))
            ),
            html.Span(
                t("header.simulated"),
                id=Id.SIMULATED,
                className="badge",
                title=t("header.simulated.help"),
                hidden=not services.simulated(),
            ),
            html.Span(
                t("header.synthetic"),
                className="badge",
                title=t("header.synthetic.help"),
                hidden=not synthetic,
            ),
            html.Span(className="grow"),
            leading.buttons(services),
            html.A(t("nav.desk"), href=DISPATCH, className="page-link"),
            html.Span(t("header.age.unknown"), id=Id.AGE, className="age", title=t("header.age.help")),
            html.Time(id=Id.CLOCK, className="clock"),
            *administering(services),
            *signed_in(services),
            language_switch(),
        ],
        className="header",
    )


def language_switch() -> dmc.SegmentedControl:
    """Two languages, each under its own name; `callbacks.switch_language` reloads the page in the other."""
    return dmc.SegmentedControl(
        id=Id.LANGUAGE,
        value=languages.language(),
        data=[{"value": lang, "label": t(f"language.{lang}")} for lang in languages.LANGUAGES],
        className="language",
        size="xs",
        **attributes(aria_label=t("header.language")),
    )


def dead_feeds() -> html.Div:
    """The line under the header that says which feeds have gone silent; empty while all is well."""
    return html.Div(id=Id.DEAD, className="dead", role="status", hidden=True)
