"""The province's page: several cities side by side, and what they make together.

It has a Dash app of its own beside the city's, at `/province/`: no map, no event stream, one small answer
every two seconds. Its callback is `callbacks.follow_province`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import Dash, dcc, html

from dashboard.domain.access import Identity
from dashboard.domain.case_types import NATURES
from dashboard.live.province import CityFigures, Figures, ProvinceFigures
from dashboard.settings import Settings
from dashboard.views import languages, libraries, page, theme
from dashboard.views.addresses import region_path
from dashboard.views.attributes import attributes
from dashboard.views.ids import ProvinceId
from dashboard.views.texts import t

PATH = "/province/"
REFRESH_MS = 2_000
SCORE_PATIENCE_S = 15.0
"""How much older than a feed the province's score may be: snapshots are left every ten seconds."""
_UNITS_S = ((86_400, "age.days"), (3_600, "age.hours"), (60, "age.minutes"), (1, "age.seconds"))


@dataclass(frozen=True)
class ProvinceServices:
    """What the page asks. `figures(may_view)`: the figures of the cities that may be seen."""

    settings: Settings
    cuts: tuple[float, float, float]
    identity: Callable[[], Identity]
    figures: Callable[[Callable[[str], bool]], ProvinceFigures]


def install(app: Dash, services: ProvinceServices) -> None:
    """Give `app` its layout and its HTML; the server's languages are installed by the city's pages."""
    page.give_html(app, services.cuts, "province.page", unused=(libraries.DATA_TABLE,))
    with app.server.app_context():
        app.layout = partial(layout, services)


def layout(services: ProvinceServices) -> dmc.MantineProvider:
    """The whole page in the language of the request."""
    return dmc.MantineProvider(
        html.Div(
            [
                dcc.Interval(id=ProvinceId.CLOCK, interval=REFRESH_MS),
                _header(),
                html.Main(
                    [html.Div(id=ProvinceId.CARDS, className="cards"), _table()],
                    className="province",
                ),
            ],
            className="kite",
        ),
        theme=theme.MANTINE,
        forceColorScheme="dark",
    )


def _header() -> html.Header:
    return html.Header(
        [
            html.H1(t("province.title"), className="breadcrumb"),
            html.Span(
                t("header.simulated"),
                id=ProvinceId.SIMULATED,
                className="badge",
                title=t("header.simulated.help"),
                hidden=True,
            ),
            html.Span(className="grow"),
            html.Span(
                t("header.age.unknown"), id=ProvinceId.AGE, className="age", title=t("header.age.help")
            ),
            html.Nav(
                [
                    html.A(t(f"language.{lang}"), href=f"?lang={lang}", lang=languages.HTML_LANG[lang])
                    for lang in languages.LANGUAGES
                ],
                className="languages",
                **attributes(aria_label=t("header.language")),
            ),
        ],
        className="header",
    )


def _table() -> dag.AgGrid:
    return dag.AgGrid(
        id=ProvinceId.CITIES,
        columnDefs=_columns(),
        rowData=[],
        getRowId="params.data.code",
        columnSize="responsiveSizeToFit",
        defaultColDef={"sortable": True, "resizable": True, "suppressMovable": True, "minWidth": 60},
        rowClassRules={"dead": "params.data.dead"},
        dashGridOptions={
            "theme": theme.AG_GRID,
            "animateRows": False,
            "localeText": {"noRowsToShow": t("children.waiting")},
        },
        className="panel cities",
    )


def _columns() -> list[dict[str, object]]:
    """The city first and as a link where it has pages here, then what one compares, then how old it is."""
    named = {"headerClass": "ag-right-aligned-header", "cellClass": "ag-right-aligned-cell"}
    numbers = [
        ("open_cases", t("province.column.open"), 90),
        ("grave", t("province.column.grave"), 100),
        *((f"nature_{number}", t(f"case_nature.{number}"), 100) for number in NATURES),
        ("cameras_online", t("province.column.cameras"), 120),
        ("cameras_networked", t("province.column.networked"), 110),
        ("population", t("province.column.population"), 120),
    ]
    return [
        {"field": "name", "headerName": t("province.column.city"), "cellRenderer": "markdown",
         "width": 160},
        {"field": "score", "headerName": t("province.column.score"), **named, "width": 120,
         "valueFormatter": {"function": "params.data.score_text"},
         "cellClassRules": {f"level-{n}": f"params.data.level === {n}" for n in range(1, 5)}},
        *({"field": field, "headerName": name, "width": width, **named,
           "valueFormatter": {"function": f"params.value == null ? '{t('value.none')}' : "
                                          "d3.format(',')(params.value)"}}
          for field, name, width in numbers),
        {"field": "age_s", "headerName": t("province.column.age"), **named, "width": 110,
         "valueFormatter": {"function": "params.data.age"}},
    ]  # fmt: skip


def rows(found: ProvinceFigures, stale_after_s: float) -> list[dict[str, Any]]:
    """The table's rows, one per city."""
    return [_row(city, stale_after_s) for city in found.cities]


def _row(city: CityFigures, stale_after_s: float) -> dict[str, Any]:
    figures = city.figures
    name = (languages.language() == "en" and city.name_en) or city.name
    return {
        "code": city.code,
        "name": f"[{name}]({region_path(city.code)})" if city.served else name,
        "score": figures.score,
        "score_text": score_text(figures),
        "level": figures.level,
        "open_cases": figures.open_cases,
        "grave": figures.grave,
        **{f"nature_{number}": natures(figures).get(number) for number in NATURES},
        "cameras_online": figures.cameras_online,
        "cameras_networked": figures.cameras_networked,
        "population": figures.population,
        "age_s": figures.age_s,
        "age": t("header.age.one", age=age(figures.age_s)) if figures.age_s is not None else t("value.none"),
        "dead": is_dead(figures.age_s, stale_after_s),
    }


def natures(figures: Figures) -> dict[int, int]:
    """Open cases of every nature; nothing where nothing is known."""
    return {} if figures.open_cases is None else {n: figures.by_nature.get(n, 0) for n in NATURES}


def score_text(figures: Figures) -> str:
    """The score with its level as a word, as colour alone says nothing to some."""
    if figures.score is None:
        return t("value.none")
    return f"{figures.score:.1f} {t(f'level.{figures.level}')}"


def is_dead(age_s: float | None, stale_after_s: float) -> bool:
    """Whether figures of that age must look stale; those of no known age do."""
    return age_s is None or age_s > stale_after_s


def age(seconds: float) -> str:
    """A duration in its largest whole unit."""
    size, name = next((row for row in _UNITS_S if seconds >= row[0]), _UNITS_S[-1])
    return t(name, n=int(seconds // size))


def cards(found: ProvinceFigures, stale_after_s: float) -> list[html.Section]:
    """What the cities make together, each figure with its age."""
    together = found.together
    dead = is_dead(together.age_s, stale_after_s)
    score_dead = is_dead(together.score_age_s, stale_after_s + SCORE_PATIENCE_S)
    basis = (
        t("card.score.none")
        if together.score is None or together.score_age_s is None
        else t("province.basis", age=age(together.score_age_s))
    )
    oldest = "" if together.age_s is None else t("province.oldest", age=age(together.age_s))
    split = " ".join(f"{t(f'case_nature.{n}')} {count:,}" for n, count in natures(together).items())
    return [
        _card("card.score", score_text(together), [basis], f"level-{together.level}", score_dead),
        _card("card.cases", _count(together.open_cases), [oldest, _grave(together), split], "", dead),
        _card(
            "card.cameras",
            _count(together.cameras_online),
            [oldest, t("province.networked", n=_count(together.cameras_networked))],
            "",
            dead,
        ),
        _card(
            "province.feeds",
            t("province.cities", n=len(found.cities)),
            [*_silence(found, stale_after_s), t("province.population", n=_count(together.population))],
            "",
            dead,
        ),
    ]


def _grave(figures: Figures) -> str:
    return t("card.cases.grave", n=_count(figures.grave))


def _silence(found: ProvinceFigures, stale_after_s: float) -> list[str]:
    """What is missing from the sums, in words."""
    told = [city.figures for city in found.cities if city.figures.open_cases is not None]
    silent = sum(is_dead(figures.age_s, stale_after_s) for figures in told)
    missing = [t("province.missing", n=found.missing)] if found.missing else []
    dead = [t("province.dead", n=silent)] if silent else []
    return missing + dead or [t("province.fresh")]


def _card(title: str, value: str, notes: list[str], level: str, dead: bool) -> html.Section:
    return html.Section(
        [
            html.H2(t(title)),
            html.P(html.Span(value, className="value"), className="figure"),
            *(html.P(note, className="note", title=note) for note in notes),
        ],
        className=f"panel card {level} dead" if dead else f"panel card {level}",
    )


def _count(number: int | None) -> str:
    return t("value.none") if number is None else f"{number:,}"
