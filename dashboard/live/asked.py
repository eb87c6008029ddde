"""What a request to the HTTP API asks: its parameters and its body, read or refused in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from flask import request

from dashboard.domain.access import Identity, may
from dashboard.domain.fields import whole
from dashboard.domain.hierarchy import CITY, Hierarchy
from dashboard.live.answering import BadRequestError
from dashboard.live.desk import ForbiddenError


def insist(is_so: bool, sentence: str) -> None:
    """Raises `BadRequestError` with the sentence unless it is so."""
    if not is_so:
        raise BadRequestError(sentence)


def region_asked(who: Identity, hierarchy: Hierarchy, default: int = CITY) -> int:
    """The `region` that is asked about, else the default one. Raises also where `who` may not look."""
    code = request.args.get("region", hierarchy.codes[default])
    try:
        region = hierarchy.number_of(code)
    except KeyError:
        raise BadRequestError(f"There is no region {code[:20]!r}.") from None
    if not may(who, "view", code, hierarchy.contains_code):
        raise ForbiddenError(f"{who.name} may not look there.")
    return region


def argument(name: str, parse: Callable[[str], Any]) -> Any:
    """A parameter as an entry's field of that kind would be read."""
    try:
        return parse(request.args.get(name, ""))
    except ValueError as problem:
        raise BadRequestError(f"{name} {problem}.") from None


def whole_number(name: str, default: int, most: int) -> int:
    """A parameter that is a whole number from 0 to `most`."""
    text = request.args.get(name, str(default))
    try:
        return int(whole(0, most)(text))
    except ValueError:
        raise BadRequestError(f"{name} must be a whole number up to {most}.") from None


def body_fields() -> dict[str, str]:
    """The body: a flat JSON object of texts and numbers, as an entry's fields."""
    try:
        body = orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise BadRequestError("The body must be a JSON object.")
    return {name: _text(name, value) for name, value in body.items() if value is not None}


def _text(name: str, value: Any) -> str:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    raise BadRequestError(f"The field {name[:60]!r} must be a text, a number or a list of texts.")
