"""Every estimator of the section answers variants, with the number of the study's own page; so does a new one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
import pytest

from coupling.comparison import curve as curve_module
from coupling.comparison.curve import answer_variants
from coupling.comparison.specifications import plan
from coupling.correlation.base import PairwiseCorrelation, pair_columns
from coupling.correlation.section import CorrelationSection, EstimatorSection
from coupling.data.gate.estimator_input import checked_matrix
from coupling.errors import ConfigurationError
from coupling.results.base import Failure
from coupling.results.specification import SpecificationCurve
from coupling.study import Study, load_study, run
from tests.comparison.worlds import SIMULATED

NAMES = ["BTC", "IXIC", "SPX"]
PAGE = {
    "rolling": "correlation-rolling",
    "hayashi_yoshida": "correlation-hayashi-yoshida",
    "exponential": "correlation-exponential",
    "dcc": "correlation-dcc",
    "beta": "correlation-beta",
    "partial": "correlation-partial",
    "shrunk": "correlation-shrunk",
    "tail": "correlation-tail",
}
ASKED: dict[str, Any] = {
    "rolling": {"window": 40, "method": "spearman"},
    "hayashi_yoshida": {"window": "200d", "step": "7d"},
    "exponential": {"halflife": 20.0, "window": "120d"},
    "dcc": {},
    "beta": {"window": 40},
    "partial": {"window": 250},
    "shrunk": {},
    "tail": {},
}


def study(estimator: str, statistic: Any = "last", **grid: Any) -> dict[str, Any]:
    outcome = {"pair": ["BTC", "SPX"], "statistic": statistic, "estimator": estimator}
    return {
        **SIMULATED,
        "instruments": NAMES,
        "correlation": {"rolling": None, "hayashi_yoshida": None, estimator: ASKED[estimator]},
        "period": {"start": "2021-01-01", "end": "2022-12-31"},
        "variants": {"outcome": outcome, "grid": grid or {"seed": [7]}, "replications": 99},
    }


def curve_of(settings: Any, cache: Path, *, draws: int = 2) -> SpecificationCurve:
    """Return the curve, with few draws: the estimates do not hang on them."""
    asked = load_study(settings) if isinstance(settings, dict) else settings

    def few(specifications: Any, variants: Any, **options: Any) -> Any:
        return plan(specifications, variants.model_copy(update={"replications": draws}), **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(curve_module, "plan", few)
        room = answer_variants(asked, n_jobs=1, cache=cache)
    return next(each for each in room.results if isinstance(each, SpecificationCurve))


def test_every_estimator_of_the_section_is_asked_here() -> None:
    assert set(PAGE) == set(CorrelationSection.model_fields) - {"smallest_effect"}


@pytest.mark.parametrize("estimator", PAGE)
def test_the_number_is_that_of_the_page(estimator: str, tmp_path: Path) -> None:
    settings = study(estimator)
    plain = {name: value for name, value in settings.items() if name != "variants"}
    frame = run(plain)[PAGE[estimator]].frame  # type: ignore[union-attr]
    own = frame[frame["with"] == "SPX"] if "with" in frame else frame.loc[[("BTC", "SPX")]]
    curve = curve_of(settings, tmp_path)
    assert curve.frame["failure"].eq("").all()
    assert curve.frame["estimate"].iloc[0] == pytest.approx(own["estimate"].iloc[-1], abs=1e-12)
    if "with" in frame:
        mean = curve_of(study(estimator, "mean"), tmp_path).frame["estimate"].iloc[0]
        assert mean == pytest.approx(own["estimate"].mean(), abs=1e-12)


def test_draws_of_an_estimator_give_an_interval(tmp_path: Path) -> None:
    settings = study("exponential", "mean", **{"correlation.exponential.halflife": [10.0, 40.0]})
    frame = curve_of(settings, tmp_path, draws=15).frame
    assert frame["correlation.exponential.halflife"].nunique() == 2
    assert (frame["lower"] < frame["estimate"]).all()
    assert (frame["estimate"] < frame["upper"]).all()


def test_without_a_window_a_change_is_that_of_the_two_sides(tmp_path: Path) -> None:
    from coupling.study import load_panel

    settings = study("beta", {"change_at": "2022-01-01"}, **{"correlation.beta.window": [None]})
    changes = load_panel(settings).pair("BTC", "SPX").changes.loc["2021-01-01":]
    split = pd.Timestamp("2022-01-01", tz="UTC")
    slopes = [np.polyfit(part["SPX"], part["BTC"], 1)[0] for part in (changes[:split], changes[changes.index > split])]
    found = curve_of(settings, tmp_path)
    assert found.frame["estimate"].iloc[0] == pytest.approx(slopes[1] - slopes[0], abs=1e-9)
    assert "beta" in found.outcome


def test_a_change_of_a_conditional_path_is_refused(tmp_path: Path) -> None:
    grid = {"variants.outcome.estimator": ["rolling", "dcc"]}
    settings = study("rolling", {"change_at": "2022-01-01"}, **grid)
    room = answer_variants(load_study(settings | {"correlation": {"dcc": {}}}), n_jobs=1, cache=tmp_path)
    (failure,) = (each for each in room.results if isinstance(each, Failure))
    assert "rests on all rows before it" in failure.reason


def test_an_estimator_that_nobody_knows_is_refused_with_the_nearest() -> None:
    settings = study("rolling")
    settings["variants"]["outcome"]["estimator"] = "exponentiel"
    with pytest.raises(ConfigurationError, match=r"no estimator 'exponentiel'.*did you mean 'exponential'"):
        load_study(settings)


def test_two_quantities_do_not_stand_in_one_curve() -> None:
    settings = study("rolling", **{"variants.outcome.estimator": ["rolling", "beta"]})
    with pytest.raises(ConfigurationError, match="mixes correlation with beta"):
        answer_variants(load_study(settings | {"correlation": {}}), n_jobs=1)


class SignAgreement(PairwiseCorrelation):
    """Share of the rows in which both move the same way, from -1 to 1."""

    def __init__(self, *, window: None = None, power: float = 1.0) -> None:
        self.window = window
        self.power = power

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002
        frame = checked_matrix(self, X)
        signs = np.sign(frame.to_numpy())
        columns = [(i, j) for j in range(signs.shape[1]) for i in range(j)]
        pairs = [(signs[:, i] * signs[:, j]).mean() ** self.power for i, j in columns]
        self.correlation_ = pd.DataFrame([pairs], index=frame.index[-1:], columns=pair_columns(list(frame.columns)))
        return self

    def _interval(self, pair: int, level: float) -> Any:
        raise AssertionError(f"a curve of estimates asked for the interval of pair {pair} at {level}")


class SignSection(EstimatorSection):
    """The one place where the toy is made known, beside the field below."""

    estimator: ClassVar[Any] = SignAgreement

    power: float = 1.0


class WithToy(CorrelationSection):
    """The room's section with a field more."""

    signs: SignSection | None = None


class ToyStudy(Study):
    """A study whose page knows nothing of the toy."""

    correlation: WithToy | None = WithToy()


def test_a_new_estimator_works_in_variants(tmp_path: Path) -> None:
    from coupling.study import load_panel

    settings = study("rolling")
    settings["correlation"] = {"signs": {}}
    settings["variants"]["outcome"]["estimator"] = "signs"
    settings["variants"]["grid"] = {"correlation.signs.power": [1.0, 3.0], "period.start": ["2019-01-01", "2021-01-01"]}
    frame = curve_of(ToyStudy.model_validate(settings), tmp_path, draws=20).frame
    assert frame["failure"].eq("").all()
    panel = load_panel({**study("rolling"), "variants": None})
    changes = np.sign(panel.pair("BTC", "SPX").changes)
    for row in frame.itertuples():
        part = changes.loc[row._2 :]
        expected = (part["BTC"] * part["SPX"]).mean() ** float(row._1)
        assert row.estimate == pytest.approx(expected, abs=1e-12)
        assert row.lower < row.estimate < row.upper
