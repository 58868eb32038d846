"""The form of numbers is settled by the whole column, stated, or refused."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupling.data.numbers import Numbers, read_numbers
from coupling.errors import DataError


def read(cells: object, **stated: object) -> Numbers:
    length = len(cells)  # type: ignore[arg-type]
    return read_numbers(cells, name="value", place="x.csv", lines=range(2, length + 2), **stated)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.5", "-2", "+3"], [1.5, -2, 3]),
        (["0.1", "0.30000000000000004"], [0.1, 0.1 + 0.2]),
        (["1,234.5", "12"], [1234.5, 12]),
        (["1.234,5", "12"], [1234.5, 12]),
        (["1.234.567", "12"], [1234567, 12]),
        (["1,234,567"], [1234567]),
        (["0,781", "1,479"], [0.781, 1.479]),
        (["5808,420", "5738,960"], [5808.42, 5738.96]),
        (["1,479", "1,51"], [1.479, 1.51]),
        (["12,34,567.89"], [1234567.89]),
        (["1 234,5", "1\u202f234,5", "1\u00a0234,5"], [1234.5] * 3),
        (["1'234.5", "1’234.5"], [1234.5] * 2),
        (["$1,234.50", "-$2.00", "$-3.00", "($4.00)"], [1234.5, -2, -3, -4]),
        (["1.234,50 €", "2,00€"], [1234.5, 2]),
        (["EUR 1.50", "EUR2.50"], [1.5, 2.5]),
        (["4.25%", "4,250.00%", "-0.10 %"], [4.25, 4250, -0.1]),
        (["−1.5"], [-1.5]),
        (["1,5e3"], [1500]),
        (["5.", ".5"], [5, 0.5]),
        (["1.5-", "2.5"], [-1.5, 2.5]),
        (["R$ 1.234,50", "R$2,00"], [1234.5, 2]),
        (["US$1,234.50", "US$2.00"], [1234.5, 2]),
        (["1 234,50 zł", "2,00 zł"], [1234.5, 2]),
        (["Fr. 1'234.50", "Fr. 2.00"], [1234.5, 2]),
        (["1,234.5 円", "2.5 円"], [1234.5, 2.5]),
        (["￥１２．５", "￥１３．２５"], [12.5, 13.25]),
    ],
)
def test_a_column_is_read_in_its_own_form(cells: list[str], values: list[float]) -> None:
    assert read(cells).values.tolist() == values


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "-", ".", "#N/A", "N/A", "null", "NaN", "None", "#N/A N/A", "--", "ND", "n.a.", "#DIV/0!", "#REF!"),
        *("#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#NV", "#WERT!", "#N/A Invalid Security"),
    ],
)
def test_missing_is_missing(text: str) -> None:
    values = read(["1.5", text, "1,000.5"]).values
    assert values.isna().tolist() == [False, True, False]


def test_errors_of_a_spreadsheet_are_counted_by_themselves() -> None:
    found = read(["1.5", "#DIV/0!", "", "#REF!"])
    assert found.notes == ("errors of a spreadsheet among the missing values: 2 (#DIV/0!)",)
    assert read(["1,000.5", "#NAME?"]).notes == ("errors of a spreadsheet among the missing values: 1 (#NAME?)",)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["157,123"], "can be read as 157.123 and as 157123"),
        (["-", "157,123", "12"], "line 3: '157,123'"),
        (["38.123"], "can be read as 38.123 and as 38123"),
        (["1,5", "1.5"], "line 3: '1.5' in column 'value' has another decimal mark than '1,5' of line 2"),
        (["1,234.5", "1.234,5"], "another decimal mark"),
        (["1,23.5"], "is no number with a decimal point"),
        (["1 23"], "is no number"),
        (["1.2.3"], "is no number"),
        (["1.5.2025"], "is no number"),
        (["1_000"], "is no number"),
        (["0x10"], "is no number"),
        (["--5"], "is no number"),
        (["-5-"], "is no number"),
        (["(5-)"], "is no number"),
        (["R$1.5", "US$1.5"], "carries 'US$', and line 2 'R$'"),
        (["1.5M", "2.5M"], "is no number"),
        (["1.5", "#N/A Requesting Data..."], "line 3: '#N/A Requesting Data...'"),
        (["(5"], "is no number"),
        (["inf"], "is no finite number"),
        (["-Infinity"], "is no finite number"),
        (["1e400"], "is no finite number"),
        (["$1.5", "1.5"], "carries no unit, and line 2 '$'"),
        (["1.5%", "1.5"], "carries no unit, and line 2 '%'"),
        (["True"], "is no number"),
    ],
)
def test_what_is_no_number_or_two_is_refused(cells: list[str], message: str) -> None:
    with pytest.raises(DataError, match="x.csv") as caught:
        read(cells)
    assert message in str(caught.value)


def test_a_stated_mark_settles_what_could_be_read_two_ways() -> None:
    assert read(["157,123"], decimal=",").values.tolist() == [157.123]
    assert read(["157,123"], decimal=".").values.tolist() == [157123]
    assert read(["38.123"], decimal=",").values.tolist() == [38123]
    assert read(["38.123"], point_is_decimal=True).values.tolist() == [38.123]
    with pytest.raises(DataError, match="is no number with a decimal comma"):
        read(["5.5"], decimal=",")


def test_typed_columns_are_read_as_they_are() -> None:
    assert read(pd.Series([Decimal("1.1"), None])).values.tolist()[0] == 1.1
    assert read(pd.Series([1, None], dtype="Int64")).values.isna().tolist() == [False, True]
    assert read(pd.Series([1.479, 1.484])).values.tolist() == [1.479, 1.484]
    assert read(pd.Series([1.5, 2.5], dtype="float32")).values.dtype == "float64"
    for cells in (pd.Series([True, False]), pd.Series([b"1.5"]), pd.Series([pd.Timestamp("2025-06-02")])):
        with pytest.raises(DataError, match="is no number"):
            read(cells)
    with pytest.raises(DataError, match="no finite number"):
        read(pd.Series([1.0, np.inf]))


FORMS = {"us": (",", "."), "de": (".", ","), "ch": ("'", "."), "fr": ("\u202f", ","), "plain": ("", ".")}


@given(
    st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=2), min_size=1, max_size=20),
    st.sampled_from(sorted(FORMS)),
)
def test_what_is_written_in_one_form_is_read_back(numbers: list[Decimal], form: str) -> None:
    thousands, mark = FORMS[form]
    cells = [f"{number:,.2f}".replace(",", "T").replace(".", mark).replace("T", thousands) for number in numbers]
    assert read(cells).values.tolist() == [float(number) for number in numbers]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_every_float_is_read_back_to_the_last_bit(numbers: list[float]) -> None:
    read_back = read([repr(number) for number in numbers], point_is_decimal=True).values.tolist()
    assert all(
        one == other and math.copysign(1, one) == math.copysign(1, other)
        for one, other in zip(read_back, numbers, strict=True)
    )
