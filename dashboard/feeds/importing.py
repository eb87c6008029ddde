"""Importing an incident file: every row read once, located, written, and accounted for."""

from __future__ import annotations

import time
from pathlib import Path

from dashboard.feeds.account import Account
from dashboard.feeds.appending import LOST, Appender, Progress
from dashboard.feeds.area import Area
from dashboard.feeds.checking import Check, KnownCases
from dashboard.feeds.errors import FeedError
from dashboard.feeds.incidents import IncidentFile, IncidentOptions


def import_file(
    path: Path,
    options: IncidentOptions,
    area: Area,
    writer: Appender,
    *,
    progress: Progress | None = None,
    known: KnownCases | None = None,
    account: Account | None = None,
    now_ms: int | None = None,
) -> Account:
    """Write a file's cases to the stream of reports as fast as they can be read; its closing account.

    A case that the file says nothing more of is history, closed when it happened; with a column of closing
    times it was open until then, or still is where a row has none. Ids come from the file or from the row's
    content, so importing a file again makes no second case. `known` tells which cases the state has already
    (only to count them), `account` is filled on the way for callers that may be interrupted. Raises
    `FeedError`, before anything is written, for a file that can't be used as a whole, and in the midst of it
    when the server goes away.
    """
    file = IncidentFile(path, options, area.timezone)
    account = Account() if account is None else account
    account.source = path.name
    check = Check(file, area, account, int(time.time() * 1000) if now_ms is None else now_ms, known)
    done = 0
    for taken in check:
        if taken.reports:
            try:
                repeated = check.repeated([event.id for event in taken.events])
                writer.append_packed("reports", taken.reports, options.simulated)
            except LOST as problem:
                raise FeedError(_interrupted(done, file.survey.rows, problem)) from None
            account.accept((event.occurred_at_ms for event in taken.events), repeated)
        done += taken.rows_read
        if progress is not None:
            progress(done, file.survey.rows)
    account.notes += file.remarks()
    return account


def _interrupted(done: int, rows: int, problem: Exception) -> str:
    said = str(problem).rstrip(".")
    return (
        f"The server went away after {done:,} of {rows:,} rows ({said}); import the file again when it is "
        "back: what was written makes no second case."
    )
