"""A series that changed its meaning is named in the banner, first in Data, and beside what rests on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import coupling as cp
from coupling.errors import CouplingError
from coupling.study import detect
from tests.data.checks.planted import price

DAYS = pd.bdate_range("2022-01-03", periods=500)
SPLIT = pd.Timestamp("2023-01-05")


def configure(folder: Path, **data: object) -> dict[str, object]:
    define = {
        name: {"kind": "price", "sources": [{"file": f"{name}.csv", "clock": "UTC"}]}
        for name in ("ONE", "TWO", "THREE")
    }
    define["RATIO"] = {"kind": "price", "formula": "TWO / THREE"}
    return {
        "title": "Marks",
        "focus": "ONE",
        "instruments": ["ONE", "THREE", "RATIO"],
        "define": define,
        "period": {"start": "2023-06-01"},
        "data": {"directory": str(folder), **data},
        "correlation": {"rolling": {"window": 60}},
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed, name in enumerate(("ONE", "TWO", "THREE"), start=1):
        values = np.array(price(seed, 0.01)[:500])
        if name == "TWO":
            values[DAYS >= SPLIT] /= 2
        pd.DataFrame({"date": DAYS.strftime("%Y-%m-%d"), "value": values}).to_csv(tmp_path / f"{name}.csv", index=False)
    return tmp_path


@pytest.mark.thorough
def test_the_part_of_a_formula_marks_what_rests_on_it(folder: Path) -> None:
    result = cp.run(configure(folder))
    assert result.exit_code == 0
    assert result.banner.startswith("Doubtful data: RATIO may have changed meaning")
    assert result.rooms[0].results[0].name == "data-meaning"
    frame = result["data-meaning"].frame
    assert frame["instrument"].tolist() == ["TWO"]
    assert frame["date"].tolist() == [SPLIT]
    room = result["correlation"]
    told = "Caution: RATIO: its part TWO: its data may have changed unit, currency or share count on 2023-01-05"
    assert told in room.verdict
    assert told in room.answer
    assert any("2023-01-05" in warning for warning in result["correlation-rolling"].warnings)
    page = result.to_html(folder / "page.html").read_text(encoding="utf-8")
    assert "TWO: [{rule: scale, before: 2023-01-05, factor: 0.5}]" in page


def test_the_rule_that_the_page_names_mends_it_and_is_counted(folder: Path) -> None:
    rule = {"rule": "scale", "before": "2023-01-05", "factor": 0.5}
    result = cp.run(configure(folder, repairs={"TWO": [rule]}) | {"instruments": ["ONE", "TWO"]})
    assert result.banner == ""
    assert "Caution" not in result["correlation"].verdict
    told = result["data-sources"].frame["repaired by rule"]["TWO"]
    assert told == f"scale: {int((DAYS < SPLIT).sum())} values before 2023-01-05 by 0.5"
    again = cp.load_panel(configure(folder, repairs={"TWO": [{"rule": "scale", "from": "2023-01-05", "factor": 2}]}))
    assert again.provenance.origins[0].caution == ""
    assert "from: '2023-01-05'" in again.provenance.configuration


CONFIRM = {"rule": "confirm", "finding": "change of unit or split", "dates": ["2023-01-05"]}


@pytest.mark.thorough
def test_a_finding_that_the_user_confirms_is_printed_as_confirmed_and_marks_nothing(folder: Path) -> None:
    result = cp.run(configure(folder, repairs={"TWO": [CONFIRM]}))
    assert result.banner == ""
    assert "Caution" not in result["correlation"].verdict
    assert "may mean something else" not in result.rooms[0].verdict
    shown = result["data-meaning"]
    assert shown.title == "Findings confirmed as real"
    assert shown.summary()["under data.repairs"].tolist() == ["confirmed as real"]
    assert shown.sentence == "Every finding is confirmed as real by the configuration."
    page = result.to_html(folder / "page.html").read_text(encoding="utf-8")
    assert "confirmed as real" in page
    panel = cp.load_panel(configure(folder, repairs={"TWO": [CONFIRM]}) | {"instruments": ["ONE", "TWO"]})
    assert panel.levels["TWO"].equals(cp.load_panel(halved(folder)).levels["TWO"])  # no value is changed
    assert "confirm: change of unit or split on 2023-01-05" in panel.provenance.origins[1].rules


def test_what_is_not_confirmed_still_marks(folder: Path) -> None:
    table = pd.read_csv(folder / "TWO.csv")
    table.loc[DAYS >= "2023-08-01", "value"] *= 100
    table.to_csv(folder / "TWO.csv", index=False)
    result = cp.run(configure(folder, repairs={"TWO": [CONFIRM]}) | {"instruments": ["ONE", "TWO"]})
    assert result.banner.startswith("Doubtful data: TWO may have changed meaning")
    assert "2023-08-01" in result["correlation"].verdict
    assert "2023-01-05" not in result["correlation"].verdict
    assert result["data-meaning"].title == "Data that may have changed their meaning"


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({**CONFIRM, "dates": ["2023-01-06"]}, "and the checks find change of unit or split on 2023-01-05"),
        ({**CONFIRM, "finding": "sign flip"}, "confirms 'sign flip' on 2023-01-05"),
        ({"rule": "confirm", "dates": ["2023-01-05"]}, "rule confirm names no finding; add finding: one of"),
        ({"rule": "confirm", "finding": "sign flip"}, "rule confirm names no date"),
        ({**CONFIRM, "finding": "split"}, "is not allowed"),
        ({**CONFIRM, "factor": 2}, "rule confirm takes no factor"),
        ({"rule": "drop", "dates": ["2023-01-05"], "finding": "sign flip"}, "rule drop takes no finding"),
    ],
)  # fmt: skip
def test_a_rule_that_confirms_nothing_is_refused(folder: Path, rule: dict[str, object], told: str) -> None:
    with pytest.raises(CouplingError) as raised:
        cp.load_panel(configure(folder, repairs={"TWO": [rule]}))
    assert told in str(raised.value)


def test_sound_data_are_not_marked(folder: Path) -> None:
    result = cp.run(configure(folder) | {"instruments": ["ONE", "THREE"]})
    assert result.banner == ""
    assert "data-meaning" not in [each.name for each in result.results]
    assert "Caution" not in result["correlation"].verdict


def test_a_claim_that_rests_on_it_says_so(folder: Path) -> None:
    claims = "claims:\n  - id: high\n    says: TWO is above 1\n    source: test\n    legs:\n"
    leg = "      - {test: dated_level, instrument: TWO, date: 2023-03-01, value: 1000, tolerance: 1}\n"
    path = folder / "claims.yaml"
    path.write_text(claims + leg)
    asked = configure(folder) | {"instruments": ["ONE", "THREE"], "claims": [str(path)]}
    frame = cp.run(asked)["claims-scorecard"].frame
    assert "Caution: TWO: its data may have changed unit" in frame["finding"].iloc[0]


def halved(folder: Path) -> dict[str, object]:
    return configure(folder) | {"instruments": ["ONE", "TWO"]}


@pytest.mark.thorough
def test_a_comparison_marks_what_rests_on_it(folder: Path) -> None:
    other = halved(folder) | {
        "title": "Weeks",
        "alignment": {"frequency": "1w"},
        "correlation": {"rolling": {"window": 20}},
    }
    result = cp.compare([halved(folder), other], replications=99, n_jobs=1)
    assert result.banner.startswith("Doubtful data: TWO")
    assert "Caution: TWO: its data may have changed unit" in result["comparison"].verdict
    sides = result["comparison"].results
    assert sides
    assert all("2023-01-05" in each.warnings[0] for each in sides)
    assert "Caution" not in result["configurations"].verdict


@pytest.mark.parametrize(("pair", "marked"), [(["ONE", "TWO"], True), (["ONE", "THREE"], False)])
def test_a_curve_is_marked_where_its_pair_is_doubtful(folder: Path, pair: list[str], marked: bool) -> None:
    variants = {"outcome": {"pair": pair, "statistic": "mean"}, "grid": {"correlation.rolling.window": [40, 60]}}
    asked = configure(folder) | {"instruments": ["ONE", "TWO", "THREE"], "variants": {**variants, "replications": 99}}
    room = cp.compare([asked], n_jobs=1)["variants"]
    assert ("Caution: TWO: its data" in room.verdict) is marked
    assert [any("2023-01-05" in warning for warning in each.warnings) for each in room.results] == [marked] * 3


def test_what_the_detector_reads_beside_the_study_is_marked(folder: Path) -> None:
    detector = {"parts": {"ONE": "falls", "TWO": "falls"}, "threshold": 90.0}
    asked = configure(folder) | {"instruments": ["ONE", "THREE"], "correlation": None}
    asked |= {"events": {"dates": ["2023-07-03", "2023-08-01"], "detector": detector}}
    result = cp.run(asked)
    assert result.banner.startswith("Doubtful data: TWO")
    assert result["events-detector"].warnings[0].startswith("TWO: its data may have changed")
    assert detect(asked).index.warnings[0].startswith("TWO: its data may have changed")


def test_a_name_of_two_words_is_found_in_the_tables(folder: Path) -> None:
    asked = halved(folder)
    asked["define"]["TWO COINS"] = asked["define"].pop("TWO")  # type: ignore[index, union-attr]
    del asked["define"]["RATIO"]  # type: ignore[attr-defined]
    asked["instruments"] = ["ONE", "TWO COINS"]
    result = cp.run(asked)
    assert any(warning.startswith("TWO COINS: its data") for warning in result["correlation-rolling"].warnings)
