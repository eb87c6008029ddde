"""Times as people write them: compared with zoneinfo and datetime, one value at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.feeds.errors import FeedError
from dashboard.feeds.times import NOT_A_TIME, DayOrder, TimeNotes, to_utc_ms, zone

VANCOUVER = "America/Vancouver"
NAIVE_FROM, NAIVE_TO = datetime(1990, 1, 1), datetime(2037, 1, 1)  # noqa: DTZ001


def read(
    *texts: str, tz: str = VANCOUVER, order: str = "dmy", notes: TimeNotes | None = None
) -> list[datetime | None]:
    """What each text is read as."""
    ms = to_utc_ms(pd.Series(list(texts), dtype="str"), tz, order, notes)
    return [
        None if value == NOT_A_TIME else datetime.fromtimestamp(value / 1000, UTC) for value in ms.tolist()
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2020-06-05T08:03:00-07:00", "2020-06-05 08:03:00", "2020-06-05T08:03", "2020/6/5 8:03",
        "2020.06.05 8:03", "2020年6月5日 8时3分", "2020年6月5日8:03", "2020年06月05日 08:03:00",
        "20200605 0803", "20200605080300", "2020-06-05T15:03:00Z", "2020-06-05 15:03:00 UTC",
        "2020-06-05T15:03:00.000+00:00", "2020-06-05 8:03 上午", "05/06/2020 08:03", "5.6.2020 8:03:00 AM",
        "1591369380", "1591369380000", "2020-06-05T23:03:00+0800",
    ],
)  # fmt: skip
def test_the_forms_there_are_name_the_same_moment(text: str) -> None:
    assert read(text) == [datetime(2020, 6, 5, 15, 3, tzinfo=UTC)]


def test_afternoons_and_the_end_of_a_day() -> None:
    found = read(
        "01/02/2020 12:05 AM", "01/02/2020 12:05 PM", "01/02/2020 1:05 p.m.", "2020-02-01 24:00", tz="UTC"
    )
    day = datetime(2020, 2, 1, tzinfo=UTC)
    assert found == [day + timedelta(hours=h, minutes=m) for h, m in ((0, 5), (12, 5), (13, 5), (24, 0))]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "2020-02-30",
        "2020-13-01",
        "2020-01-01 25:00",
        "2020-01-01 10:61",
        "31/04/2020",
        "2020",
    ],
)
def test_what_names_no_moment_is_not_read(text: str) -> None:
    assert read(text) == [None]


def test_day_and_month_as_told() -> None:
    assert read("03/04/2020", tz="UTC", order="dmy") == [datetime(2020, 4, 3, tzinfo=UTC)]
    assert read("03/04/2020", tz="UTC", order="mdy") == [datetime(2020, 3, 4, tzinfo=UTC)]


def test_rows_tell_day_from_month_or_ask() -> None:
    sure = DayOrder()
    sure.look(pd.Series(["03/04/2020", "13/04/2020"]))
    assert sure.settle("When") == "dmy"
    american = DayOrder()
    american.look(pd.Series(["03/14/2020"]))
    assert american.settle("When") == "mdy"
    unsure = DayOrder()
    unsure.look(pd.Series(["03/04/2020", "05/06/2020"]))
    with pytest.raises(FeedError, match=r"'When'.*--date-order dmy or mdy"):
        unsure.settle("When")
    none = DayOrder()
    none.look(pd.Series(["2020-01-01"]))
    assert none.settle("When") == "dmy"


def test_an_hour_that_happens_twice_is_the_first_and_is_counted() -> None:
    notes = TimeNotes()
    # Clocks went back at 09:00 UTC: 01:30 was at 08:30 and at 09:30 UTC.
    assert read("2020-11-01 01:30", notes=notes) == [datetime(2020, 11, 1, 8, 30, tzinfo=UTC)]
    assert (notes.without_offset, notes.ambiguous, notes.nonexistent) == (1, 1, 0)


def test_an_hour_that_is_skipped_is_the_moment_of_the_change_and_is_counted() -> None:
    notes = TimeNotes()
    assert read("2020-03-08 02:30", notes=notes) == [datetime(2020, 3, 8, 10, 0, tzinfo=UTC)]
    assert (notes.without_offset, notes.ambiguous, notes.nonexistent) == (1, 0, 1)


def test_datetimes_of_parquet_are_taken_as_they_are() -> None:
    naive = pd.Series(pd.to_datetime(["2020-06-05 08:03", None]))
    assert to_utc_ms(naive, VANCOUVER).tolist() == [1591369380000, NOT_A_TIME]
    aware = naive.dt.tz_localize("Asia/Shanghai")
    assert to_utc_ms(aware, VANCOUVER).tolist() == [1591315380000, NOT_A_TIME]


@settings(deadline=None)
@given(
    st.lists(st.datetimes(NAIVE_FROM, NAIVE_TO), min_size=1, max_size=20),
    st.sampled_from([VANCOUVER, "Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe", "UTC"]),
    st.sampled_from(
        ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H时%M分%S秒", "%Y-%m-%dT%H:%M:%S"]
    ),
)
def test_local_times_agree_with_zoneinfo(moments: list[datetime], tz: str, form: str) -> None:
    found = read(*(moment.strftime(form) for moment in moments), tz=tz)
    for moment, utc in zip(moments, found, strict=True):
        local = moment.replace(microsecond=0, tzinfo=ZoneInfo(tz))
        there_and_back = local.astimezone(UTC).astimezone(ZoneInfo(tz)).replace(tzinfo=None)
        assert utc is not None
        if there_and_back == local.replace(tzinfo=None):
            assert utc == local.astimezone(UTC)
        else:
            # A skipped hour: the change of clocks, where the offset before and after differ.
            assert (
                utc.astimezone(ZoneInfo(tz)).utcoffset()
                != (utc - timedelta(seconds=1)).astimezone(ZoneInfo(tz)).utcoffset()
            )


def test_a_zone_there_is_not() -> None:
    with pytest.raises(FeedError, match="IANA name"):
        zone("Mars/Olympus")
