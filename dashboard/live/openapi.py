"""The API's description (OpenAPI 3.1), made from the tables that parse what comes in."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.domain.cap import MIMETYPE
from dashboard.domain.case_figures import PERIOD_DAYS
from dashboard.domain.commands import COMMANDS, KITES_OWN, STATES
from dashboard.domain.safety_index.moved import SINCE_DAYS
from dashboard.domain.schemas import SCHEMAS, Field
from dashboard.domain.search import MOST_LETTERS, MOST_WORDS
from dashboard.domain.systems import SYSTEMS
from dashboard.live.openapi_answers import Schema, answers, problem

PREFIX = "/api/v1"
_SENT = {slug: rule for slug, rule in COMMANDS.items() if rule.action != KITES_OWN}
"""Commands that somebody may send: all but Kite's own."""
_MADE_AT_THE_DESK = frozenset({"case", "by"})
FOUND, MOST_FOUND = 20, 100
"""So many entries a search gives, and may be asked for."""
LANGUAGES = ("zh", "en")
"""Languages of names, the default first."""

_EXPLANATION = "Why a region's score is what it is, in parts that sum to it."
_MOVED = "What moved a region's score since then; on_record is false where the record doesn't reach back."
_FIGURES = "A region's cases of a period, counted; null is what nobody knows."
_CASE_ID = {"name": "case_id", "in": "path", "required": True, "schema": {"type": "string"}}


def document(city: str) -> Schema:
    """The whole description; `city`: the code that region parameters default to."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kite",
            "version": "1",
            "description": "Cases and commands of one city. Places and cases, never persons.",
        },
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "paths": {
            "/cases": {"get": _list_of_cases(city)},
            "/cases/{case_id}": {
                "get": _look("A case with its history, its running clocks and what it allows.")
            },
            "/cases/{case_id}/suggestions": {
                "get": _look("The best three units for a case, with reasons; none once it has ended.")
            },
            "/cases/{case_id}/similar": {
                "get": _look("Open cases to merge it with, the nearest first; none once it has ended.")
            },
            "/cases/{case_id}/cameras": {"get": _look("The cameras around a case, and how they are.")},
            "/places": {"get": _place()},
            "/cases/{case_id}/commands": {"post": _send_command()},
            "/cases/{case_id}/alert.cap": {"get": _alert()},
            "/alerts": {"get": _list_of_alerts(city)},
            "/reports": {"post": _send_report()},
            "/settling": {"get": _look_at_settling(city)},
            "/publications": {"get": _list_of_publications(), "post": _publish()},
            "/publications/{number}": {"get": _look_at_publication()},
            "/publications/{number}/compare": {"get": _compare_publications()},
            "/regions/{code}/explanation": {"get": _look_at_region(_EXPLANATION)},
            "/regions/{code}/moved": {"get": _look_at_region(_MOVED, "since", SINCE_DAYS)},
            "/regions/{code}/cases-figures": {"get": _look_at_region(_FIGURES, "period", PERIOD_DAYS)},
            "/systems/{key}": {"get": _look_at_system(city)},
            "/units/{call_sign}/tasks": {"get": _look_at_tasks()},
            "/search": {"get": _search()},
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Report": _object(SCHEMAS["report"], required=("type", "origin")),
                "Command": _object(
                    [row for row in SCHEMAS["command"] if row.name not in _MADE_AT_THE_DESK], ("command",)
                ),
                "Problem": problem(),
            },
        },
    }


def _object(rows: Iterable[Field], required: Iterable[str]) -> Schema:
    """Fields of an entry as a JSON object: all are texts, as in the stream."""
    properties = {row.name: _property(row) for row in rows}
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(required),
        "additionalProperties": False,
    }


def _property(row: Field) -> Schema:
    schema: Schema = {"type": "string", "description": row.meaning, "examples": [row.example]}
    if row.name == "command":
        schema["enum"] = list(_SENT)
    return schema


def _list_of_cases(city: str) -> Schema:
    parameters = _query(
        ("region", {"type": "string", "default": city}, "code of a region"),
        ("level", {"type": "integer", "enum": [1, 2, 3, 4]}, "only this level"),
        ("state", {"type": "string", "enum": list(STATES)}, "only this state"),
        ("first", {"type": "integer", "minimum": 0, "default": 0}, "so many are left out"),
        ("limit", {"type": "integer", "maximum": 1000, "default": 100}, "so many are given"),
    )
    return {
        "summary": "Open cases of a region, what is due first first.",
        "parameters": parameters,
        "responses": answers(200, "total and cases", 400),
    }


def _place() -> Schema:
    parameters = (
        ("lon", True, {"type": "number"}, "degrees, WGS 84"),
        ("lat", True, {"type": "number"}, "degrees, WGS 84"),
        ("type", False, {"type": "string"}, "type of case that units are wanted for; none without it"),
    )
    return {
        "summary": "A place: its grid and the regions around it, the best three units, the cameras nearby.",
        "parameters": [
            {"name": name, "in": "query", "required": required, "schema": schema, "description": said}
            for name, required, schema, said in parameters
        ],
        "responses": answers(200, "grid_code, where, units and cameras", 400, 422),
    }


def _look_at_settling(city: str) -> Schema:
    told = "region, open, ended, success (settled, decided, share, low, high), paths and hearings"
    region = {"name": "region", "in": "query", "schema": {"type": "string", "default": city}}
    return {
        "summary": "How a region's disputes are settled, by path and result, with the success rate.",
        "parameters": [region | {"description": "code of a region"}],
        "responses": answers(200, told, 400),
    }


def _look_at_region(summary: str, name: str = "", words: Iterable[str] = ()) -> Schema:
    code = {"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}
    choice = [*words]
    asked = _query((name, {"enum": choice, "default": choice[0]}, "how far back")) if choice else []
    return {"summary": summary, "parameters": [code, *asked], "responses": answers(200, summary, 400, 404)}


def _look_at_system(city: str) -> Schema:
    region = {"name": "region", "in": "query", "schema": {"type": "string", "default": city}}
    key = {"name": "key", "in": "path", "required": True, "schema": {"type": "string", "enum": list(SYSTEMS)}}
    return {
        "summary": "One of the city's systems in a region, counted from the pack and the streams.",
        "parameters": [key, region | {"description": "code of a region"}],
        "responses": answers(200, "system, region, at_ms, simulated, made_up, as_of and figures", 400, 404),
    }


_OWN = ("region", {"type": "string"}, "code of a region; else the asker's own")
_NUMBER = {"name": "number", "in": "path", "required": True, "schema": {"type": "integer"}}


def _list_of_publications() -> Schema:
    limit = ("limit", {"type": "integer", "maximum": 100, "default": 20}, "so many are given")
    return {
        "summary": "The last publications of the index about a region, the newest first.",
        "parameters": _query(_OWN, limit),
        "responses": answers(200, "number, at_ms, score, level, counts, raised, closed, left", 400),
    }


def _publish() -> Schema:
    sent = [row for row in SCHEMAS["publish"] if row.name in ("id", "note")]
    return {
        "summary": "Publish the index of the whole city as it stands; it can never be changed.",
        "requestBody": {"content": {"application/json": {"schema": _object(sent, ())}}, "required": True},
        "responses": answers(201, "publication, its number, and at_ms", 400, 409, 413, 422),
    }


def _look_at_publication() -> Schema:
    return {
        "summary": "A publication about a region: its parts' standing, the cases of rectification inside.",
        "parameters": [_NUMBER, *_query(_OWN)],
        "responses": answers(200, "its row, children, rectifications, left_out", 400, 404),
    }


def _compare_publications() -> Schema:
    before = ("before", {"type": "integer"}, "number of the other one; else the one before it")
    return {
        "summary": "A publication compared with an earlier one, in a region.",
        "parameters": [_NUMBER, *_query(_OWN, before)],
        "responses": answers(200, "better, worse, same, and the rows that differ", 400, 404),
    }


def _list_of_alerts(city: str) -> Schema:
    region = {"name": "region", "in": "query", "description": "code of a region"}
    return {
        "summary": "Alerts that stand in a region: open cases of levels 01 and 02, the gravest first.",
        "parameters": [{**region, "schema": {"type": "string", "default": city}}],
        "responses": answers(200, "total and alerts", 400),
    }


def _alert() -> Schema:
    summary = "The case as a message of the Common Alerting Protocol 1.2; levels 01 and 02 only."
    described = _look(summary)
    described["responses"]["200"]["content"] = {MIMETYPE: {"schema": {"type": "string"}}}
    return described


def _search() -> Schema:
    letters = {"type": "string", "minLength": 1, "maxLength": MOST_LETTERS}
    return {
        "summary": "Cases, places and units by a few letters, the best first.",
        "description": "Chinese, pinyin, initials or a mix of them; English names, codes, ids, call signs.",
        "parameters": _query(
            ("q", letters, f"up to {MOST_WORDS} words, all of which must be found"),
            ("limit", {"type": "integer", "maximum": MOST_FOUND, "default": FOUND}, "so many are given"),
            ("lang", {"enum": list(LANGUAGES), "default": LANGUAGES[0]}, "language of names"),
        ),
        "responses": answers(200, "what was found, inside the asker's region", 400),
    }


def _query(*rows: tuple[str, Schema, str]) -> list[Schema]:
    """Parameters of a query: name, schema, meaning."""
    return [
        {"name": name, "in": "query", "schema": schema, "description": said} for name, schema, said in rows
    ]


def _look(summary: str) -> Schema:
    return {"summary": summary, "parameters": [_CASE_ID], "responses": answers(200, summary, 404)}


def _send_command() -> Schema:
    commands = "; ".join(
        f"{slug} {rule.zh}: {', '.join(rule.required) or '-'}" for slug, rule in _SENT.items()
    )
    return {
        "summary": "Do something with a case, and learn what became of it.",
        "description": f"Commands and the fields that each must have: {commands}. 'at' is for what was done "
        "out of reach and is told later, up to seven days; without it the command was done when it came.",
        "parameters": [_CASE_ID],
        "requestBody": _body("Command"),
        "responses": answers(200, "the case's new version and state", 400, 404, 409, 413, 422),
    }


def _look_at_tasks() -> Schema:
    told = "unit, simulated, behind and tasks; the answer's X-Kite-Now is the server's clock, ms since 1970"
    parameter = {"name": "call_sign", "in": "path", "required": True, "schema": {"type": "string"}}
    not_modified = {"304": {"description": "As the ETag of If-None-Match has it."}}
    return {
        "summary": "A unit's own open cases, what is due first first, those that are done last.",
        "parameters": [parameter],
        "responses": {**answers(200, told, 404), **not_modified},
    }


def _send_report() -> Schema:
    return {
        "summary": "Report a case.",
        "requestBody": _body("Report"),
        "responses": answers(201, "the case as screens have it", 400, 413, 422),
    }


def _body(name: str) -> Schema:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"required": True, "content": {"application/json": {"schema": schema}}}
