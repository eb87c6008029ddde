"""`/export/<table>/<code>.csv` and `.geojson`: the tables of a region, to take along."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import quote

from flask import Flask, Response

from dashboard.streams.client import FAILED
from dashboard.views import languages
from dashboard.views.aside import aside
from dashboard.views.brief.asked import Sources
from dashboard.views.declined import DeclinedError, answer, region_for
from dashboard.views.exports.csv_text import csv_of
from dashboard.views.exports.geojson import geojson_of
from dashboard.views.exports.rows import Row
from dashboard.views.exports.tables import TABLES, Table, rows_of
from dashboard.views.places import name_of
from dashboard.views.texts import t


def register(server: Flask, sources: Sources) -> None:
    """Add the routes; like a page, what is asked for by a void token leads to sign in."""
    for ending, (write, media_type) in FORMS.items():
        server.add_url_rule(
            f"/export/<table>/<code>.{ending}",
            endpoint=f"export_{ending}",
            view_func=partial(_export, sources, ending, write, media_type),
        )


def _export(sources: Sources, ending: str, write: Writer, media_type: str, table: str, code: str) -> Response:
    """A table as a file; a sentence where it can't be given."""
    languages.for_once()
    try:
        region = region_for(sources.services, code, "export")
        body = write(sources, _known(table), _rows(sources, table, region))
    except DeclinedError as problem:
        return answer(problem)
    except FAILED:
        return answer(DeclinedError(503, t("brief.unreachable")))
    file = f"{name_of(sources.services, region).replace('/', '-')}-{table}-{code}.{ending}"
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file)}",
    }
    return Response(body, content_type=media_type, headers=headers)


def _known(table: str) -> Table:
    if table not in TABLES:
        names = t("header.and").join(TABLES)
        raise DeclinedError(404, t("export.no_table", table=table[:20], tables=names))
    return TABLES[table]


def _rows(sources: Sources, table: str, region: int) -> list[Row]:
    if not len(sources.levels):
        raise DeclinedError(503, t("brief.not_ready"))
    return rows_of(_known(table), sources, region)


Writer = Callable[[Sources, Table, Sequence[Row]], bytes]


def _csv(sources: Sources, table: Table, rows: Sequence[Row]) -> bytes:
    heads = [t(f"export.column.{column}") for column in table.columns]
    return aside(partial(csv_of, heads, table.columns, rows))


def _geojson(sources: Sources, table: Table, rows: Sequence[Row]) -> bytes:
    services = sources.services
    about = {
        "name": services.pack.manifest.get("name", ""),
        "attribution": [source["name"] for source in services.pack.manifest.get("sources", ())],
    }
    return aside(partial(geojson_of, services.pack, services.hierarchy, table, rows, about))


FORMS: dict[str, tuple[Writer, str]] = {
    "csv": (_csv, "text/csv; charset=utf-8"),
    "geojson": (_geojson, "application/geo+json"),
}
"""Ending → how it is written, and its media type."""
