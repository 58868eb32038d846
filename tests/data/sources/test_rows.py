"""Raw rows become observations by named, counted repairs, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from coupling.data.instrument import SourceEntry, resolve
from coupling.data.observations import Observations
from coupling.data.sources.rows import RawRows, build_observations, continue_rows
from coupling.errors import DataError

NOW = pd.Timestamp("2026-01-01", tz="UTC")


def raw(dates: list[str], values: list[float], place: str = "x.csv") -> RawRows:
    when = pd.Series(pd.to_datetime(dates)).astype("datetime64[ns]")
    lines = pd.Series(range(2, len(dates) + 2))
    return RawRows(place=place, when=when, value=pd.Series(values), line=lines, sha256="0")


def build(rows: RawRows, name: str = "SPX", clock: str = "XNYS") -> Observations:
    return build_observations(resolve(name), SourceEntry(provider="file", symbol="x.csv", clock=clock), rows, NOW)


def test_rows_get_their_two_times() -> None:
    built = build(raw(["2025-11-20", "2025-11-21"], [1.824, 1.8]), "JGB10Y", "MOF")
    assert built.levels.index.strftime("%Y-%m-%d %H:%M").tolist() == ["2025-11-20 06:00", "2025-11-21 06:00"]
    assert built.known_at.dt.strftime("%Y-%m-%d %H:%M").tolist() == ["2025-11-21 00:30", "2025-11-25 00:30"]
    assert built.dates.dt.strftime("%Y-%m-%d").tolist() == ["2025-11-20", "2025-11-21"]


@pytest.mark.parametrize(
    ("dates", "values", "repair"),
    [
        (["2025-11-20", "2025-11-21"], [1.0, float("nan")], "missing values: 1"),
        (["2025-11-21", "2025-11-20"], [2.0, 1.0], "places where the order was corrected: 1"),
        (["2025-11-20", "2025-11-20"], [1.0, 1.0], "exact repeats of a row: 1"),
        (
            ["2025-11-26", "2025-11-27"],
            [1.0, 1.0],
            "rows on dates when the market was shut or before its clock is known: 1",
        ),
    ],
)
def test_every_repair_is_counted(dates: list[str], values: list[float], repair: str) -> None:
    built = build(raw(dates, values))
    assert built.origin is not None
    assert built.origin.repairs == (repair,)
    assert built.levels.iloc[0] == 1.0
    assert built.levels.index.is_monotonic_increasing


@pytest.mark.parametrize(
    ("dates", "values", "message"),
    [
        (["2025-11-20", "2025-11-20"], [1.0, 2.0], r"lines 2, 3: 2025-11-20 has values \[1.0, 2.0\]"),
        (["2025-11-20", "2025-11-21"], [1.0, 0.0], "line 3: SPX is 0 on 2025-11-21, and it must be above 0"),
        (["2025-11-20", "2099-01-02"], [1.0, 1.0], "line 3: the value of 2099-01-02 lies in the future"),
        (["2025-11-27"], [1.0], "holds no usable row"),
        (["2025-11-20"], [float("nan")], "holds no usable row"),
    ],
)
def test_what_cannot_be_mended_is_refused(dates: list[str], values: list[float], message: str) -> None:
    with pytest.raises(DataError, match=message):
        build(raw(dates, values))


def test_a_yield_may_be_negative() -> None:
    assert build(raw(["2016-07-08"], [-0.285]), "JGB10Y", "MOF").levels.tolist() == [-0.285]


def test_dates_do_not_pass_for_hourly_bars() -> None:
    with pytest.raises(DataError, match="holds dates, but its clock 'hourly' expects bars with their own instants"):
        build(raw(["2025-11-20"], [1.0]), clock="hourly")


def test_a_continuation_is_joined_and_named() -> None:
    joined = continue_rows(raw(["2025-11-20"], [1.0], "a.csv"), raw(["2025-11-20", "2025-11-21"], [1.0, 2.0], "b.csv"))
    built = build(joined)
    assert built.levels.tolist() == [1.0, 2.0]
    assert built.origin is not None
    assert (built.origin.symbol, built.origin.repairs) == ("a.csv + b.csv", ("exact repeats of a row: 1",))


def test_a_continuation_that_disagrees_is_refused() -> None:
    with pytest.raises(DataError, match="has values"):
        build(continue_rows(raw(["2025-11-20"], [1.0]), raw(["2025-11-20"], [1.5])))


def test_what_is_known_and_what_is_struck_by_an_instant() -> None:
    built = build(raw(["2025-11-20", "2025-11-21"], [1.824, 1.8]), "JGB10Y", "MOF")
    instant = pd.Timestamp("2025-11-21 12:00", tz="UTC")
    assert len(built.known_by(instant).levels) == 1
    assert len(built.struck_by(instant).levels) == 2


def test_a_bar_that_was_open_at_the_download_is_never_used_however_late_one_looks() -> None:
    noon = pd.Timestamp("2024-08-05 12:00", tz="UTC")
    rows = replace(raw(["2024-08-03", "2024-08-04", "2024-08-05"], [1.0, 2.0, 3.0]), retrieved_at=noon)
    built = build(rows, "BTC", "UTC")
    assert built.levels.tolist() == [1.0, 2.0]
    assert built.origin is not None
    assert built.origin.repairs == ("unfinished bars: 1",)


def test_a_date_far_ahead_is_no_unfinished_bar_but_an_error() -> None:
    rows = replace(raw(["2024-08-03", "2042-08-04"], [1.0, 2.0]), retrieved_at=NOW)
    with pytest.raises(DataError, match="2042-08-04 lies in the future"):
        build(rows, "BTC", "UTC")
