"""A column of dates is read by one form and one order, or refused with its line."""

from __future__ import annotations

from itertools import product

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupling.dates.columns import read_dates
from coupling.dates.months import _BY_MONTH
from coupling.errors import DataError

FORMS = {
    "dmy": ["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"],
    "mdy": ["%m/%d/%Y", "%m-%d-%Y"],
    "": ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%b %d, %Y", "%d %b %Y", "%d-%b-%y", "%d-%b-%Y", "%B %d, %Y"],
    "weekday": ["%a, %d %b %Y", "%A %d %B %Y"],
}
SOME = st.lists(st.dates(pd.Timestamp("1970-01-01").date(), pd.Timestamp("2060-12-31").date()), min_size=1, max_size=12)


@given(days=SOME, form=st.sampled_from([f for forms in FORMS.values() for f in forms]))
def test_a_column_is_read_as_what_was_written_or_refused(days: list, form: str) -> None:
    texts = [day.strftime(form) for day in days]
    settled = form in (*FORMS[""], *FORMS["weekday"]) or any(day.day > 12 for day in days)
    settled = settled or all(day.day == day.month for day in days)
    if settled:
        assert read_dates(texts, place="x").tolist() == [pd.Timestamp(day) for day in days]
    else:
        with pytest.raises(DataError, match="can be read as"):
            read_dates(texts, place="x")


@given(
    days=SOME,
    order=st.sampled_from(["dmy", "mdy", "ymd"]),
    mark=st.sampled_from("/-."),
)
def test_a_stated_order_settles_two_digit_years_too(days: list, order: str, mark: str) -> None:
    form = mark.join({"d": "%d", "m": "%m", "y": "%y"}[part] for part in order)
    days = [day for day in days if 1970 <= day.year <= 2068]
    assert read_dates([day.strftime(form) for day in days], order=order, place="x").tolist() == [
        pd.Timestamp(day) for day in days
    ]


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        (["5. März 2024", "6. Mai 2024", "7. Dez. 2024"], ["2024-03-05", "2024-05-06", "2024-12-07"]),
        (["1er août 2024", "5 déc. 2024", "6 juil. 2024"], ["2024-08-01", "2024-12-05", "2024-07-06"]),
        (["5 de enero de 2024", "10 de diciembre del 2024"], ["2024-01-05", "2024-12-10"]),
        (["5 gen 2024", "6 mag 2024", "7 ott 2024"], ["2024-01-05", "2024-05-06", "2024-10-07"]),
        (["05-out-24", "06-fev-24", "07-set-24"], ["2024-10-05", "2024-02-06", "2024-09-07"]),
        (["5 \u017fep 2024", "6 Apr\u0130l 2024"], ["2024-09-05", "2024-04-06"]),
    ],
)
def test_months_have_their_names_in_six_languages(texts: list[str], days: list[str]) -> None:
    assert read_dates(texts, place="x").dt.strftime("%Y-%m-%d").tolist() == days
    assert len({month for names in _BY_MONTH for month in names.split()}) == sum(map(len, map(str.split, _BY_MONTH)))


def test_no_row_changes_the_reading_of_another() -> None:
    texts = ["05/12/2023", "06/12/2023", "13/12/2023"]
    for shuffled in (texts, texts[::-1], [texts[1], texts[2], texts[0]]):
        found = dict(zip(shuffled, read_dates(shuffled, place="x"), strict=True))
        assert found["05/12/2023"] == pd.Timestamp("2023-12-05")


REFUSED = {
    "two meanings": (["02/06/2025", "12/11/2025"], "line 2: '02/06/2025' can be read as 2025-06-02 or 2025-02-06"),
    "both orders": (["13/05/2023", "05/13/2023"], "lines 2 and 3"),
    "neither": (["13/13/2023"], "line 2: '13/13/2023' is no date"),
    "two forms": (["2024-08-05", "2024-08-06", "05.08.2024"], "line 4: '05.08.2024' is no date of the form"),
    "two marks": (["13/05/2023", "14/05/2023", "5.12.2023"], "line 4: '5.12.2023' is no date of the form"),
    "first row odd": (["05.08.2024", "2024-08-05", "2024-08-06"], "line 2: '05.08.2024' is no date of the form"),
    "blank": (["2024-08-05", ""], "line 3: '' is no date"),
    "no such day": (["2024-02-30"], "line 2: '2024-02-30' is no date"),
    "leap": (["29/02/2023", "13/03/2023"], "line 2: '29/02/2023' is no date"),
    "long ago": (["2024-08-05", "1600-01-01"], "line 3: '1600-01-01' lies outside the years 1678 to 2261"),
    "far ahead": (["9999-12-31"], "line 2: '9999-12-31' lies outside the years"),
    "short years": (["01/02/24", "03/04/24"], "can be read as"),
    "other month": (["5 Augusto 2024"], "is no date"),
    "half a date": (["2024-08"], "is no date"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_not_settled_is_refused_with_its_line(kind: str) -> None:
    texts, message = REFUSED[kind]
    with pytest.raises(DataError) as caught:
        read_dates(texts, place="x.csv", lines=range(2, len(texts) + 2))
    assert message in str(caught.value)
    assert "x.csv" in str(caught.value)


def test_a_stated_order_that_the_column_contradicts_is_refused() -> None:
    with pytest.raises(DataError, match="row 2: '13/01/2024' is no date in the order mdy"):
        read_dates(["12/01/2024", "13/01/2024"], order="mdy", place="x")
    with pytest.raises(DataError, match="order 'ydm' of dates is unknown"):
        read_dates(["12/01/2024"], order="ydm", place="x")


def test_short_years_are_of_1969_to_2068() -> None:
    assert read_dates(["31-Dec-68", "01-Jan-69"], place="x").dt.year.tolist() == [2068, 1969]


@pytest.mark.parametrize(("mark", "pad"), [*product("/-", ["", "0"])])
def test_era_and_unpadded_dates(mark: str, pad: str) -> None:
    assert read_dates([f"2024{mark}{pad}8{mark}{pad}5"], place="x").tolist() == [pd.Timestamp("2024-08-05")]
    assert read_dates(["S49.9.24", "H1.1.9", "R8.6.30"], place="x").dt.strftime("%Y-%m-%d").tolist() == [
        "1974-09-24",
        "1989-01-09",
        "2026-06-30",
    ]
