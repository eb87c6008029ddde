"""Two counties with cases of their own, and asking the city for them in somebody's name."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import urllib.parse
from typing import Any

from tests.e2e.conftest import Running
from tests.e2e.test_api import ask

OWN, OTHER = "990101", "990102"


PLACES = {OWN: {"lon": "119.05", "lat": "36.65"}, OTHER: {"lon": "119.15", "lat": "36.65"}}


BORDER = {OWN: {"lon": "119.1095", "lat": "36.65"}, OTHER: {"lon": "119.1105", "lat": "36.65"}}
"""Some 90 m from each other."""


MARK = {OWN: "本县楼道冒烟", OTHER: "邻县仓库冒烟"}


CASES = {OWN: ["own-1", "own-2"], OTHER: ["foreign-1", "foreign-2"]}


TRACES = (*CASES[OTHER], MARK[OTHER])
"""What no answer to an officer of the other county may hold."""


Ask = tuple[str, str, Any, int]
"""(method, path, body, status that is expected)"""


def report(city: Running, case_id: str, county: str, places: dict[str, dict[str, str]]) -> None:
    body = {"id": case_id, "type": "fire", "level": "03", "origin": "hotline", "summary": MARK[county]}
    status, case = ask(city, "reports", {**body, **places[county]})
    assert status == 201, case
    code = city.pack.regions.code[int(city.pack.regions.tier_start[4]) + case["grid"]]
    assert code.startswith(county)


def send(
    city: Running, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """(status, headers, body as it was before it was packed); redirects are not followed."""
    link = http.client.HTTPConnection(city.kite.url.removeprefix("http://"), timeout=60)
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    kind = {"Content-Type": "application/json"} if data is not None and "Content-Type" not in headers else {}
    link.request(method, path, data, {**kind, **headers})
    answer = link.getresponse()
    content = answer.read()
    link.close()
    if answer.headers.get("Content-Encoding") == "gzip":
        content = gzip.decompress(content)
    return answer.status, dict(answer.headers), content


def sign_in(city: Running, text: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    form = urllib.parse.urlencode({"token": text}).encode()
    return send(
        city, "POST", "/sign-in", form, **{"Content-Type": "application/x-www-form-urlencoded"}, **headers
    )


def traces_in(content: bytes) -> list[str]:
    """What of the other county is in a body, whatever way JSON writes it."""
    said = content.decode("utf-8", errors="replace")
    said += re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), said)
    return [trace for trace in TRACES if trace in said]


PAGES = ("/", "/dispatch/", "/province/", "/wall/")


COMMAND = {"command": "accept"}


def grids_of(city: Running, code: str) -> range:
    regions = city.pack.regions
    number = regions.code.index(code)
    return range(int(regions.grid_lo[number]), int(regions.grid_hi[number]))


def grid_in(city: Running, code: str) -> str:
    return str(city.pack.regions.code[int(city.pack.regions.tier_start[4]) + grids_of(city, code)[3]])


def unit_in(city: Running, code: str) -> str:
    units, grids = city.pack.units, grids_of(city, code)
    homes = zip(units.call_sign, units.home_grid, strict=True)
    return next(str(name) for name, home in homes if home in grids)


def callbacks_of(city: Running, page: str, **headers: str) -> list[dict[str, Any]]:
    listed = json.loads(send(city, "GET", f"{page}_dash-dependencies", **headers)[2])
    return [callback for callback in listed if not callback["clientside_function"]]


ASKED = (
    "trend", "cases", "facts", "explain", "table", "compare", "daily", "counts", "hours", "systems",
    "published",
)  # fmt: skip
"""What of the region's page the server is asked for: the stores are these with "-asked"."""


def call_of(callback: dict[str, Any], code: str, tab: str) -> dict[str, Any]:
    """What a page sends to call a callback about a region."""
    given = {
        "location.pathname": f"/region/{code}",
        "place.data": {"code": code, "tier": 0},
        **{f"{name}-asked.data": {"code": code, "tick": 1} for name in ASKED},
        "trend-hours.value": "168",
        "compare-hours.value": "168",
        "compare-chosen.data": {"code": code, "codes": [OWN, OTHER]},
        "moved-since.value": "day",
        "cases-period.value": "month",
        "hours-period.value": "month",
        "tabs.value": tab,
    }
    outputs = [
        dict(zip(("id", "property"), name.rsplit(".", 1), strict=True))
        for name in callback["output"].strip(".").split("...")
    ]
    return {
        "output": callback["output"],
        "outputs": outputs if len(outputs) > 1 else outputs[0],
        "changedPropIds": [f"{item['id']}.{item['property']}" for item in callback["inputs"]],
        **{
            kind: [item | {"value": given.get(f"{item['id']}.{item['property']}")} for item in callback[kind]]
            for kind in ("inputs", "state")
        },
    }


def called(
    city: Running, page: str, callback: dict[str, Any], code: str, tab: str, status: int = 200, **headers: str
) -> str:
    """What a callback answers about a region, as text."""
    body = call_of(callback, code, tab)
    given_status, _, content = send(city, "POST", f"{page}_dash-update-component", body, **headers)
    assert given_status in (status, 204), content
    return json.dumps(json.loads(content), ensure_ascii=False) if content else ""
