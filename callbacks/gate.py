"""What every callback asks before it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dash import Dash
from flask import Flask, abort, request

from callbacks.table import TABLE
from callbacks.taken import Kinds, is_taken, kinds_of
from dashboard.domain.access import Identity, may
from dashboard.live.route_table import insist_on_role
from dashboard.views.services import Services


def may_view(services: Services, code: str) -> bool:
    """Whether the one who asks may look at the region of that code."""
    return may(services.identity(), "view", code, services.hierarchy.contains_code)


def region_to_show(services: Services, place: Mapping[str, Any] | None) -> int | None:
    """The region of the `place` store; None without one, for an unknown code, for who may not see it."""
    code = str((place or {}).get("code", ""))
    try:
        region = services.hierarchy.number_of(code)
    except KeyError:
        return None
    return region if may_view(services, code) else None


def may_supervise(services: Services, code: str) -> bool:
    """Whether the one who asks may instruct on, or supervise, cases of the region of that code."""
    return may(services.identity(), "supervise", code, services.hierarchy.contains_code)


@dataclass(frozen=True, slots=True)
class Called:
    """A callback that can be called: its name as in the table, how much it is given, and what it takes."""

    name: str
    inputs: int
    states: int
    kinds: Kinds = ()


def callables(app: Dash) -> dict[str, Called]:
    """Every callback of `app` that the server answers, by the outputs that a page names it with."""
    return {
        outputs: Called(
            name_of(row["callback"]), len(row["inputs"]), len(row["state"]), kinds_of(row["callback"])
        )
        for outputs, row in app.callback_map.items()
        if row.get("callback")  # the page answers the others itself
    }


def name_of(function: Callable[..., Any]) -> str:
    """The name of a callback in the table."""
    return f"{function.__module__.removeprefix('callbacks.')}.{function.__name__}"


def install(server: Flask, apps: Iterable[Dash], identity: Callable[[], Identity]) -> None:
    """Let `server` ask the table before every callback of the apps, all of which must be registered by now.

    Answers 404 to what is no callback or not in the table, 400 to what is not shaped as a page sends it.
    """
    by_rule = {f"{app.config.routes_pathname_prefix}_dash-update-component": callables(app) for app in apps}

    @server.before_request
    def gate() -> None:
        rule = request.url_rule.rule if request.url_rule else ""
        if request.method != "POST" or rule not in by_rule:
            return
        body = _body()
        if not isinstance(body, dict) or not isinstance(body.get("output"), str):
            abort(400)
        called = by_rule[rule].get(body["output"])
        action = TABLE.get(called.name) if called else None
        if called is None or action is None:
            abort(404)
        insist_on_role(identity(), action)
        if not (is_shaped(called, body) and is_taken(called.kinds, body)):  # Dash answers 500 to what is not
            abort(400)


def _body() -> Any:
    """The body of the request; None where it is no JSON, or nested deeper than anything that a page sends."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def is_shaped(called: Called, body: Mapping[str, Any]) -> bool:
    """Whether a callback is given as many values as it takes, each with its place, and told where they go."""
    given = [body.get("inputs", []), body.get("state", [])]
    changed = body.get("changedPropIds", [])
    return (
        all(isinstance(values, list) and all(map(_is_place, values)) for values in given)
        and [len(values) for values in given] == [called.inputs, called.states]
        and _named(body.get("outputs")) == body["output"]
        and isinstance(changed, list)
        and all(isinstance(name, str) for name in changed)
    )


def _named(outputs: Any) -> str | None:
    """The name that Dash makes of outputs; None of what are none."""
    several = outputs if isinstance(outputs, list) else [outputs]
    if not all(map(_is_place, several)):
        return None
    names = [f"{place['id']}.{place['property']}" for place in several]
    return f"..{'...'.join(names)}.." if isinstance(outputs, list) else names[0]


def _is_place(value: Any) -> bool:
    """No callback of Kite's takes a pattern of several, which would be a list."""
    return isinstance(value, dict) and all(isinstance(value.get(name), str) for name in ("id", "property"))
