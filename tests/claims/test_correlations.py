"""Legs about correlations, on markets whose correlation is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, truncnorm

from coupling.change.levels import INDISTINCT
from coupling.claims.kinds.correlation import Correlation
from coupling.claims.kinds.correlation_change import CorrelationChange
from coupling.claims.kinds.correlation_on_days import CorrelationOnDays
from coupling.claims.kinds.levels_against_changes import LevelsAgainstChanges
from coupling.claims.kinds.variance_share import VarianceShare
from coupling.claims.verdict import Verdict
from coupling.data.simulation.diffusions import hourly_paths, struck
from coupling.errors import InputError
from tests.claims.worlds import check, constant, market, observed


def unequal(rho: float, days: int) -> tuple[object, object]:
    """Bitcoin at midnight and a Japanese yield at 06:00 UTC, off diffusions of known correlation."""
    paths = hourly_paths(pd.DataFrame([[1, rho], [rho, 1]], columns=["BTC", "JGB10Y"]), days=days, random_state=3)
    closes = {"BTC": struck(paths["BTC"], 24, every_day=True), "JGB10Y": struck(paths["JGB10Y"], 6)}
    dates = {
        name: path.set_axis((path.index - pd.Timedelta(hours=1)).tz_localize(None).normalize())
        for name, path in closes.items()
    }
    return (
        observed("BTC", np.exp(dates["BTC"] / 100)),
        observed("JGB10Y", 50 + dates["JGB10Y"] / 100, hour=6),
    )


class TestCorrelation:
    @pytest.mark.parametrize(
        ("rho", "days", "verdict"),
        [
            (0.5, 2000, Verdict.SUPPORTED),
            (-0.5, 2000, Verdict.SUPPORTED),
            (0.0, 2000, Verdict.CONTRADICTED),
            (0.2, 300, Verdict.UNDECIDED),
        ],
    )
    def test_unequal_closes_are_judged_on_true_instants(self, rho: float, days: int, verdict: Verdict) -> None:
        leg = Correlation(test="correlation", left="BTC", right="JGB10Y", smallest=0.2, side="either")
        finding = check(leg, *unequal(rho, days))
        assert finding.verdict is verdict
        assert finding.lower < rho < finding.upper
        same_row = next(each for each in finding.variants if each.name == "same-day changes")
        assert abs(same_row.estimate) < 0.75 * abs(rho) + 0.1  # what non-synchronous closes leave of it
        assert finding.n_effective < finding.n

    def test_what_a_third_brings_is_taken_out(self) -> None:
        """Two instruments that share a third only: correlation 0.5, partial correlation 0."""
        matrix = np.array([[1, 0.5, 0.5**0.5], [0.5, 1, 0.5**0.5], [0.5**0.5, 0.5**0.5, 1]])
        items = market(np.tile(matrix, (2500, 1, 1)), ["BTC", "SPX", "IXIC"])
        leg = Correlation(test="correlation", left="BTC", right="SPX", given=("IXIC",), smallest=0.2, side="positive")
        finding = check(leg, *items)
        assert (finding.verdict, finding.p_value < 1e-9) == (Verdict.SUPPORTED, True)
        partial = next(each for each in finding.variants if "given IXIC" in each.name)
        assert partial.lower < 0 < partial.upper
        assert partial.verdict is Verdict.CONTRADICTED
        assert "weekly changes given IXIC: contradicted" in finding.beside

    def test_a_span_that_starts_before_the_data_is_tested_on_what_they_hold(self) -> None:
        items = market(constant(0.5, 800), ["BTC", "SPX"])
        early = Correlation(test="correlation", left="BTC", right="SPX", start="2012-01-01", smallest=0.2)
        whole = Correlation(test="correlation", left="BTC", right="SPX", smallest=0.2)
        assert check(early, *items).estimate == check(whole, *items).estimate
        assert check(early, *items).verdict is Verdict.SUPPORTED

    def test_a_span_without_changes_is_not_testable(self) -> None:
        leg = Correlation(test="correlation", left="BTC", right="SPX", start="2030-01-01", smallest=0.2)
        with pytest.raises(InputError, match="share no changes from 2030-01-01"):
            check(leg, *market(constant(0.5, 400), ["BTC", "SPX"]))


class TestCorrelationChange:
    LEG = CorrelationChange(test="correlation_change", left="BTC", right="SPX", date="2021-01-01", smallest=0.1)

    @pytest.mark.parametrize(
        ("before", "after", "rows", "verdict"),
        [
            (0.1, 0.6, 500, Verdict.SUPPORTED),
            (0.6, 0.1, 500, Verdict.CONTRADICTED),
            (0.3, 0.3, 120, Verdict.UNDECIDED),
        ],
    )
    def test_a_shift_of_known_size(self, before: float, after: float, rows: int, verdict: Verdict) -> None:
        days = len(pd.bdate_range("2015-01-01", "2020-12-31"))
        shifted = np.concatenate([constant(before, days), constant(after, rows)])
        finding = check(self.LEG, *market(shifted, ["BTC", "SPX"], seed=4))
        assert finding.verdict is verdict
        assert finding.lower < after - before < finding.upper
        names = [each.name for each in finding.variants]
        assert "raw, against an equally long period before" in names
        assert "weekly, volatility-standardised, against the 3 years before" in names
        assert "against the 6.0 years before (all that is available of 7)" in finding.sentence
        unknown = finding.variants[-1]
        assert unknown.name == "date unknown, changes"
        if before != after:
            assert "a break about 202" in finding.beside
            assert abs(unknown.estimate - (after - before)) < 0.15
        assert finding.sentence.count("minimum detectable") <= 1
        if verdict is Verdict.UNDECIDED:
            assert "minimum detectable" in finding.sentence

    def test_a_long_unchanged_sample_contradicts_a_large_change(self) -> None:
        leg = self.LEG.model_copy(update={"smallest": 0.25})
        finding = check(leg, *market(constant(0.3, 2600), ["BTC", "SPX"], seed=5))
        assert finding.verdict is Verdict.CONTRADICTED
        assert finding.detectable < 0.25

    def test_both_sides_of_the_date_are_needed(self) -> None:
        leg = self.LEG.model_copy(update={"date": pd.Timestamp("2035-01-01").date()})
        with pytest.raises(InputError, match="2035-01-01"):
            check(leg, *market(constant(0.3, 600), ["BTC", "SPX"]))


class TestCorrelationOnDays:
    """Normal changes with correlation 0.55: on the days of one's largest falls theory leaves a quarter of it."""

    RHO, SHARE = 0.55, 0.05
    LEG = CorrelationOnDays(
        test="correlation_on_days", chosen_by="USDJPY", other="SPX", side="falls", share=SHARE, value=RHO, tolerance=0.1
    )

    def theory(self) -> tuple[float, float]:
        """Return the correlation on the chosen days and on all others, from the variance of a truncated normal."""
        cut = norm.ppf(self.SHARE)
        spreads = truncnorm.var(-np.inf, cut), truncnorm.var(cut, np.inf)
        below, above = (self.RHO * v**0.5 / (self.RHO**2 * v + 1 - self.RHO**2) ** 0.5 for v in spreads)
        return float(below), float(above)

    def test_choosing_days_by_one_side_shrinks_a_correlation_and_the_adjustment_restores_it(self) -> None:
        finding = check(self.LEG, *market(constant(self.RHO, 6000), ["USDJPY", "SPX"], seed=6))
        chosen, others = self.theory()
        assert finding.lower < chosen < finding.upper
        beside = {each.name: each for each in finding.variants}
        assert beside["all days"].lower < self.RHO < beside["all days"].upper
        assert beside["all other days"].lower < others < beside["all other days"].upper
        adjusted = next(each for name, each in beside.items() if "Forbes–Rigobon" in name)
        assert adjusted.estimate == pytest.approx(others, abs=0.15)
        assert adjusted.p_value > 0.05
        assert "not valid" not in adjusted.note
        assert finding.verdict is Verdict.CONTRADICTED  # of those days, as claimed; all days stand beside it
        assert beside["all days"].verdict is Verdict.SUPPORTED

    def test_large_moves_either_way_inflate_it(self) -> None:
        finding = check(self.LEG, *market(constant(self.RHO, 6000), ["USDJPY", "SPX"], seed=6))
        either = next(each for each in finding.variants if each.name == "the largest moves either way")
        cut = norm.ppf(1 - self.SHARE / 2)
        spread = 1 + 2 * cut * norm.pdf(cut) / self.SHARE  # of a normal beyond ±cut
        expected = self.RHO * spread**0.5 / (self.RHO**2 * spread + 1 - self.RHO**2) ** 0.5
        assert either.lower < expected < either.upper
        assert either.estimate > self.RHO + 0.1

    def test_the_days_do_not_depend_on_the_other(self) -> None:
        source, target = market(constant(self.RHO, 1500), ["USDJPY", "SPX"], seed=7)
        _, unrelated = market(constant(0.0, 1500), ["USDJPY", "SPX"], seed=8)
        first, second = check(self.LEG, source, target), check(self.LEG, source, unrelated)
        assert (first.n, first.sample) == (second.n, second.sample)


class TestVarianceShare:
    LEG = VarianceShare(
        test="variance_share", focus="BTC", others=("SPX",), date="2021-01-01", smallest=10, replications=99
    )

    @pytest.mark.parametrize(("after", "verdict"), [(0.5**0.5, Verdict.SUPPORTED), (0.0, Verdict.UNDECIDED)])
    def test_a_share_that_rises_from_nothing_to_a_third(self, after: float, verdict: Verdict) -> None:
        """The generalised share of an instantaneous correlation ρ is ρ² / (1 + ρ²): one third at ρ² = 1/2."""
        days = len(pd.bdate_range("2015-01-01", "2020-12-31"))
        items = market(np.concatenate([constant(0.0, days), constant(after, 900)]), ["BTC", "SPX"], seed=9)
        finding = check(self.LEG, *items)
        truth = 100 * after**2 / (1 + after**2)
        assert finding.lower <= truth <= finding.upper
        assert finding.estimate == pytest.approx(truth, abs=9)
        assert finding.verdict is verdict or (truth == 0.0 and finding.verdict is Verdict.CONTRADICTED)


class TestLevelsAgainstChanges:
    @pytest.mark.parametrize(
        ("rho", "claimed", "verdicts"),
        [
            (0.9, "levels", (Verdict.SUPPORTED, Verdict.SUPPORTED, Verdict.SUPPORTED)),
            (0.0, "levels", (Verdict.SUPPORTED, Verdict.UNDECIDED, Verdict.PARTLY)),
            (0.9, -0.9, (Verdict.CONTRADICTED, Verdict.CONTRADICTED, Verdict.CONTRADICTED)),
            (0.0, 0.99, (Verdict.CONTRADICTED, Verdict.UNDECIDED, Verdict.UNDECIDED)),
        ],
    )
    def test_the_figure_and_what_it_is_said_to_mean_are_judged_apart(
        self, rho: float, claimed: float | str, verdicts: tuple[Verdict, ...]
    ) -> None:
        """Both figures by hand: 53 closes of Fridays up to a Tuesday, a Thursday's before Good Friday, log changes."""
        items = market(constant(rho, 900), ["BTC", "SPX"], start="2015-01-01", seed=4)
        closes = pd.DataFrame({item.name: item.levels.set_axis(item.dates) for item in items})
        fridays = closes[:"2018-05-11"].drop(pd.Timestamp("2018-03-30")).resample("W-FRI").last().iloc[-53:]
        levels = fridays.corr().iloc[0, 1]
        leg = LevelsAgainstChanges(
            test="levels_against_changes",
            left="BTC",
            right="SPX",
            date="2018-05-15",
            weeks=52,
            value=round(levels, 2) if claimed == "levels" else claimed,
            digits=2,
        )
        figure, finding = (check(part, *items) for part in leg.parts)
        assert (figure.verdict, finding.verdict, check(leg, *items).verdict) == verdicts
        assert figure.estimate == pytest.approx(levels, abs=1e-9)
        assert figure.lower is None
        assert finding.n == 52
        assert finding.estimate == pytest.approx(np.log(fridays).diff().corr().iloc[0, 1], abs=1e-9)
        assert finding.lower < finding.estimate < finding.upper
        said = "as said" if claimed == "levels" else f"not {claimed:.2f} as said"
        assert f"52 weeks to 2018-05-11: {levels:.2f} is the correlation of levels, {said}" in finding.sentence
        assert ("no evidence of coupling" in finding.sentence) is (rho == 0.0)

    def test_positive_levels_and_their_changes_are_judged_apart(self) -> None:
        items = market(constant(0.0, 900), ["BTC", "SPX"], start="2015-01-01", seed=4)
        drift = np.linspace(0.0, 4.0, len(items[0].levels))
        items = [observed(item.name, item.levels.set_axis(item.dates) * np.exp(drift)) for item in items]
        leg = LevelsAgainstChanges(
            test="levels_against_changes",
            left="BTC",
            right="SPX",
            date="2018-05-15",
            weeks=52,
            value=0.9,
            tolerance=0.1,
        )
        figure, meaning = (check(part, *items) for part in leg.parts)
        assert (figure.verdict, meaning.verdict) == (Verdict.SUPPORTED, Verdict.UNDECIDED)
        assert "no evidence of coupling" in meaning.sentence
        share = float(figure.beside.split(" %")[0])
        assert (INDISTINCT in figure.beside) is (share > 5.0)

    @pytest.mark.parametrize(
        ("smallest", "verdict", "words"),
        [
            (0.2, Verdict.UNDECIDED, "no evidence of coupling"),
            (0.6, Verdict.CONTRADICTED, "they are not coupled, the interval lies inside ±0.6"),
        ],
    )
    def test_the_claims_own_smallest_effect_decides(self, smallest: float, verdict: Verdict, words: str) -> None:
        """The interval of 52 independent weeks is wider than ±.2 and lies inside ±.6."""
        items = market(constant(0.0, 900), ["BTC", "SPX"], start="2015-01-01", seed=4)
        what = {"test": "levels_against_changes", "left": "BTC", "right": "SPX", "date": "2018-05-15", "weeks": 52}
        leg = LevelsAgainstChanges(**what, value=0.9, smallest=smallest)
        found = check(leg.parts[1], *items)
        assert -0.6 < found.lower < -0.2 or 0.2 < found.upper < 0.6
        assert found.verdict is verdict
        assert words in found.sentence

    def test_a_series_that_does_not_move_contradicts_nothing(self) -> None:
        items = market(constant(0.0, 900), ["BTC", "SPX"], start="2015-01-01", seed=4)
        flat = observed("SPX", items[1].levels.set_axis(items[1].dates) * 0 + 100.0)
        leg = LevelsAgainstChanges(
            test="levels_against_changes", left="BTC", right="SPX", date="2018-05-15", weeks=52, value=-0.9
        )
        for part in leg.parts:
            with pytest.raises(InputError, match="SPX does not move over the 52 weeks up to 2018-05-15"):
                check(part, items[0], flat)
