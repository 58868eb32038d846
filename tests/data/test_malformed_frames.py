"""Malformed and unusual frames, each with its outcome: the right number, or one clear sentence. Never a raw error."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from coupling.change import CorrelationMonitor
from coupling.correlation import RollingCorrelation
from coupling.direction import Spillover
from coupling.errors import InputError
from coupling.events import EventStudy, LocalProjection

DAYS = pd.bdate_range("2024-01-01", periods=60, name="Date")
VALUES = np.random.default_rng(3).standard_normal((60, 2))
CLOSES = 100 * np.exp(np.random.default_rng(4).standard_normal((60, 2)).cumsum(axis=0) / 100)


def sound() -> pd.DataFrame:
    return pd.DataFrame(VALUES, index=DAYS, columns=["BTC", "SPX"])


def dated() -> pd.DataFrame:
    return sound().reset_index()


def with_cell(column: str, value: Any, row: int = 7) -> pd.DataFrame:
    cells = sound()[column].astype(object)
    cells.iloc[row] = value
    return sound().assign(**{column: cells})


def business_days() -> pd.PeriodIndex:
    """Return what pandas still makes and warns of; it must not warn of what is done with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return DAYS.to_period("B")


SAME = "the same numbers"
TABLE: dict[str, tuple[Callable[[], Any], str]] = {
    # --- frames that are read -------------------------------------------------------------------------------------
    "a column of dates": (dated, SAME),
    "a column of dates in capitals": (lambda: dated().rename(columns={"Date": "DATE"}), SAME),
    "texts of dates in a column": (lambda: dated().assign(Date=DAYS.strftime("%Y-%m-%d")), SAME),
    "texts of dates without a name": (
        lambda: dated().assign(Date=DAYS.strftime("%Y-%m-%d")).rename(columns={"Date": "Unnamed: 0"}),
        SAME,
    ),
    "whole-number dates in a column": (lambda: dated().assign(Date=DAYS.strftime("%Y%m%d").astype(int)), SAME),
    "Python dates in a column": (lambda: dated().assign(Date=[day.date() for day in DAYS]), SAME),
    "texts of dates in the index": (lambda: sound().set_axis(DAYS.strftime("%Y-%m-%d")), SAME),
    "whole-number dates in the index": (lambda: sound().set_axis(DAYS.strftime("%Y%m%d").astype(int)), SAME),
    "Python dates in the index": (lambda: sound().set_axis(pd.Index([day.date() for day in DAYS])), SAME),
    "periods": (lambda: sound().set_axis(DAYS.to_period("D")), SAME),
    "business days as periods": (lambda: sound().set_axis(business_days()), SAME),
    "business days as objects": (lambda: sound().set_axis(business_days().astype(object)), SAME),
    "business days in a column": (lambda: dated().assign(Date=business_days()), SAME),
    "periods as objects": (lambda: sound().set_axis(DAYS.to_period("D").astype(object)), SAME),
    "Timestamps as objects": (lambda: sound().set_axis(DAYS.astype(object)), SAME),
    "dates as categories": (lambda: sound().set_axis(pd.CategoricalIndex(DAYS)), SAME),
    "an arrow index": (lambda: sound().set_axis(pd.Index(DAYS, dtype="timestamp[ns][pyarrow]")), SAME),
    "polars": (lambda: pl.from_pandas(dated()), SAME),
    "polars with dates": (lambda: pl.from_pandas(dated()).with_columns(pl.col("Date").cast(pl.Date)), SAME),
    "pyarrow": (lambda: pa.Table.from_pandas(dated()), SAME),
    "an index of arrow, written by pandas": (lambda: pa.Table.from_pandas(sound()), SAME),
    "numbers as objects": (lambda: sound().astype(object), SAME),
    "Fractions and Decimals": (
        lambda: sound().assign(
            BTC=[Fraction(value) for value in VALUES[:, 0]], SPX=[Decimal(value) for value in VALUES[:, 1]]
        ),
        SAME,
    ),
    "nullable numbers": (lambda: sound().astype("Float64"), SAME),
    "arrow numbers": (lambda: sound().astype("float64[pyarrow]"), SAME),
    "categories of numbers": (lambda: sound().astype("category"), SAME),
    "sparse columns": (lambda: sound().astype(pd.SparseDtype("float64")), SAME),
    # --- frames that are refused, with a word of the sentence ------------------------------------------------------
    "newest first": (lambda: sound().iloc[::-1], "newest row comes first"),
    "newest first, periods": (lambda: sound().set_axis(DAYS.to_period("D")).iloc[::-1], "newest row comes first"),
    "newest first, texts": (lambda: sound().set_axis(DAYS.strftime("%Y-%m-%d")).iloc[::-1], "newest row comes first"),
    "newest first, whole numbers": (
        lambda: sound().set_axis(DAYS.strftime("%Y%m%d").astype(int)).iloc[::-1],
        "newest row comes first",
    ),
    "newest first, Python dates": (
        lambda: sound().set_axis(pd.Index([day.date() for day in DAYS])).iloc[::-1],
        "newest row comes first",
    ),
    "newest first, a column": (lambda: dated().iloc[::-1], "newest row comes first in column 'Date'"),
    "newest first, counted": (lambda: sound().reset_index(drop=True).iloc[::-1], "newest row comes first"),
    "newest first, polars": (lambda: pl.from_pandas(dated().iloc[::-1]), "newest row comes first"),
    "shuffled": (lambda: sound().sample(frac=1, random_state=1), "not in time order"),
    "shuffled, counted": (lambda: sound().reset_index(drop=True).sample(frac=1, random_state=1), "not in time order"),
    "one date twice": (lambda: sound().iloc[[*range(10), *range(9, 60)]], "2024-01-12 occurs twice"),
    "two frames on top of each other": (lambda: pd.concat([sound().reset_index(drop=True)] * 2), "occurs twice"),
    "a missing date": (lambda: sound().set_axis(DAYS.where(DAYS[5] != DAYS)), "label of row 5 is missing"),
    "a missing date in a column": (lambda: dated().assign(Date=DAYS.where(DAYS[5] != DAYS)), "row 5 is missing"),
    "two columns of dates": (lambda: dated().assign(settled=DAYS), "Both 'Date' and 'settled' hold dates"),
    "a column and an index of dates": (lambda: sound().assign(date=DAYS), "so does the index"),
    "unix seconds": (
        lambda: dated().assign(Date=DAYS.asi8 // 10**9).rename(columns={"Date": "time"}),
        "whether they count seconds",
    ),
    "dates of two meanings": (lambda: sound().iloc[:2].set_axis(["05/12/2023", "06/12/2023"]), "'?05/12/2023"),
    "texts that are no dates": (lambda: sound().set_axis([f"r{k}" for k in range(60)]), "'r0' is no instant or date"),
    "years and texts": (lambda: sound().set_axis([2024, *DAYS[1:].strftime("%Y-%m-%d")]), "not of one kind"),
    "naive and aware": (
        lambda: sound().set_axis(pd.Index([*DAYS[:30], *DAYS[30:].tz_localize("UTC")], dtype=object)),
        "have a time zone and some have none",
    ),
    "rows of two labels": (lambda: pd.concat({"a": sound(), "b": sound()}), "2 labels"),
    "columns of two levels": (lambda: pd.concat({"Close": sound()}, axis=1), "2 levels of names"),
    "one name twice": (lambda: sound().set_axis(["BTC", "BTC"], axis=1), "'BTC' occurs twice"),
    "names of two kinds": (lambda: sound().set_axis(["BTC", 1], axis=1), "named by no text"),
    "a name missing": (lambda: sound().set_axis(["BTC", np.nan], axis=1), "name of column 1 is missing"),
    "a text": (lambda: with_cell("SPX", "n/a"), "Column 'SPX' holds the text 'n/a' at row 2024-01-10"),
    "a text that is a number": (lambda: with_cell("SPX", "1.5"), "holds the text '1.5'"),
    "a long table": (lambda: dated().assign(ticker="BTC"), "Column 'ticker' holds the text 'BTC'"),
    "complex": (lambda: sound().astype(complex), "Complex data not supported"),
    "durations": (lambda: sound().assign(BTC=pd.to_timedelta(VALUES[:, 0], unit="D")), "Column 'BTC' holds Timedelta"),
    "a list in a cell": (lambda: with_cell("BTC", [1.0]), r"holds \[1.0\]"),
    "a number beyond all": (lambda: with_cell("BTC", 10**400), "Column 'BTC' holds 1000"),
    "years beyond the calendar": (
        lambda: sound().set_axis(
            pd.DatetimeIndex(DAYS.to_numpy().astype("datetime64[s]") + np.timedelta64(2_000_000, "D"))
        ),
        "outside the years 1678 to 2261",
    ),
    "a truth for a label": (lambda: sound().iloc[:2].set_axis([False, True]), "not of one kind"),
    "infinite": (lambda: with_cell("BTC", np.inf), "infinity"),
    "a row count for an instrument": (
        lambda: sound().reset_index(drop=True).reset_index(),
        "'index' only counts the rows",
    ),
    "closes": (lambda: pd.DataFrame(CLOSES, index=DAYS, columns=["BTC", "SPX"]), "'BTC', 'SPX' look like levels"),
    "closes, polars": (
        lambda: pl.DataFrame({"Date": DAYS.to_numpy(), "BTC": CLOSES[:, 0], "SPX": CLOSES[:, 1]}),
        "lev",
    ),
    "closes, an array": (lambda: CLOSES, "look like levels"),
    "a lazy frame": (lambda: pl.from_pandas(dated()).lazy(), "run it first"),
    "one series": (lambda: sound()["BTC"], "one series"),
    "one series of polars": (lambda: pl.from_pandas(dated())["BTC"], "one series"),
    "a mapping": (lambda: dict(sound()), "mapping"),
    "records": (lambda: sound().to_records(index=False), "array of"),
    "an array of dates": (lambda: np.column_stack([DAYS.to_numpy()] * 2), "array of datetime64"),
    "an array of texts": (lambda: VALUES.astype(str), "array of <U"),
    "a generator": (lambda: (row for row in VALUES), "X is a generator, not a table"),
    "one row of an array": (lambda: VALUES[:, 0], r"got 1D array instead \(shape \(60,\)\)"),
    "rows of two lengths": (lambda: [[1.0, 2.0], [1.0]], "unequal lengths"),
    "no rows": (lambda: sound().iloc[:0], "0 sample"),
    "no columns": (lambda: sound()[[]], "0 feature"),
    "a word": (lambda: "frame.csv", "2D array"),
    "nothing": (lambda: None, "2D array"),
}


def numbers(X: Any) -> np.ndarray:
    return RollingCorrelation(window=20).fit(X).between("BTC", "SPX").to_numpy(dtype=float)


@pytest.mark.parametrize("case", TABLE)
def test_a_frame_has_its_outcome(case):
    make, outcome = TABLE[case]
    if outcome == SAME:
        np.testing.assert_array_equal(numbers(make()), numbers(sound()))
        return
    with pytest.raises(InputError, match=outcome) as error:
        RollingCorrelation(window=20).fit(make())
    assert 30 < len(str(error.value)) < 400


NO_FRAMES = (np.ndarray, list, dict, str, Iterator, type(None))
FRAMES = [name for name, (make, _) in TABLE.items() if not isinstance(make(), NO_FRAMES)]


@pytest.mark.parametrize("case", FRAMES)
def test_every_other_estimator_has_the_same_gate(case):
    make, outcome = TABLE[case]
    events = [DAYS[30]]
    for fit in (
        lambda X: Spillover().fit(X).total_,
        lambda X: (
            EventStudy(event_window=(0, 1), estimation_window=(-20, -1), replications=99)
            .fit(X, events)
            .frame["estimate"]
            .tolist()
        ),
        lambda X: LocalProjection(horizons=1, lags=1).fit(X, "BTC").frame["estimate"].tolist(),
        lambda X: CorrelationMonitor(min_baseline=20, lag=5).fit(X).ratio_.iloc[-1].tolist(),
    ):
        if outcome == SAME:
            assert fit(make()) == fit(sound())
        else:
            with pytest.raises(InputError):
                fit(make())


def test_the_names_of_a_polars_frame_are_kept():
    fitted = RollingCorrelation().fit(pl.from_pandas(dated()))
    assert fitted.correlation_.columns.tolist() == [("BTC", "SPX")]
    assert fitted.correlation_.index.tolist() == [DAYS[-1]]
    assert fitted.feature_names_in_.tolist() == ["BTC", "SPX"]


@pytest.mark.parametrize(("dtype", "missing"), [("Int64", pd.NA), ("boolean", pd.NA), ("int64[pyarrow]", pd.NA)])
def test_nullable_whole_numbers_and_truths_keep_their_missing_values(dtype, missing):
    column = pd.Series([1, 0, missing, 1, 0, 0, 1], dtype=dtype)
    X = pd.DataFrame({"a": column, "b": [0.1, -0.2, 0.4, 0.3, -0.1, 0.2, 0.5]})
    expected = X.assign(a=[1.0, 0.0, np.nan, 1.0, 0.0, 0.0, 1.0])
    ours, theirs = (RollingCorrelation().fit(each).between("a", "b") for each in (X, expected))
    pd.testing.assert_frame_equal(ours, theirs)
    assert ours["n"].tolist() == [6]


def test_masked_values_of_an_array_are_missing():
    masked = np.ma.masked_array(VALUES, mask=np.zeros_like(VALUES, dtype=bool))
    masked.mask[3, 1] = True
    assert RollingCorrelation().fit(masked).between("x0", "x1")["n"].tolist() == [59]


def test_date_objects_and_instants_of_several_offsets_are_read():
    zone = dt.timezone(dt.timedelta(hours=-4)), dt.timezone(dt.timedelta(hours=-5))
    stamps = [dt.datetime(2024, 10, 1 + k, 16, tzinfo=zone[k > 10]) for k in range(20)]
    fitted = RollingCorrelation(window=10).fit(sound().iloc[:20].set_axis(pd.Index(stamps, dtype=object)))
    assert fitted.correlation_.index[0] == pd.Timestamp("2024-10-01 20:00", tz="UTC")
