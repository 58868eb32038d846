"""The mend that a check names can be asked for through every door, and gives the same series."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

import coupling as cp
from coupling.data.checks import check_meaning
from coupling.data.checks.confirmed import CONFIRMED
from coupling.data.instrument import Kind
from coupling.data.page.meaning import MeaningResult
from coupling.data.panel import Panel
from coupling.errors import ConfigurationError, DataError

DAYS = pd.bdate_range("2021-01-01", periods=300)
HOURS = pd.date_range("2021-01-04", periods=600, freq="h", tz="UTC")
PLACE = 150
DAY = f"{DAYS[PLACE]:%Y-%m-%d}"


def walk(index: pd.DatetimeIndex, seed: int, size: float = 0.01) -> pd.Series:
    path = np.cumsum(np.random.default_rng(seed).normal(0.0, size, len(index)))
    return pd.Series(100.0 * np.exp(path), index=index).round(6)


def halved(series: pd.Series) -> pd.Series:
    return series.where(np.arange(len(series)) < PLACE, series * 0.5)


def blown(series: pd.Series) -> pd.Series:
    return series.where(np.arange(len(series)) != PLACE, series * 100.0)


BTC, SPX = walk(DAYS, 1), walk(DAYS, 2)
FAULTS = {"halved": halved(SPX), "blown": blown(SPX)}


def aligned(spx: pd.Series, rules: list[dict[str, Any]] | None = None) -> Panel:
    return cp.align({"BTC": BTC, "SPX": spx}, repairs=None if rules is None else {"SPX": rules})


def configured(folder: Path, spx: pd.Series, rules: list[dict[str, Any]] | None = None) -> Panel:
    for name, file, series in (("BTC", "btc.csv", BTC), ("SPX", "spx.csv", spx)):
        series.rename(name).rename_axis("date").to_csv(folder / file)
    settings: dict[str, Any] = {"title": "T", "focus": "BTC", "instruments": ["BTC", "SPX"]}
    files = {"BTC": {"file": "btc.csv", "clock": "UTC"}, "SPX": {"file": "spx.csv", "clock": "XNYS"}}
    settings["data"] = {"directory": str(folder), "files": files} | ({"repairs": {"SPX": rules}} if rules else {})
    return cp.load_panel(settings)


def meaning(panel: Panel) -> MeaningResult | None:
    data = cp.run(panel, focus="BTC").rooms[0]
    return next((result for result in data.results if isinstance(result, MeaningResult)), None)


def named(spx: pd.Series) -> list[dict[str, Any]]:
    """Return the rules that the table of findings names for the file."""
    found = meaning(aligned(spx))
    assert found is not None
    return [yaml.safe_load(rule) for rule in found.frame["mend"]]


@pytest.mark.parametrize("fault", list(FAULTS))
def test_the_mend_that_is_named_mends_through_both_doors(tmp_path: Path, fault: str) -> None:
    rules = named(FAULTS[fault])
    frames, files = aligned(FAULTS[fault], rules), configured(tmp_path, FAULTS[fault], rules)
    for panel in (frames, files):
        assert meaning(panel) is None
        origin = panel.provenance.origins[1]
        assert (len(origin.rules), origin.cautions) == (1, ())
    pd.testing.assert_series_equal(frames.levels["SPX"], files.levels["SPX"])
    expected = SPX.drop(DAYS[PLACE]) if fault == "blown" else SPX * 0.5
    item = frames.observations["SPX"]
    np.testing.assert_allclose(item.levels, expected[item.dates], rtol=1e-9)


def test_what_is_confirmed_stays_so_through_every_door(tmp_path: Path) -> None:
    rule = {"rule": "confirm", "finding": "change of unit or split", "dates": [DAY]}
    frames, files = aligned(FAULTS["halved"], [rule]), configured(tmp_path, FAULTS["halved"], [rule])
    for panel in (frames, files, cp.align(frames.observations)):
        found = meaning(panel)
        assert found is not None
        assert found.frame["mend"].tolist() == [CONFIRMED]
        assert cp.run(panel, focus="BTC").banner == ""


def test_what_nobody_confirmed_is_in_doubt_through_every_door(tmp_path: Path) -> None:
    panel = aligned(FAULTS["halved"])
    bare = {name: replace(item, origin=None) for name, item in panel.observations.items()}
    for each in (panel, configured(tmp_path, FAULTS["halved"]), cp.align(bare)):
        assert cp.run(each, focus="BTC").banner.startswith("Doubtful data: SPX")


def test_a_second_source_is_another_series_of_the_data() -> None:
    rule = {"rule": "second_source", "dates": [DAY], "source": "BTC2"}
    panel = cp.align({"BTC": blown(BTC), "BTC2": BTC, "SPX": SPX}, clocks={"BTC2": "UTC"}, repairs={"BTC": [rule]})
    item = panel.observations["BTC"]
    np.testing.assert_allclose(item.levels, BTC)
    assert item.origin is not None
    assert item.origin.rules[0].startswith("second_source: 1 from BTC2")
    with pytest.raises(DataError, match="second source 'SPX' with the clock UTC, which is not available"):
        cp.align({"BTC": blown(BTC), "SPX": SPX}, repairs={"BTC": [rule | {"source": "SPX"}]})


def test_a_value_of_an_hourly_series_is_named_by_its_instant() -> None:
    hourly = blown(walk(HOURS, 3, 0.004))
    panel = cp.align({"BTC": hourly, "SPX": SPX})
    rule = yaml.safe_load(check_meaning(panel.observations["BTC"], Kind.PRICE)["mend"][0])
    mended = cp.align({"BTC": hourly, "SPX": SPX}, repairs={"BTC": [rule]}).observations["BTC"]
    assert len(mended.levels) == len(hourly) - 1
    assert mended.levels.max() < 1000
    half = halved(walk(HOURS, 3, 0.004))
    found = check_meaning(cp.align({"BTC": half, "SPX": SPX}).observations["BTC"], Kind.PRICE)
    rule = yaml.safe_load(found["mend"][0])
    mended = cp.align({"BTC": half, "SPX": SPX}, repairs={"BTC": [rule]}).observations["BTC"]
    np.testing.assert_allclose(mended.levels, 0.5 * walk(HOURS, 3, 0.004))


@pytest.mark.parametrize(
    ("repairs", "kind", "words"),
    [
        ([1], ConfigurationError, "is no mapping; write repairs="),
        ({"SPY": []}, ConfigurationError, "'SPY' is not in the data; did you mean 'SPX'?"),
        ({"SPX": "drop"}, ConfigurationError, "repairs.SPX"),
        ({"SPX": [{"rule": "mend"}]}, ConfigurationError, "repairs.SPX.0.rule"),
        ({"SPX": [{"rule": "second_source", "dates": [DAY]}]}, ConfigurationError, "name it as its source"),
        (
            {"SPX": [{"rule": "drop", "dates": ["2021-01-05 10:00"]}]},
            ConfigurationError,
            "no zone; write 2024-08-05T13",
        ),
        ({"SPX": [{"rule": "drop", "dates": ["1999-01-05"]}]}, DataError, "1999-01-05, of which SPX has no value"),
        ({"SPX": [{"rule": "scale", "from": 20210105, "factor": 2}]}, ConfigurationError, "repairs.SPX.0.from"),
        (
            {"SPX": [{"rule": "confirm", "finding": "sign flip", "dates": ["2021-01-05T10:00Z"]}]},
            ConfigurationError,
            "rule confirm names days",
        ),
        ({"SPX": [{"rule": "confirm", "finding": "sign flip", "dates": [DAY]}]}, DataError, "the checks find nothing"),
    ],
)
def test_a_wrong_rule_is_one_sentence(repairs: Any, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind) as caught:
        cp.align({"BTC": BTC, "SPX": SPX}, repairs=repairs)
    assert words in str(caught.value)


def test_several_values_of_a_day_are_no_one_value() -> None:
    rule = {"rule": "drop", "dates": ["2021-01-05"]}
    with pytest.raises(DataError, match="24 values; name them by their instants, the first being 2021-01-05T01"):
        cp.align({"BTC": walk(HOURS, 3), "SPX": SPX}, repairs={"BTC": [rule]})
