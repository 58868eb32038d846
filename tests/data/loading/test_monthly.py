"""A source of monthly averages serves monthly studies alone, is marked, and is struck when its month is over."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import coupling as cp
from coupling.data.clocks.clock import load_clock
from coupling.data.instrument import SourceEntry, resolve
from coupling.data.loading.monthly import serving
from coupling.data.sources.partial import note_partial
from coupling.data.sources.readers import read_table
from coupling.data.sources.span import DateSpan
from coupling.errors import AlignmentError, DataError
from coupling.study import run

SYMBOL = "IRLTLT01JPM156N"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with three years of monthly yields and daily bitcoin."""
    months = pd.date_range("2022-01-01", "2024-12-01", freq="MS")
    yields = pd.Series(range(len(months)), index=months) / 100.0
    yields.rename_axis("observation_date").rename(SYMBOL).to_csv(tmp_path / f"{SYMBOL}.csv")
    days = pd.date_range("2022-01-01", "2024-12-31", freq="D", name="date")
    pd.Series(range(1, len(days) + 1), index=days, name="value").to_csv(tmp_path / "btc_usd.csv")
    return tmp_path


def study(folder: Path, frequency: str, **data: object) -> dict[str, object]:
    return {
        "title": "T",
        "focus": "BTC",
        "instruments": ["BTC", "JGB10Y"],
        "data": {"directory": str(folder), **data},
        "alignment": {"frequency": frequency},
        "correlation": {},
    }


def test_a_month_is_struck_on_its_last_weekday_and_known_a_month_later() -> None:
    clock, labels = load_clock("MONTH"), pd.DatetimeIndex(["2024-08-01", "2024-06-01"])
    assert clock.struck_at(labels).tolist() == [
        pd.Timestamp("2024-08-30 15:00", tz="Asia/Tokyo"),
        pd.Timestamp("2024-06-28 15:00", tz="Asia/Tokyo"),
    ]
    assert clock.known_at(labels)[0] == pd.Timestamp("2024-10-01 00:00", tz="UTC")
    assert (clock.known_at(labels) > clock.struck_at(labels)).all()


def test_it_is_the_second_live_source_of_the_ten_year_yield() -> None:
    live = [entry for entry in resolve("JGB10Y").sources if str(entry.provider) != "file"]
    assert [(str(entry.provider), entry.symbol) for entry in live] == [("mof", "10Y"), ("fred", SYMBOL)]
    for frequency in ("1d", "2d", "1w"):
        kept, why = serving(resolve("JGB10Y"), frequency)
        assert SYMBOL not in [entry.symbol for entry in kept.sources]
        assert why == f"fred {SYMBOL} gives monthly averages, refused at a frequency of {frequency}"
    assert serving(resolve("JGB10Y"), "1mo") == (resolve("JGB10Y"), "")


def test_a_monthly_study_takes_it_and_is_told_so(folder: Path) -> None:
    panel = cp.load_panel(study(folder, "1mo"))
    assert len(panel.changes) > 24
    assert panel.changes["JGB10Y"].round(6).isin([1.0, 2.0]).all()
    assert panel.flags[-1].startswith(f"JGB10Y is MONTHLY ({SYMBOL}.csv): each value is the average of a month")
    assert (panel.staleness["JGB10Y"] < pd.Timedelta(days=4)).all()
    text = run(study(folder, "1mo"))["data-sources"].frame.loc["JGB10Y", "struck at"]  # type: ignore[union-attr]
    assert text.startswith("MONTHLY average")


@pytest.mark.parametrize("frequency", ["1d", "1w"])
def test_other_studies_refuse_it(folder: Path, frequency: str) -> None:
    with pytest.raises(DataError, match="JGB10Y: none of its files"):
        cp.load_panel(study(folder, frequency))
    mapped = {"JGB10Y": {"file": f"{SYMBOL}.csv", "clock": "MONTH"}}
    with pytest.raises(AlignmentError, match=r"as monthly averages, and alignment.frequency is .*; set it to 1mo"):
        cp.load_panel(study(folder, frequency, files=mapped))


def test_a_formula_of_a_monthly_series_is_monthly(folder: Path) -> None:
    days = pd.bdate_range("2024-01-01", "2024-12-31")
    rows = "".join(f"{day:%Y-%m-%d},{4 + 0.01 * (k % 7):.2f}\n" for k, day in enumerate(days))
    (folder / "us10y_fred.csv").write_text("date,value\n" + rows, encoding="utf-8")
    mapped = {"JGB10Y": {"file": f"{SYMBOL}.csv", "clock": "MONTH"}}
    settings = study(folder, "1d", files=mapped) | {
        "instruments": ["BTC", "CARRY"],
        "define": {"CARRY": {"kind": "yield", "formula": "UST10Y - JGB10Y"}},
    }
    with pytest.raises(AlignmentError, match="CARRY comes from UST10Y - JGB10Y as monthly averages"):
        cp.load_panel(settings)


def test_months_are_no_holes(folder: Path) -> None:
    entry = SourceEntry(provider="fred", symbol=SYMBOL, clock="MONTH")
    rows = read_table(SYMBOL, (folder / f"{SYMBOL}.csv").read_bytes()).rows(SYMBOL)
    assert note_partial(rows, entry, DateSpan(), pd.Timestamp("2025-03-20", tz="UTC")).repairs == ()
    late = note_partial(rows, entry, DateSpan(), pd.Timestamp("2025-08-20", tz="UTC")).repairs
    assert late == ("ends on 2024-12-01, 262 days behind",)
