"""Keeps the audit stream of one application: what is noted, and what its requests have seen or done."""

from __future__ import annotations

import atexit
import time
from collections.abc import Callable, Container, Mapping

import gevent
from flask import Flask, Response, has_request_context, request

from dashboard.domain.access import Identity
from dashboard.domain.audit import ACTIONS, DID, DONE, FAILED, REFUSED, SEEN, happening
from dashboard.live.city import City
from dashboard.live.identity import ForeignOriginError, UnidentifiedError, UnknowableError
from dashboard.live.noting import EXTENSION, told_about
from dashboard.live.route_table import access_asked
from dashboard.streams.audit import AuditLog
from dashboard.streams.client import client_of

EVERY_S = 1.0
SEEN_AGAIN_S = 600.0
"""Who sees the same from the same place again within this time has seen it once: a screen asks all day."""
_REMEMBERED = 50_000
_TOO_MANY = 429
_UNTOLD = (UnidentifiedError, ForeignOriginError, UnknowableError)
_REGION_PAGE = "/region/"


class Auditing:
    """What `noting.note` and the hook write with; `follow` writes what was seen.

    `regions`: codes of the city's regions; `identity` tells who asks in the current request.
    """

    def __init__(self, log: AuditLog, identity: Callable[[], Identity], regions: Container[str] = ()) -> None:
        self.log, self._identity, self._regions = log, identity, regions
        self._seen_s: dict[tuple[str, ...], float] = {}

    @classmethod
    def open(cls, city: City) -> Auditing:
        """That of a city."""
        client = client_of(city.settings.redis_url, city.keys)
        return cls(AuditLog(client, city.keys), city.identity, frozenset(city.hierarchy.codes))

    def install(self, server: Flask) -> None:
        """Let `server` note things, and what its requests see by the route table."""
        server.extensions[EXTENSION] = self
        server.after_request(self._answered)

    def follow(self) -> None:
        """Write what was seen every second in a greenlet of its own, and at the end of the process."""
        gevent.spawn(self._follow)
        atexit.register(self.log.flush)

    def _follow(self) -> None:
        while True:
            gevent.sleep(EVERY_S)
            if self.log.waiting:
                self.log.flush()

    @property
    def failures(self) -> int:
        """As `AuditLog.failures`."""
        return self.log.failures

    def note(
        self,
        action: str,
        *,
        subject: str = "",
        region: str = "",
        outcome: str = DONE,
        who: Identity | None = None,
        facts: Mapping[str, str] | None = None,
    ) -> None:
        """As `noting.note`: written at once where somebody did something, soon where they saw something."""
        who = who or self._asking()
        where = (request.remote_addr or "") if has_request_context() else ""
        is_seen = ACTIONS[action] == SEEN
        if is_seen and self._again((who.name if who else "", action, subject, where, outcome)):
            return
        now_ms = time.time_ns() // 1_000_000
        self.log.take(
            happening(
                now_ms,
                who,
                action,
                subject=subject,
                region=region,
                where=where,
                outcome=outcome,
                facts=facts,
            )
        )
        if ACTIONS[action] == DID:
            self.log.flush(soon=True)

    def _asking(self) -> Identity | None:
        """Who asks in the current request, None where that is nobody."""
        if not has_request_context():
            return None
        try:
            return self._identity()
        except _UNTOLD:
            return None

    def _again(self, seen: tuple[str, ...]) -> bool:
        """Whether the same was noted a short while ago."""
        now_s = time.monotonic()
        if now_s - self._seen_s.get(seen, -SEEN_AGAIN_S) < SEEN_AGAIN_S:
            return True
        if len(self._seen_s) >= _REMEMBERED:
            self._seen_s.clear()
        self._seen_s[seen] = now_s
        return False

    def _answered(self, response: Response) -> Response:
        """Note what the request has seen or done, where its row of the route table says so.

        Who has not signed in has seen nothing, and shall not be able to fill the stream; nor has who was led
        elsewhere. Who asks too much is noted once in a while, or a refusal would cost more than the answer.
        """
        row = access_asked()
        if row is None or not row.audit or 300 <= response.status_code < 400:
            return response
        who = self._asking()
        too_much = response.status_code == _TOO_MANY and who and self._again((who.name, row.audit, "429"))
        if who is not None and not too_much:
            told, outcome = told_about(), _outcome(response.status_code)
            region = told.region or self._region_asked()
            subject = told.subject or _place_asked(region)
            self.note(row.audit, subject=subject, region=region, outcome=outcome, who=who, facts=told.facts)
        return response

    def _region_asked(self) -> str:
        """The region that the address names; none where it names none that there is."""
        given = (request.view_args or {}).get("code") or request.args.get("region")
        if not given and request.path.startswith(_REGION_PAGE):
            given = request.path.removeprefix(_REGION_PAGE).strip("/")
        return str(given) if given in self._regions else ""


def _place_asked(region: str) -> str:
    """The address; where any address would be answered alike, only that of a region that there is."""
    rule = request.url_rule.rule if request.url_rule else ""
    return rule if "<path:" in rule and not region else request.path


def _outcome(status: int) -> str:
    if status < 400:
        return DONE
    return REFUSED if status < 500 else FAILED
