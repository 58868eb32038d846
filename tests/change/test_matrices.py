"""All pairs before and since a date: against known correlations, in words, in the figure and in the room's page."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from coupling.change.context import STANDARDIZED, ChangeContext
from coupling.change.page import matrices
from coupling.change.page.matrices import MatricesResult, of_matrices
from coupling.change.run import run
from coupling.change.section import ChangeSection
from coupling.data.alignment import AlignmentSection
from coupling.data.instrument import resolve
from coupling.data.observations import Observations
from coupling.data.panel import Panel, build_panel
from coupling.drawing import cells_of, figure_of
from coupling.errors import InputError
from coupling.results.base import Failure
from coupling.study.running import load_panel

HOURS = {"BTC": 21, "SPX": 21, "JGB10Y": 6}
BEFORE = np.array([[1.0, 0.2, 0.5], [0.2, 1.0, 0.1], [0.5, 0.1, 1.0]])
AFTER = np.array([[1.0, 0.6, 0.5], [0.6, 1.0, 0.5], [0.5, 0.5, 1.0]])
DAY = dt.date(2020, 1, 1)
NOTHING = {"regimes": None, "monitor": None, "breaks": None, "bai_perron": None, "envelope": None, "levels": None}


def simulate(seed: int = 7) -> Panel:
    """Sample correlated Brownian paths in steps of three hours at 21:00 UTC, one of them at 06:00 UTC."""
    rng = np.random.default_rng(seed)
    steps = pd.date_range("2015-01-01", "2024-01-01", freq="3h", tz="UTC")
    early = (steps <= pd.Timestamp(DAY, tz="UTC"))[:, None]
    noise = rng.normal(size=(len(steps), 3))
    moves = np.where(early, noise @ np.linalg.cholesky(BEFORE).T, noise @ np.linalg.cholesky(AFTER).T)
    paths = pd.DataFrame(0.003 * moves.cumsum(axis=0), index=steps, columns=list(HOURS))
    observations = {}
    for name, hour in HOURS.items():
        path = paths.loc[(steps.hour == hour) & (steps.day_of_week < 5), name]
        levels = path if name == "JGB10Y" else np.exp(path)
        known = pd.Series(levels.index, index=levels.index)
        observations[name] = Observations(name=name, levels=levels, known_at=known, change=resolve(name).change)
    return build_panel(observations, {name: resolve(name) for name in HOURS}, AlignmentSection())


@pytest.fixture(scope="module")
def known() -> MatricesResult:
    return matrices.make(ChangeContext(simulate(), "BTC", None, 0), DAY, "all")


def test_known_correlations_and_what_unequal_closes_leave_of_them(known: MatricesResult) -> None:
    """A row of d days at 06:00 and 21:00 UTC shares 24 d - 15 of its 24 d hours; the mean d is 365.25 / 252."""
    shared = 1 - 15 / (24 * 365.25 / 252)
    truth = {("BTC", "SPX"): (0.2, 0.6), ("BTC", "JGB10Y"): (0.5 * shared, 0.5 * shared)}
    truth["SPX", "JGB10Y"] = (0.1 * shared, 0.5 * shared)
    frame = known.frame.set_index(["left", "right"])
    assert frame["unequal_closes"].to_dict() == {pair: "JGB10Y" in pair for pair in truth}
    for pair, (before, after) in truth.items():
        row = frame.loc[pair]
        assert row["before"] == pytest.approx(before, abs=0.08)
        assert row["after"] == pytest.approx(after, abs=0.08)
        assert row["lower"] < after - before < row["upper"]
        assert row["estimate"] == pytest.approx(row["after"] - row["before"], abs=1e-12)


def test_the_interval_is_about_as_wide_as_that_of_normal_rows(known: MatricesResult) -> None:
    """Large samples of normal rows: the variance of r is (1 - rho²)² / n (Fisher 1915)."""
    row = known.frame.iloc[0]
    variance = (1 - 0.2**2) ** 2 / row["n_before"] + (1 - 0.6**2) ** 2 / row["n_after"]
    assert 0.7 < (row["upper"] - row["lower"]) / (2 * 1.96 * np.sqrt(variance)) < 1.6


def test_p_values_are_adjusted_by_holm(known: MatricesResult) -> None:
    p = known.frame["p_value"].to_numpy()
    order = np.argsort(p)
    expected = np.empty(3)
    expected[order] = np.minimum(np.maximum.accumulate(p[order] * [3, 2, 1]), 1)
    np.testing.assert_allclose(known.frame["p_adjusted"], expected, rtol=1e-12)


def test_a_date_without_rows_on_one_side_says_why() -> None:
    with pytest.raises(InputError, match="No pair can be split at 1990-01-01: BTC and SPX share 0 rows before"):
        matrices.make(ChangeContext(simulate(), "BTC", None, 0), dt.date(1990, 1, 1), "all")
    short = r"9 rows before 2015-02-15 \(the first of a sample serve to scale its volatility\); a split needs 20"
    with pytest.raises(InputError, match=short):
        matrices.make(ChangeContext(simulate(), "BTC", None, 0), dt.date(2015, 2, 15), "all")


def result(*rows: dict[str, object], names: tuple[str, ...] = ("A", "B", "C")) -> MatricesResult:
    date = pd.Timestamp("2025-01-01", tz="UTC")
    sides = {f"{side}_{end}": 0.0 for side in ("before", "after") for end in ("lower", "upper")}
    size = {"n_before": 1700, "n_after": 400, "baseline_from": date - pd.DateOffset(years=7), "to": date}
    frame = pd.DataFrame([sides | size | row for row in rows])
    made = MatricesResult(name="x", title="T", method="m", frame=frame, names=names, date=date)
    return of_matrices(made, focus="A", baseline="7y", clock="XNYS at 24:00 UTC")


def pair(
    left: str,
    right: str,
    before: float,
    after: float,
    half: float,
    *,
    p: float,
    unequal: bool = False,
    long_run: float = 0.01,
) -> dict:
    change = after - before
    span = {"estimate": change, "lower": change - half, "upper": change + half, "p_value": p, "p_adjusted": p}
    span |= {"long_run_p": long_run, "long_run_p_adjusted": long_run}
    return {"left": left, "right": right, "before": before, "after": after, **span, "unequal_closes": unequal}


ROWS = (
    pair("A", "B", 0.2, 0.5, 0.1, p=0.001),
    pair("A", "C", 0.4, 0.24, 0.15, p=0.06),
    pair("B", "C", 0.1, 0.12, 0.2, p=0.8, unequal=True),
)


def test_the_sentence_counts_names_and_hedges() -> None:
    assert result(*ROWS).sentence == (
        "Correlations since 2025-01-01 against 2018-01-01 to 2025-01-01: of 3 pairs 1 changed and 2 have no "
        "significant difference (adjusted p below 0.05 in 1 of 3 tests); the largest change is A – B, "
        "from 0.20 to 0.50, +0.30 (95 % interval +0.20 to +0.40, n = 1,700 and 400). One pair has "
        "non-synchronous closes "
        "(marked *), which pull both contemporaneous correlations and their difference towards 0, so a change "
        "can be missed "
        "there."
    )
    assert "adjusted p below 0.05 in none of 2 tests)" in result(*ROWS[1:]).sentence
    assert "unequal" not in result(*ROWS[:2]).sentence
    assert "without an interval" not in result(*ROWS).sentence


def test_a_cell_that_differs_no_more_than_it_wanders_is_not_counted_as_changed() -> None:
    wandering = pair("A", "B", 0.2, 0.5, 0.1, p=0.001, long_run=0.2)
    short = pair("A", "C", 0.2, 0.5, 0.1, p=0.001, long_run=np.nan)
    small = pair("B", "C", 0.2, 0.22, 0.05, p=0.4)
    found = result(wandering, short, small)
    assert [each.verdict for each in found.findings] == ["not_established", "not_established", "unchanged"]
    assert (
        "of 3 pairs 1 is unchanged, 1 differs no more than it usually wanders and 1 differs, over too few sessions to "
        "say more (" in found.sentence
    )


def test_pairs_without_interval_are_counted_and_never_the_largest() -> None:
    open_ = pair("A", "C", 0.0, 0.9, np.nan, p=np.nan)
    told = result(ROWS[0], open_).sentence
    assert "the largest change is A – B" in told
    assert "2 without an interval." in told
    assert result(open_).sentence == "T: no pair has enough movement on both sides for an interval."


def cells(panel: Axes) -> str:
    return " ".join(text.get_text() for text in panel.texts)


def test_both_maps_share_one_scale_and_mark_unequal_closes() -> None:
    figure = figure_of(result(*ROWS))
    before, after, change = cells_of(figure)
    assert len({panel.collections[0].get_clim() for panel in (before, after, change)}) == 1
    assert cells(before) == "0.20 0.40 0.10*"
    assert cells(after) == "0.50 0.24 0.12*"
    assert before.get_title(loc="left") == "before: 2018-01-01 to 2025-01-01"
    assert "* non-synchronous closes: pulled towards 0" in " ".join(change.get_xlabel().split())
    frame = result(*ROWS).frame
    assert cells(change).replace("−", "-") == " ".join(
        f"{row.estimate:.2f}{'*' if row.unequal_closes else ''}" for row in frame.itertuples()
    )
    bold = [text.get_weight() == "bold" for text in change.texts]
    assert bold == (frame["p_adjusted"] < 0.05).tolist()


def test_a_missing_pair_leaves_its_cell_empty() -> None:
    before, after, change = cells_of(figure_of(result(ROWS[0], ROWS[2])))
    assert cells(before) == "0.20 0.10*"
    assert len(after.texts) == len(change.texts) == 2


@pytest.mark.thorough
def test_the_page_shows_the_maps_after_the_split_with_the_same_numbers() -> None:
    study = {"title": "T", "focus": "BTC", "instruments": ["BTC", "JGB10Y", "SPX"], "data": {"source": "simulated"}}
    panel = load_panel(study | {"seed": 3})
    section = ChangeSection.model_validate(NOTHING | {"splits": ["2024-01-01"]})
    split, maps = run(section, panel, focus="BTC", start=None, seed=5).results
    assert not isinstance(maps, Failure)
    assert isinstance(maps, MatricesResult)
    assert maps.name == "change-matrices-2024-01-01"
    assert maps.provenance.simulated
    assert len(maps.frame) == len(maps.summary()) == 3
    assert maps.sentence.startswith("Correlations since 2024-01-01 against 2017-01-01 to 2024-01-01: of 3 pairs ")
    assert "BTC – JGB10Y and BTC – SPX are judged by the split" in maps.sentence
    rows = split.frame[(split.frame["baseline"] == "7y") & (split.frame["estimator"] == STANDARDIZED)]
    own = maps.frame[maps.frame["left"] == "BTC"].set_index("right")
    for column in ("before", "after", "estimate", "lower", "upper", "p_value"):
        np.testing.assert_allclose(own.loc[rows["with"], column], rows[column], rtol=1e-12)
    assert len(cells_of(figure_of(maps))) == 3
