"""Lead and lag on the page: order of closes told apart from leads, sentences and figures."""

from datetime import date

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import coupling as cp
from coupling.direction.findings import of_curves
from coupling.direction.lead_lag import LeadLag
from coupling.direction.lead_lag_page import _curves, curves_in_hours, curves_in_rows
from coupling.direction.section import LeadLagSection
from coupling.results.verdicts import Leads

mpl.use("Agg")


@pytest.fixture(scope="module")
def panel():
    names = ["SPX", "IXIC", "JGB10Y"]
    return cp.load_panel({"title": "t", "focus": "SPX", "instruments": names, "data": {"source": "simulated"}})


def test_the_page_tells_closes_apart_from_leads(panel):
    section, start = LeadLagSection(max_hours=12, step_hours=4, replications=200), pd.Timestamp("2022", tz="UTC")
    same, order = curves_in_rows(section, panel, focus="SPX", start=start, seed=1)
    assert (same.others, order.others) == (("IXIC",), ("JGB10Y",))
    assert order.title.startswith("Artefact of non-synchronous closes")
    assert "no claim can rest on it" in order.sentence
    assert "moves first" not in order.sentence
    assert "no lead at this resolution" in same.sentence
    assert same.answer == "no lead–lag relationship of SPX with IXIC is detected"
    (hours,) = curves_in_hours(section, panel, focus="SPX", start=start, seed=1)
    assert hours.others == ("IXIC", "JGB10Y")
    assert hours.unit == "hours"
    assert list(hours.frame.columns) == ["with", "estimate", "lower", "upper", "n"]
    assert hours.summary().index.tolist() == ["SPX – IXIC", "SPX – JGB10Y"]


def test_a_result_names_the_leader_and_draws(tmp_path):
    shocks = np.random.default_rng(0).standard_normal(502)
    led = pd.DataFrame({"SPX": shocks[2:], "BTC": 0.7 * shocks[:-2] + np.random.default_rng(1).standard_normal(500)})
    curves = _curves(
        {"BTC": LeadLag().fit(led)}, focus="SPX", name="lead-lag", title="Lead and lag", method="", unit="rows"
    )
    result = of_curves(curves, {"BTC": (date(2020, 1, 1), date(2021, 5, 14))}, "rows")
    assert result.findings[0].verdict is Leads.LEADS
    assert "SPX and BTC: SPX moves first by 2 rows (correlation 0.6" in result.sentence
    assert result.answer.startswith("BTC: SPX moves first by 2 rows (correlation 0.6")
    assert list(result.summary().columns[:3]) == ["lag (rows)", "from (rows)", "to (rows)"]
    written = {path.suffix for path in result.to_folder(tmp_path)}
    assert {".csv", ".png", ".svg"} <= written
