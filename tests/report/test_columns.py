"""A packed column says what the frame says: times, words and numbers, to more decimals than are shown."""

from __future__ import annotations

import zlib
from base64 import b64decode
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupling.report.columns import Column, numbered, packed

FINITE = st.floats(-1e6, 1e6, allow_subnormal=False)


def unpacked(head: list[Any], text: str) -> list[list[float]]:
    """Read the columns back, as the description of the format says."""
    plain, at, columns = zlib.decompress(b64decode(text), wbits=-15), 0, []
    for _, _, _, rows, planes in head:
        steps = [sum(plain[at + plane * rows + row] << 8 * plane for plane in range(planes)) for row in range(rows)]
        at += rows * planes
        value, column = 0, []
        for step in steps:
            value += step // 2 if step % 2 else -step // 2
            column.append(float(value) if step else np.nan)
        columns.append(column)
    assert at == len(plain)
    return columns


@given(
    st.lists(
        st.lists(st.one_of(st.just(np.nan), st.integers(-(2**51), 2**51).map(float)), max_size=9),
        min_size=1,
        max_size=3,
    )
)
def test_what_is_packed_comes_back(columns: list[list[float]]) -> None:
    made = [Column("", "n", 0, np.array(column, dtype=float)) for column in columns]
    for back, column in zip(unpacked(*packed(made)), columns, strict=True):
        np.testing.assert_array_equal(back, column)


@given(st.lists(FINITE, min_size=1, max_size=20), st.integers(0, 4))
def test_rounding_what_is_kept_shows_what_rounding_the_number_shows(numbers: list[float], shown: int) -> None:
    column = numbered(pd.Series(numbers), "estimate", shown=shown)
    for number, whole in zip(numbers, column.whole, strict=True):
        assert f"{whole / 10**column.detail:z.{shown}f}" == f"{number:z.{shown}f}"
        assert abs(whole / 10**column.detail - number) <= 1.01 * 10.0**-column.detail


@pytest.mark.parametrize("near", [0.43496, 0.43504, -0.43496, 0.00499999, 0.125, -0.125, 2.675, 0.435])
def test_no_figure_is_rounded_twice(near: float) -> None:
    column = numbered(pd.Series([near, 0.123456789]), "estimate", shown=2)
    assert f"{column.whole[0] / 10**column.detail:.2f}" == f"{near:.2f}"


def test_numbers_with_few_decimals_are_kept_exactly() -> None:
    column = numbered(pd.Series([91_234.56, 0.125, np.nan]), "BTC", shown=2)
    assert (column.detail, column.whole[:2].tolist()) == (3, [91_234_560.0, 125.0])


def test_a_small_probability_is_not_made_zero() -> None:
    column = numbered(pd.Series([0.00001234567, 0.51234567]), "p_value")
    assert column.whole[0] / 10**column.detail == pytest.approx(0.00001234567, rel=0.01)


def test_what_is_too_large_or_infinite_is_written_as_words() -> None:
    assert numbered(pd.Series([1e300, 1.0]), "x").detail == ["1e+300", "1.0"]
    assert numbered(pd.Series([np.inf, 1.0]), "x").kind == "w"


def test_sessions_are_days_and_instants_have_a_time() -> None:
    days = pd.Series(pd.to_datetime(["2025-11-18", None]))
    column = numbered(days, "end")
    assert (column.kind, column.detail, column.whole[0]) == ("t", "d", 20_410.0)
    assert np.isnan(column.whole[1])
    assert numbered(days.dt.tz_localize("UTC"), "known").detail == "m"
    assert numbered(pd.Series(pd.to_datetime(["2025-11-18 00:00:30"])), "at").detail == "s"


def test_words_are_defused() -> None:
    column = numbered(pd.Series(["=1+1", "SPX", None], dtype=object), "with")
    assert column.detail == ["'=1+1", "SPX", ""]


def test_truths_and_whole_numbers_keep_their_kind() -> None:
    assert numbered(pd.Series([True, False]), "unequal").detail == ["True", "False"]
    assert numbered(pd.Series([60, 61]), "n").detail == 0
    assert numbered(pd.Series([60, None], dtype="Int64"), "n").kind == "n"
