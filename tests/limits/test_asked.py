"""Whatever a method is asked with is taken or refused in one sentence, by one law for every estimator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coupling.change import BaiPerron, CorrelationBreak, LevelCorrelation, SplitTest
from coupling.correlation import (
    DccCorrelation,
    ExponentialCorrelation,
    HayashiYoshidaCorrelation,
    PartialCorrelation,
    RollingBeta,
    RollingCorrelation,
    ShrunkCorrelation,
    TailDependence,
)
from coupling.direction import LeadLag, Spillover
from coupling.direction.time_varying import TimeVaryingSpillover
from coupling.errors import InputError
from coupling.events import EventStudy, IntradayPath, LocalProjection
from coupling.inference import Jackknife, basic_interval, bootstrap_means, max_t_quantile, sign_flip
from coupling.limits.asked import require_level
from coupling.volatility import GarchModel

DAYS = pd.bdate_range("2020-01-01", periods=300)
X = pd.DataFrame(np.random.default_rng(0).normal(size=(300, 3)), columns=["A", "B", "C"], index=DAYS)
LEVELS = {name: X[name].cumsum() for name in X}
EVENTS = [DAYS[k] for k in (100, 150, 200, 250)]
STUDY = {"event_window": (-2, 3), "estimation_window": (-50, -10), "replications": 99}

Call = Callable[[Any], Any]
STRANGE: list[Any] = [
    "x", "0.95", None, 95, 1.5, 0, 1, -1, True, float("nan"), float("inf"), [0.95], (0.9, 0.95), {}, np.array([0.9]),
    1j, 10**400, pd.NA, object(),
]  # fmt: skip


@pytest.fixture(scope="module")
def asked() -> dict[str, dict[str, Call]]:
    """Return what is asked by kind: level, name, word or count."""
    pairs = {
        type(each).__name__: each.fit(X)
        for each in (
            RollingCorrelation(window=60), ExponentialCorrelation(), PartialCorrelation(), ShrunkCorrelation(),
            TailDependence(quantile=0.3), DccCorrelation(),
        )
    } | {"HayashiYoshidaCorrelation": HayashiYoshidaCorrelation().fit(LEVELS)}  # fmt: skip
    beta, curve, spillover = (
        RollingBeta(window=60).fit(X),
        LeadLag(max_lag=2, replications=100).fit(X),
        Spillover().fit(X),
    )
    drift, studied = TimeVaryingSpillover().fit(X), EventStudy(**STUDY).fit(X, EVENTS)
    level: dict[str, Call] = {
        **{f"{name}.between": lambda v, m=m: m.between("A", "B", level=v) for name, m in pairs.items()},
        **{f"{name}.intervals": lambda v, m=m: m.intervals(level=v) for name, m in pairs.items()},
        "RollingBeta.of": lambda v: beta.between("A", "B", level=v),
        "LeadLag.between": lambda v: curve.between("A", "B", level=v),
        "LeadLag.peak": lambda v: curve.peak("A", "B", level=v),
        "Spillover.intervals": lambda v: spillover.set_params(replications=39).intervals(level=v),
        "TimeVaryingSpillover.intervals": lambda v: drift.set_params(replications=39).intervals(level=v),
        "SplitTest": lambda v: SplitTest(date=DAYS[150], level=v).fit(X),
        "CorrelationBreak": lambda v: CorrelationBreak(level=v).fit(X),
        "LevelCorrelation": lambda v: LevelCorrelation(replications=39, level=v).fit(X.cumsum()),
        "BaiPerron": lambda v: BaiPerron(level=v).fit(X["A"]),
        "EventStudy": lambda v: EventStudy(**STUDY, level=v).fit(X, EVENTS),
        "LocalProjection": lambda v: LocalProjection(horizons=3, level=v).fit(X, EVENTS),
        "GarchModel": lambda v: GarchModel(level=v).fit(X["A"]),
        "Jackknife": lambda v: Jackknife(np.ones(1), np.ones((3, 1))).interval(level=v),
        "max_t_quantile": lambda v: max_t_quantile([[1.0, 2.0]], level=v),
        "basic_interval": lambda v: basic_interval(1.0, np.arange(40.0), level=v),
    }
    name: dict[str, Call] = {
        **{f"{name}.between": lambda v, m=m: m.between(v, "B") for name, m in pairs.items()},
        "second": lambda v: pairs["RollingCorrelation"].between("A", v),
        "RollingBeta.of": lambda v: beta.between("A", v),
        "LeadLag.between": lambda v: curve.between(v, "B"),
        "LeadLag.peak": lambda v: curve.peak("A", v),
        "EventStudy.of": lambda v: studied.of(studied.numbers.events[0].category, selected_by=[v]),
        "EventStudy.plot": lambda v: studied.plot(instrument=v),
    }
    word: dict[str, Call] = {
        "category": lambda v: studied.of(v),
        "kind of plot": lambda v: studied.plot(kind=v),
        "kind of tests": lambda v: studied.tests(v),
    }
    count: dict[str, Call] = {
        "Spillover.n_jobs": lambda v: Spillover(replications=39, n_jobs=v).fit(X).intervals(),
        "TimeVaryingSpillover.n_jobs": lambda v: TimeVaryingSpillover(replications=39, n_jobs=v).fit(X).intervals(),
        "Spillover.replications": lambda v: Spillover(replications=v).fit(X).intervals(),
        "TimeVaryingSpillover.replications": lambda v: TimeVaryingSpillover(replications=v).fit(X).intervals(),
        "TimeVaryingSpillover.random_state": lambda v: (
            TimeVaryingSpillover(replications=39, random_state=v).fit(X).intervals()
        ),
        "bootstrap_means.random_state": lambda v: bootstrap_means(X, block=2, replications=39, random_state=v),
        "sign_flip.random_state": lambda v: sign_flip(np.arange(1.0, 30.0), random_state=v),
    }
    return {"level": level, "name": name, "word": word, "count": count}


@pytest.mark.parametrize(
    ("kind", "values", "told"),
    [
        ("level", STRANGE, "level="),
        ("name", ["Z", 5, ["A"], {"A": 1}, ("A", ["B"]), np.array(["A", "B"]), pd.NA, object(), "x" * 10**5],
         "There is no instrument"),
        ("word", ["Z", 5, ["paths"], {}, np.array([1, 2]), pd.NA], "is unknown"),
        ("count", ["x", 1.5, True, [2], {}, float("nan"), 10**30, object(), pd.NA], "="),
    ],
)  # fmt: skip
def test_what_is_asked_is_known_or_refused_in_one_sentence(
    asked: dict[str, dict[str, Call]], kind: str, values: list[Any], told: str
) -> None:
    for name, ask in asked[kind].items():
        for value in values:
            with pytest.raises(InputError) as raised:
                ask(value)
            said = str(raised.value)
            assert told in said, name
            assert "\n" not in said
            assert len(said) < 300


@pytest.mark.parametrize("data", [None, 5, "x", [], {"A": X["A"]}, X])
def test_what_is_no_series_or_panel_is_refused_in_one_sentence(data: Any) -> None:
    with pytest.raises(InputError, match=r"one series|use coupling\.align"):
        GarchModel().fit(data)
    with pytest.raises(InputError, match=r"coupling\.align"):
        IntradayPath().fit(data, ["2020-08-05T00:00Z"])


@pytest.mark.parametrize("level", [0.95, np.float32(0.5), np.float64(0.9)])
def test_numbers_of_every_kind_are_levels(level: Any) -> None:
    assert require_level(level) == float(level)
