"""The store gives back what was saved, exactly; an unchanged answer is noted, a changed one is a new vintage."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from coupling.data.instrument import SourceEntry, resolve
from coupling.data.sources.readers import read_rows
from coupling.data.sources.rows import RawRows, build_observations
from coupling.data.stores.manifest import Manifest
from coupling.data.stores.store import Store, default_folder
from coupling.data.stores.vintage import rows_of, to_parquet
from coupling.errors import DataError

BTC = SourceEntry(provider="yahoo", symbol="BTC-USD", clock="UTC")
JGB = SourceEntry(provider="mof", symbol="10Y", clock="MOF")
NOW = pd.Timestamp("2026-01-05 06:07:08.123456789", tz="UTC")
DAY = pd.Timedelta(days=1)


def raw(values: list[float], first: str = "2026-01-01", at: pd.Timestamp = NOW) -> RawRows:
    when = pd.Series(pd.date_range(first, periods=len(values), unit="ns"))
    lines = pd.Series(range(2, len(values) + 2))
    return RawRows(place="BTC-USD", when=when, value=pd.Series(values), line=lines, sha256="ab", retrieved_at=at)


def require_equal(one: RawRows, other: RawRows) -> None:
    for name in ("when", "labels", "value", "line", "released"):
        left, right = getattr(one, name), getattr(other, name)
        assert (left is None) == (right is None)
        if left is not None:
            pd.testing.assert_series_equal(left, right)
    assert (one.bars is None) == (other.bars is None)
    if one.bars is not None and other.bars is not None:
        pd.testing.assert_frame_equal(one.bars, other.bars)
    for name in ("place", "sha256", "instants", "retrieved_at", "repairs"):
        assert getattr(one, name) == getattr(other, name)


PLAIN = raw([0.1 + 0.2, float("nan"), 1e-300])
HOURS = pd.Series(pd.date_range("2026-01-01", periods=3, freq="h", tz="UTC", unit="ns"))
BARS = pd.DataFrame({"open": [1.0, float("nan"), 3.0], "high": [2.0, 2.0, 3.0], "low": [0.5, 1.0, 1 / 3]})


@pytest.mark.parametrize(
    "rows",
    [
        PLAIN,
        replace(PLAIN, repairs=("exact repeats of a row: 1", "円: 2")),
        replace(PLAIN, released=PLAIN.when + DAY),
        replace(PLAIN, bars=BARS),
        replace(PLAIN, when=HOURS, bars=BARS, labels=HOURS.dt.tz_localize(None).dt.normalize()),
        replace(PLAIN, bars=BARS, released=PLAIN.when).take(pd.Index([2, 0])),
        replace(PLAIN, when=pd.Series([PLAIN.when[1]] * 3)),
    ],
    ids=["plain", "repairs", "released", "bars", "hourly", "unsorted", "repeated"],
)
def test_rows_come_back_exactly(tmp_path: Path, rows: RawRows) -> None:
    Store(tmp_path).save("BTC", BTC, rows)
    found = Store(tmp_path).newest(BTC)
    assert found is not None
    require_equal(found, rows)


def test_real_rows_come_back_as_the_same_observations(tmp_path: Path, series: Path) -> None:
    rows = replace(read_rows(series / "btc_usd_ohlcv.csv", "close"), retrieved_at=pd.Timestamp.now(tz="UTC"))
    Store(tmp_path).save("BTC", BTC, rows)
    found = Store(tmp_path).newest(BTC)
    assert found is not None
    require_equal(found, rows)
    now = pd.Timestamp.now(tz="UTC")
    built, again = (build_observations(resolve("BTC"), BTC, one, now) for one in (rows, found))
    pd.testing.assert_series_equal(built.levels, again.levels)
    assert built.origin == again.origin


def test_nothing_is_stored_until_something_is_saved(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    assert store.newest(BTC) is None
    assert store.age(BTC, NOW) is None
    assert store.vintages(BTC) == ()
    assert store.list().empty
    assert store.check().empty
    assert store.revisions(BTC).empty
    assert not store.folder.exists()


def test_an_unchanged_answer_adds_a_retrieval_and_no_vintage(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = store.save("BTC", BTC, raw([1.0, 2.0]))
    later = replace(raw([1.0, 2.0], at=NOW + DAY), sha256="cd", repairs=("ends early",))
    again = store.save("BTC", BTC, later)
    assert (first.written, again.written) == (True, False)
    assert [len(vintage.manifest.retrievals) for vintage in store.vintages(BTC)] == [2]
    found = store.newest(BTC)
    assert found is not None
    require_equal(found, later)
    assert store.age(BTC, NOW + 3 * DAY) == 2 * DAY


def test_a_changed_answer_is_a_new_vintage_and_the_old_file_stays_as_it_was(tmp_path: Path) -> None:
    store = Store(tmp_path)
    path = store.save("BTC", BTC, raw([1.0, 2.0])).vintage.path.with_suffix(".parquet")
    before = path.read_bytes()
    store.save("BTC", BTC, raw([1.0, 2.0, 3.0], at=NOW + DAY))
    store.save("BTC", BTC, raw([1.0, 2.0], at=NOW + 2 * DAY))
    assert path.read_bytes() == before
    assert [vintage.read().value.tolist() for vintage in store.vintages(BTC)] == [[1, 2], [1, 2, 3], [1, 2]]


@pytest.mark.parametrize(
    "other",
    [
        {"symbol": "btc-usd"},
        {"clock": "XNYS"},
        {"column": "close"},
        {"provider": "fred"},
        {"symbol": "BTC/USD"},
    ],
)
def test_series_that_differ_in_anything_are_kept_apart(tmp_path: Path, other: dict[str, str]) -> None:
    store = Store(tmp_path)
    store.save("BTC", BTC, raw([1.0]))
    assert store.newest(SourceEntry(**{**BTC.model_dump(), **other})) is None


def test_the_manifest_says_what_the_vintage_is(tmp_path: Path) -> None:
    dates = pd.Series(pd.to_datetime(["2025-12-01", "2025-12-08", "2025-12-16"]))
    holes = replace(raw([1.0, 2.0, 3.0]), when=dates)
    manifest = Store(tmp_path).save("BTC", BTC, holes).vintage.manifest
    assert (manifest.first, manifest.last, manifest.rows, manifest.gaps) == ("2025-12-01", "2025-12-16", 3, 1)
    assert manifest.adjustment == "splits, not dividends"
    assert manifest.retrieved_at == NOW
    assert manifest.entry == BTC


def test_the_list_has_a_row_for_each_series(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save("JGB10Y", JGB, raw([1.0]))
    store.save("BTC", BTC, raw([1.0]))
    store.save("BTC", BTC, raw([1.0, 2.0], at=NOW + DAY))
    table = store.list()
    assert table[["instrument", "source", "symbol", "clock", "rows", "vintages"]].to_numpy().tolist() == [
        ["BTC", "yahoo", "BTC-USD", "UTC", 2, 2],
        ["JGB10Y", "mof", "10Y", "MOF", 1, 1],
    ]
    assert table["retrieved_at"].tolist() == [NOW + DAY, NOW]


def test_rows_that_were_not_fetched_or_hold_nothing_are_refused(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with pytest.raises(DataError, match="BTC-USD have no instant of retrieval; the store keeps downloads only"):
        store.save("BTC", BTC, replace(raw([1.0]), retrieved_at=None))
    with pytest.raises(DataError, match="BTC-USD hold no value; there is nothing to store"):
        store.save("BTC", BTC, raw([float("nan")]))
    assert not store.folder.exists()


def test_a_revision_is_reported_when_it_is_saved(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(tmp_path)
    store.save("BTC", BTC, raw([1.0, 2.0, 3.0]))
    with caplog.at_level(logging.WARNING, "coupling"):
        saved = store.save("BTC", BTC, raw([1.0, 2.5, 3.0, 4.0], at=NOW + DAY))
    assert saved.revisions[["what", "before", "after", "size", "percent"]].to_numpy().tolist() == [
        ["changed", 2.0, 2.5, 0.5, 25.0]
    ]
    assert caplog.messages == [
        "yahoo BTC-USD was revised: 1 changed; the largest revision is of 2026-01-02, from 2 to 2.5."
    ]
    assert store.revisions(BTC)["retrieved_at"].tolist() == [NOW + DAY]


def test_the_default_folder_is_in_the_users_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("platformdirs.user_data_path", lambda name, **_: tmp_path / name)
    assert default_folder() == tmp_path / "coupling" / "store"
    assert Store().folder == default_folder()


def test_bars_that_an_earlier_version_stored_by_their_starts_end_an_hour_later() -> None:
    rows = replace(PLAIN, when=HOURS, labels=HOURS.dt.tz_localize(None).dt.normalize())
    old = pd.read_parquet(io.BytesIO(to_parquet(rows))).drop(columns="labels").to_parquet()
    manifest = Manifest.of("BTC", BTC, rows, old)
    found = rows_of(pd.read_parquet(io.BytesIO(old)), manifest)
    assert found.when.tolist() == (HOURS + pd.Timedelta(hours=1)).tolist()
    assert found.dates.tolist() == HOURS.dt.tz_localize(None).dt.normalize().tolist()
