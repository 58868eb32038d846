"""Single dates and lists of them: read one way or refused, in settings, arguments and catalogues."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from coupling.change.section import ChangeSection, ContagionSection
from coupling.data.section import Repair
from coupling.dates.days import read_day, read_days, read_moment
from coupling.errors import ConfigurationError, InputError
from coupling.events import load_events
from coupling.study.configuration import Period, load_study

DAY = dt.date(2024, 8, 5)
SAME = [
    "2024-08-05",
    "2024/8/5",
    "20240805",
    "5 Aug 2024",
    "August 5, 2024",
    "05-Aug-2024",
    "2024-08-05 00:00",
    DAY,
    pd.Timestamp(DAY),
    dt.datetime(2024, 8, 5),
    np.datetime64("2024-08-05"),
]


@pytest.mark.parametrize("value", SAME, ids=str)
def test_a_day_is_read(value: Any) -> None:
    assert read_day(value) == DAY


def test_figures_that_have_one_reading_are_read() -> None:
    assert read_day("13/05/2023") == read_day("05/13/2023") == dt.date(2023, 5, 13)


NO_DAY = {
    "two readings": ("05/12/2023", "can be read as 2023-12-05 or 2023-05-12"),
    "dots": ("5.12.2023", "can be read as 2023-12-05 or 2023-05-12"),
    "short year": ("24/08/31", "can be read as 2031-08-24 or 2024-08-31"),
    "number": (20240805, "is a int, not a date"),
    "seconds": (1_700_000_000, "is a int, not a date"),
    "float": (1e9, "is a float, not a date"),
    "truth": (True, "is a bool, not a date"),
    "digits": ("1700000000", "is no date"),
    "missing": (pd.NaT, "is missing"),
    "nothing": (None, "is missing"),
    "time": ("2024-08-05 14:30", "has a time of day"),
    "zone": ("2024-08-05T00:00:00Z", "has a time zone"),
    "aware": (pd.Timestamp("2024-08-05", tz="UTC"), "has a time zone"),
    "no such day": ("2024-02-30", "is no date"),
    "long ago": ("1066-10-14", "is no date between 1678 and 2261"),
    "far ahead": (dt.date(9999, 1, 1), "is no date between 1678 and 2261"),
    "words": ("soon", "is no date"),
    "today": ("today", "is no date"),
    "now": ("now", "is no date"),
}


@pytest.mark.parametrize("kind", NO_DAY)
def test_what_is_no_single_day_is_refused_in_one_sentence(kind: str) -> None:
    value, message = NO_DAY[kind]
    with pytest.raises(InputError) as caught:
        read_day(value, what="the split")
    assert message in str(caught.value)
    assert str(caught.value).startswith("the split")
    assert "\n" not in str(caught.value)


def test_a_list_settles_its_figures_together_and_keeps_instants() -> None:
    found = read_days(["05/12/2023", "2024-08-02T12:30Z", "31/12/2023", "2024-08-05"])
    assert found == [
        pd.Timestamp("2023-12-05"),
        pd.Timestamp("2024-08-02 12:30", tz="UTC"),
        pd.Timestamp("2023-12-31"),
        pd.Timestamp("2024-08-05"),
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["05/12/2023", "06/11/2023"], "row 1: '05/12/2023' can be read as 2023-12-05 or 2023-05-12"),
        (["13/12/2023", "12/13/2023"], "rows 1 and 2"),
        (["2024-08-05", 20240806], "is a int"),
    ],
)
def test_a_list_that_is_not_settled_is_refused(values: list[Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_days(values)


def test_a_moment_keeps_its_zone() -> None:
    assert read_moment("2024-08-05 09:30-04:00") == pd.Timestamp("2024-08-05 13:30", tz="UTC")


SECTIONS = {
    "period": lambda day: Period(start=day),
    "splits": lambda day: ChangeSection(splits=[day]),
    "repairs": lambda day: Repair(rule="drop", dates=[day]),
    "calm": lambda day: ContagionSection(source="A", target="B", calm=[day, "2025-01-01"], stress=["2025-01-02"] * 2),
}


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("value", ["05/12/2023", 1_700_000_000, 20240805, 1e9, True, "1700000000"])
def test_no_section_guesses_a_date(section: str, value: Any) -> None:
    with pytest.raises(ValidationError, match="can be read as|not a date|is no date"):
        SECTIONS[section](value)


def test_sections_settle_lists_as_a_whole() -> None:
    assert ChangeSection(splits=["05/12/2023", "31/12/2023"]).splits == (dt.date(2023, 12, 5), dt.date(2023, 12, 31))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("period: {start: 05/12/2023}", "period.start: the date '05/12/2023' can be read as"),
        ("period: {start: 20231205}", "period.start: the date 20231205 is a int"),
        ("change: {splits: [2020-01-01, 05/12/2023]}", "change.splits: the date, row 2: '05/12/2023'"),
        ("change: {splits: [2020-01-01, 1700000000]}", "change.splits.1: the date 1700000000 is a int"),
        ("data: {repairs: {SPX: [{rule: drop, dates: [1e9]}]}}", "data.repairs.SPX.0.dates.0: the date"),
    ],
)
def test_a_configuration_names_the_place_of_the_date(tmp_path: Path, text: str, place: str) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(f"title: x\nfocus: BTC\ninstruments: [BTC, SPX]\n{text}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_study(path)
    assert place in str(caught.value)
    assert ":4:" in str(caught.value)


def catalogue(folder: Path, days: list[str], *, yaml: bool) -> Path:
    path = folder / ("own.yaml" if yaml else "own.csv")
    if yaml:
        path.write_text("".join(f"- {{id: e{k}, day: {day}, market: XNYS}}\n" for k, day in enumerate(days)))
    else:
        path.write_text("id,day,market\n" + "".join(f"e{k},{day},XNYS\n" for k, day in enumerate(days)))
    return path


@pytest.mark.parametrize("yaml", [True, False])
def test_a_catalogue_settles_its_days_as_a_whole(tmp_path: Path, yaml: bool) -> None:
    events = load_events(catalogue(tmp_path, ["05/12/2023", "29/12/2023", "2024-08-05"], yaml=yaml))
    assert [event.day for event in events] == ["2023-12-05", "2023-12-29", "2024-08-05"]


@pytest.mark.parametrize("yaml", [True, False])
@pytest.mark.parametrize(
    ("days", "message"),
    [
        (["05/12/2023", "06/12/2023"], "can be read as 2023-12-05 or 2023-05-12"),
        (["05/12/2023"], "can be read as"),
        (["13/12/2023", "12/13/2023"], "write them in one order"),
        (["1700000000"], "is no date"),
        (["2024-08-05 10:00"], "has a time of day"),
    ],
)
def test_a_catalogue_of_two_readings_is_refused(tmp_path: Path, yaml: bool, days: list[str], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_events(catalogue(tmp_path, days, yaml=yaml))
    assert message in str(caught.value)
    assert "own." in str(caught.value)
