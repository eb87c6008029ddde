"""Hourly rows of every region above the grids: score in tenths and open cases, a row per hour of the clock.

A row is named by its hour (hours since 1970 UTC) and holds `u16 score[n], u16 open_cases[n]` for the n
regions above the grid tier. Rows older than `HOURLY_KEPT` hours are thinned to one a day.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import redis
from numpy.typing import NDArray

from dashboard.streams.keys import Keys

HOUR_MS = 3_600_000
HOURLY_KEPT = 35 * 24


def encode_row(score: NDArray[np.uint16], open_cases: NDArray[np.uint16]) -> bytes:
    """The row of these regions."""
    return score.astype("<u2").tobytes() + open_cases.astype("<u2").tobytes()


def outdated(hours: Iterable[int], newest: int) -> set[int]:
    """Of these hours, those whose rows are no longer kept."""
    return {hour for hour in hours if hour < newest - HOURLY_KEPT and hour % 24}


@dataclass(frozen=True)
class Trend:
    """Rows in time's order: `hour` i64[h], `score` u16[h, n] in tenths, `open_cases` u16[h, n]."""

    hour: NDArray[np.int64]
    score: NDArray[np.uint16]
    open_cases: NDArray[np.uint16]

    @classmethod
    def of(cls, rows: Mapping[int, bytes], region_count: int) -> Trend:
        """From rows by hour; rows of another city's size are left out."""
        fitting = {hour: row for hour, row in rows.items() if len(row) == 4 * region_count}
        hours = sorted(fitting)
        table = np.frombuffer(b"".join(fitting[hour] for hour in hours), "<u2").reshape(-1, 2, region_count)
        return cls(np.array(hours, dtype=np.int64), table[:, 0], table[:, 1])


def read_rows(
    client: redis.Redis,
    keys: Keys,
    after_hour: int = 0,
    known: Container[int] = (),
    until_hour: int | None = None,
) -> dict[int, bytes]:
    """Hour → row of the rows later than `after_hour`, up to `until_hour`, without those `known` already."""
    held = (int(hour) for hour in client.hkeys(keys.state("trend")))
    wanted = (hour for hour in held if hour > after_hour and (until_hour is None or hour <= until_hour))
    hours = [hour for hour in wanted if hour not in known]
    rows: Any = client.hmget(keys.state("trend"), [str(hour) for hour in hours]) if hours else []
    return {hour: row for hour, row in zip(hours, rows, strict=True) if row}


def read_trend(client: redis.Redis, keys: Keys, region_count: int, after_hour: int = 0) -> Trend:
    """The rows later than `after_hour`; `region_count` is the number of regions above the grid tier."""
    return Trend.of(read_rows(client, keys, after_hour), region_count)
