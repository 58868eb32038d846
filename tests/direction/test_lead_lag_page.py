"""Lead and lag on the page: order of closes told apart from leads, sentences and figures."""

from datetime import date

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import coupling as cp
from coupling.direction.closes import closes_of
from coupling.direction.context import DirectionContext
from coupling.direction.lead_lag import LeadLag
from coupling.direction.page.lead_lag import _curves, curves_in_hours, curves_in_rows
from coupling.direction.section import LeadLagSection
from coupling.drawing import cells_of, figure_of
from coupling.results.verdicts import Leads

mpl.use("Agg")


@pytest.fixture(scope="module")
def panel():
    names = ["SPX", "IXIC", "JGB10Y"]
    return cp.load_panel({"title": "t", "focus": "SPX", "instruments": names, "data": {"source": "simulated"}})


def test_the_page_tells_closes_apart_from_leads(panel):
    section, start = LeadLagSection(max_hours=12, step_hours=4, replications=200), pd.Timestamp("2022", tz="UTC")
    context = DirectionContext(panel, "SPX", start, 1, closes_of(panel))
    same, order = curves_in_rows(section, context)
    assert (same.others, order.others) == (("IXIC",), ("JGB10Y",))
    assert order.title.startswith("Artefact of non-synchronous closes")
    assert "no claim can rest on it" in order.sentence
    assert "moves first" not in order.sentence
    assert "no lead at this resolution" in same.sentence
    assert same.answer == "no lead–lag relationship of SPX with IXIC is detected"
    (hours,) = curves_in_hours(section, context)
    assert hours.others == ("IXIC", "JGB10Y")
    assert hours.unit == "hours"
    assert list(hours.frame.columns) == ["with", "estimate", "lower", "upper", "n"]
    assert hours.summary().index.tolist() == ["SPX – IXIC", "SPX – JGB10Y"]


def test_a_result_names_the_leader_and_draws(tmp_path):
    shocks = np.random.default_rng(0).standard_normal(502)
    led = pd.DataFrame({"SPX": shocks[2:], "BTC": 0.7 * shocks[:-2] + np.random.default_rng(1).standard_normal(500)})
    spans = {"BTC": (date(2020, 1, 1), date(2021, 5, 14))}
    said = {"name": "lead-lag", "title": "Lead and lag", "method": "", "unit": "rows"}
    result = _curves({"BTC": LeadLag().fit(led)}, spans, "rows", focus="SPX", **said)
    assert result.findings[0].verdict is Leads.LEADS
    assert "SPX and BTC: SPX moves first by 2 observations (correlation 0.6" in result.sentence
    assert result.answer.startswith("BTC: SPX moves first by 2 observations (correlation 0.6")
    assert list(result.summary().columns[:3]) == ["lag (rows)", "from (rows)", "to (rows)"]
    written = {path.suffix for path in result.to_folder(tmp_path)}
    assert {".csv", ".png", ".svg"} <= written


def test_every_pair_is_drawn_on_one_scale(panel):
    section = LeadLagSection(max_hours=12, step_hours=4, replications=200)
    (hours,) = curves_in_hours(section, DirectionContext(panel, "SPX", None, 1, closes_of(panel)))
    first, second = cells_of(figure_of(hours))
    assert first.get_ylim() == second.get_ylim()
    ends = hours.frame[["lower", "upper"]]
    assert first.get_ylim()[0] <= ends["lower"].min() < ends["upper"].max() <= first.get_ylim()[1]
