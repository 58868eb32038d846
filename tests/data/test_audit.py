"""An audit finds at which instant a dated source is struck, without being told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coupling.data.audit import Audit, audit_source
from coupling.data.audit_folder import audit_folder
from coupling.data.instrument import resolve
from coupling.data.sources.files import Folder
from coupling.errors import InputError

NOW = pd.Timestamp("2026-11-22", tz="UTC")


def world(folder: Path, *, hour: int, zone: str, days: int = 0) -> Folder:
    """Write hourly bars of a random walk, and a dated file struck at a known instant."""
    rng = np.random.default_rng(5)
    bars = pd.date_range("2024-01-01", periods=24 * 400, freq="h", tz="UTC")
    path = pd.Series(150 * np.exp(np.cumsum(rng.normal(0, 1e-3, len(bars)))), index=bars)
    frame = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), path)).rename_axis("time_utc")
    frame.to_csv(folder / "usdjpy_1h.csv", date_format="%Y-%m-%dT%H:%M:%SZ")
    dates = pd.date_range("2024-01-08", periods=300, freq="B")
    struck = (dates + pd.Timedelta(days=days, hours=hour)).tz_localize(zone).tz_convert("UTC")
    values = path.set_axis(bars + pd.Timedelta(hours=1)).reindex(struck).to_numpy()
    pd.DataFrame({"value": values}, index=dates.rename("date")).to_csv(folder / "usdjpy_fred.csv")
    return Folder(folder, {}, {})


def audit(folder: Folder) -> Audit:
    series = [folder.read(resolve("USDJPY"), entry, NOW) for entry in folder.candidates(resolve("USDJPY"))]
    return audit_source(series[0], series[1])


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("hour", "zone", "days", "found", "late", "right"),
    [
        (12, "America/New_York", 0, "12:00 America/New_York", 0, True),
        (17, "America/New_York", 0, "17:00 America/New_York", 0, False),
        (0, "UTC", 0, "00:00 UTC", 1, False),
        (15, "Asia/Tokyo", -1, "15:00 Asia/Tokyo of the day before", 1, False),
        (15, "Asia/Tokyo", 1, "15:00 Asia/Tokyo of the day after", -1, False),
    ],
)
def test_the_instant_is_found(
    tmp_path: Path, hour: int, zone: str, days: int, found: str, late: int, right: bool
) -> None:
    result = audit(world(tmp_path, hour=hour, zone=zone, days=days))
    equal = {
        "15:00 Asia/Tokyo of the day before": "06:00 UTC of the day before",
        "15:00 Asia/Tokyo of the day after": "06:00 UTC of the day after",
    }
    assert result.found in (found, equal.get(found))
    assert result.correlation > 0.999
    assert result.late_rows == late
    assert ("is right" in result.verdict) is right
    assert ("is WRONG" in result.verdict) is not right


def test_two_dated_sources_are_compared_by_rows(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    dates = pd.date_range("2022-01-03", periods=400, freq="B", name="date")
    path = pd.Series(4000 * np.exp(np.cumsum(rng.normal(0, 0.01, 401))))
    pd.DataFrame({"value": path[:-1].to_numpy()}, index=dates).to_csv(tmp_path / "sp500.csv")
    pd.DataFrame({"value": path[1:].to_numpy()}, index=dates).to_csv(tmp_path / "sp500_fred.csv")
    folder = Folder(tmp_path, {}, {})
    first, second = (folder.read(resolve("SPX"), entry, NOW) for entry in folder.candidates(resolve("SPX")))
    result = audit_source(first, second)
    assert (result.late_rows, result.found) == (1, "1 row later than the reference")


def test_too_short_a_reference_is_refused(tmp_path: Path) -> None:
    for name in ("sp500.csv", "sp500_fred.csv"):
        (tmp_path / name).write_text("date,value\n2024-08-05,5186.33\n2024-08-06,5240.03\n")
    folder = Folder(tmp_path, {}, {})
    first, second = (folder.read(resolve("SPX"), entry, NOW) for entry in folder.candidates(resolve("SPX")))
    with pytest.raises(InputError, match="share fewer than 100 changes"):
        audit_source(first, second)
    assert audit_folder(folder, [resolve("SPX")], NOW).empty


@pytest.mark.thorough
def test_real_files_the_mis_dated_one_is_found_and_the_others_cleared(series: Path) -> None:
    table = audit_folder(Folder(series, {}, {}), [resolve("USDJPY"), resolve("SPX")], NOW).set_index("source")
    late = table.loc["usdjpy_yahoo_stale_dated.csv"]
    assert (late["instrument"], late["found"], late["late_rows"]) == ("USDJPY", "00:00 UTC", 1)
    noon = table.loc["usdjpy_fred.csv"]
    assert (noon["found"], noon["late_rows"]) == ("12:00 America/New_York", 0)
    assert noon["correlation"] > 0.999
    assert table.loc["sp500_fred.csv", "late_rows"] == 0
