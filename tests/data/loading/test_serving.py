"""The store where it is young, else live, else the old store and a banner; what cannot be had says why."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from pydantic import ValidationError

from coupling.data.instrument import Instrument, SourceEntry, resolve
from coupling.data.loading.dataset import DataSection, Dataset, load_dataset
from coupling.data.loading.live import LiveAnswer, Served
from coupling.data.sources.rows import RawRows, build_observations
from coupling.data.stores.store import Store
from coupling.errors import DataError, SourceError

NOW = pd.Timestamp.now(tz="UTC").floor("s")
DAY = pd.Timedelta(days=1)
TREND = Instrument(name="TREND", kind="price", formula="BTC / USDJPY")


def raw(value: float, at: pd.Timestamp = NOW, place: str = "x") -> RawRows:
    when = pd.Series(pd.date_range("2026-01-05", periods=3, unit="ns"))
    values = pd.Series([value, value + 1, value + 2])
    return RawRows(place=place, when=when, value=values, line=when.index.to_series(), sha256="0", retrieved_at=at)


def failure(entry: SourceEntry) -> SourceError:
    return SourceError("it is shut", source=entry.provider, symbol=entry.symbol, span="all dates", next_step="wait")


class Sources:
    """Live sources of which some are down: each answers with its place in the instrument's list."""

    def __init__(self, *down: str) -> None:
        self.down, self.asked = down, list[str]()

    def __call__(self, instruments: list[Instrument], now: pd.Timestamp) -> LiveAnswer:
        self.asked += [item.name for item in instruments]
        served: dict[str, Served] = {}
        failures: dict[str, tuple[SourceError, ...]] = {}
        for item in instruments:
            live = [entry for entry in item.sources if str(entry.provider) != "file"]
            errors = tuple(failure(entry) for entry in live if str(entry.provider) in self.down)
            up = [entry for entry in live if str(entry.provider) not in self.down]
            if up:
                rows = raw(100.0 * (1 + live.index(up[0])), now, up[0].symbol)
                built = build_observations(item, up[0], rows, now)
                served[item.name] = Served(entry=up[0], rows=rows, observations=built, passed_over=errors)
            else:
                failures[item.name] = errors
        return LiveAnswer(served=served, failures=failures)


ALL_DOWN = Sources("yahoo", "fred", "ecb", "mof")


def load(folder: Path, fetch: Sources, *names: str, **settings: str) -> Dataset:
    section = DataSection(store=str(folder), **settings)
    return load_dataset(section, names, define={"TREND": TREND}, fetch=fetch)


def first(dataset: Dataset, name: str) -> float:
    return float(dataset.observations[name].levels.iloc[0])


def keep(folder: Path, name: str, place: int, rows: RawRows) -> None:
    Store(folder).save(name, resolve(name).sources[place], rows)


def test_what_comes_live_is_kept_and_serves_the_next_run(tmp_path: Path) -> None:
    sources = Sources()
    live = load(tmp_path, sources, "BTC", "USDJPY")
    again = load(tmp_path, sources, "BTC", "USDJPY")
    offline = load(tmp_path, sources, "BTC", "USDJPY", source="store")
    assert sources.asked == ["BTC", "USDJPY"]
    for later in (again, offline):
        assert later.provenance("", 0) == live.provenance("", 0)
        assert later.banner == ""
        for name in ("BTC", "USDJPY"):
            pd.testing.assert_series_equal(later.observations[name].levels, live.observations[name].levels)


@pytest.mark.parametrize(("days", "asked"), [(0.9, []), (1.1, ["BTC"]), (-1.0, ["BTC"])])
def test_auto_fetches_what_is_too_old_or_from_the_future(tmp_path: Path, days: float, asked: list[str]) -> None:
    keep(tmp_path, "BTC", 0, raw(7.0, NOW - days * DAY))
    sources = Sources()
    served = load(tmp_path, sources, "BTC")
    assert sources.asked == asked
    assert first(served, "BTC") == (100.0 if asked else 7.0)


def test_the_setting_of_the_age_counts(tmp_path: Path) -> None:
    keep(tmp_path, "BTC", 0, raw(7.0, NOW - DAY))
    sources = Sources()
    load(tmp_path, sources, "BTC", max_age="2d")
    assert sources.asked == []
    with pytest.raises(ValidationError, match="'soon' is no positive duration"):
        DataSection(max_age="soon")


def test_live_asks_again_however_young_the_store_is_and_never_serves_it(tmp_path: Path) -> None:
    keep(tmp_path, "BTC", 0, raw(7.0))
    assert first(load(tmp_path, Sources(), "BTC", source="live"), "BTC") == 100.0
    with pytest.raises(DataError, match="BTC: yahoo BTC-USD: it is shut"):
        load(tmp_path, ALL_DOWN, "BTC", source="live")


def test_the_old_store_serves_with_a_banner_where_live_fails(tmp_path: Path) -> None:
    keep(tmp_path, "BTC", 0, raw(7.0, pd.Timestamp("2026-01-20 12:00", tz="UTC")))
    served = load(tmp_path, Sources("yahoo", "fred"), "BTC", "JGB10Y")
    assert first(served, "BTC") == 7.0
    assert served.banner == ("Old data: the live sources failed, and the store serves BTC of 2026-01-20 12:00 UTC.")
    assert served.missing == {}


def test_offline_asks_nobody_and_names_what_is_not_there(tmp_path: Path) -> None:
    keep(tmp_path, "BTC", 0, raw(7.0, NOW - 90 * DAY))
    sources = Sources()
    served = load(tmp_path, sources, "BTC", "SPX", source="store")
    assert sources.asked == []
    assert served.banner == ""
    assert list(served.observations) == list(served.instruments) == ["BTC"]
    assert "holds nothing of it; fetch it with 'coupling data fetch'" in served.missing["SPX"]


def test_of_two_sources_in_the_store_the_one_retrieved_last_serves(tmp_path: Path) -> None:
    keep(tmp_path, "BTC", 0, raw(7.0, NOW - 2 * DAY))
    keep(tmp_path, "BTC", 1, raw(8.0, NOW - DAY))
    assert first(load(tmp_path, Sources(), "BTC", source="store"), "BTC") == 8.0
    keep(tmp_path, "BTC", 0, raw(7.0, NOW - DAY))
    assert first(load(tmp_path, Sources(), "BTC", source="store"), "BTC") == 7.0


def test_why_an_earlier_source_did_not_serve_is_kept_too(tmp_path: Path) -> None:
    live = load(tmp_path, Sources("yahoo"), "BTC")
    stored = load(tmp_path, Sources(), "BTC", source="store")
    for served in (live, stored):
        origin = served.observations["BTC"].origin
        assert origin is not None
        assert (origin.source, origin.repairs) == ("fred", ("yahoo BTC-USD did not serve (it is shut)",))


def test_a_partial_failure_stays_real_and_says_what_is_missing(tmp_path: Path) -> None:
    served = load(tmp_path, Sources("fred", "ecb"), "BTC", "UST10Y", "TREND", "JGB10Y")
    assert list(served.observations) == ["BTC", "UST10Y", "TREND", "JGB10Y"]
    served = load(tmp_path / "other", Sources("fred", "ecb", "mof"), "BTC", "TREND", "JGB10Y")
    assert list(served.observations) == ["BTC", "TREND"]
    monthly = "fred IRLTLT01JPM156N gives monthly averages, refused at a frequency of 1d"
    assert served.missing == {"JGB10Y": f"mof 10Y: it is shut; {monthly}"}
    served = load(tmp_path / "third", Sources("yahoo", "ecb"), "USDJPY", "SPX", "NDX", "TREND")
    assert list(served.observations) == ["USDJPY", "SPX", "TREND"]
    assert not served.simulated


def test_a_formula_misses_what_its_operand_misses(tmp_path: Path) -> None:
    served = load(tmp_path, Sources("yahoo", "fred"), "USDJPY", "TREND")
    assert list(served.observations) == ["USDJPY"]
    assert served.missing["TREND"] == "yahoo BTC-USD: it is shut; fred CBBTCUSD: it is shut"


def test_nothing_at_hand_is_one_error_with_a_line_for_each(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no data source is available: give --data FOLDER") as caught:
        load(tmp_path, ALL_DOWN, "BTC", "JGB10Y")
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()[1:]] == ["BTC", "JGB10Y"]
    assert caught.value.exit_code == 3


def test_a_store_that_cannot_be_written_does_not_stop_a_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    with caplog.at_level(logging.WARNING, "coupling"):
        served = load(tmp_path / "file", Sources(), "BTC")
    assert first(served, "BTC") == 100.0
    assert caplog.messages[0].startswith("BTC is not kept: store ")


def test_what_is_stored_and_cannot_be_used_is_fetched_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    keep(tmp_path, "BTC", 0, replace(raw(7.0), value=pd.Series([1.0, -1.0, 2.0])))
    assert first(load(tmp_path, Sources(), "BTC"), "BTC") == 100.0
    assert "BTC: what is stored does not serve" in caplog.messages[0]


def test_a_formula_of_two_clocks_serves_from_a_folder_too(tmp_path: Path) -> None:
    for name in ("btc_usd.csv", "usdjpy_fred.csv"):
        (tmp_path / name).write_text("date,value\n2026-01-05,2\n2026-01-06,4\n")
    served = load_dataset(DataSection(directory=str(tmp_path)), ["BTC", "TREND"], define={"TREND": TREND})
    assert served.observations["TREND"].levels.iloc[-1] == 1.0
    assert served.findings is not None


def test_what_the_store_holds_beside_the_serving_source_is_a_second_source(tmp_path: Path) -> None:
    long = pd.Series(pd.date_range("2025-01-05", periods=300, unit="ns"))
    value = pd.Series(100.0, index=long.index) + long.index.to_numpy() % 7
    base = replace(raw(1.0), when=long, value=value, line=long.index.to_series())
    other = value.copy()
    other[250] *= 1.1
    keep(tmp_path, "BTC", 0, base)
    keep(tmp_path, "BTC", 1, replace(base, value=other))
    served = load(tmp_path, Sources(), "BTC", source="store")
    assert served.second_sources == {"BTC": ("fred CBBTCUSD",)}
    assert served.findings is not None
    found = served.findings[served.findings["check"] == "second source"]
    assert found["date"].tolist() == [long[250]]
    fresh = load(tmp_path, Sources(), "BTC", source="live")
    assert fresh.second_sources == {"BTC": ("fred CBBTCUSD",)}


def test_a_second_source_that_cannot_be_used_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    keep(tmp_path, "BTC", 0, raw(7.0))
    keep(tmp_path, "BTC", 1, replace(raw(7.0, NOW - DAY), value=pd.Series([1.0, -1.0, 2.0])))
    served = load(tmp_path, Sources(), "BTC", source="store")
    assert (first(served, "BTC"), served.second_sources) == (7.0, {})
    assert "BTC: what is stored does not serve" in caplog.messages[0]


def test_what_vintages_revised_is_told_of_the_serving_source(tmp_path: Path) -> None:
    keep(tmp_path, "BTC", 0, raw(7.0, NOW - 2 * DAY))
    later = replace(raw(7.0, NOW - DAY), value=pd.Series([7.0, 8.5, 9.0]))
    keep(tmp_path, "BTC", 0, later)
    keep(tmp_path, "USDJPY", 0, raw(140.0))
    served = load(tmp_path, Sources(), "BTC", "USDJPY", source="store")
    row = served.revisions.iloc[0]
    assert len(served.revisions) == 1
    assert row[["instrument", "changed", "removed", "added", "when"]].tolist() == ["BTC", 1, 0, 0, "2026-01-06"]
    assert (row["before"], row["after"], row["retrieved_at"]) == (8.0, 8.5, NOW - DAY)
