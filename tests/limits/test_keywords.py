"""An unknown keyword is refused in a sentence that names the right one, whichever door it comes through."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

import coupling as cp
from coupling.change import ConstancyEnvelope, LevelCorrelation, RegimeModel
from coupling.correlation import DccCorrelation, RollingCorrelation
from coupling.direction import LeadLag, Spillover, TimeVaryingSpillover
from coupling.errors import ConfigurationError, InputError
from coupling.events import EventDetector, EventStudy
from coupling.limits.keywords import FORMER, meant
from coupling.volatility import GarchModel

X = pd.DataFrame(np.random.default_rng(0).normal(size=(90, 2)), columns=["A", "B"])
OLD: dict[str, tuple[Callable[[], Any], str]] = {
    "draws": (lambda: LeadLag(draws=9), "LeadLag has no parameter 'draws'; it is called 'replications'."),
    "placebos": (lambda: EventStudy(placebos=9), "it is called 'replications'"),
    "minimum": (lambda: EventStudy(minimum=9), "it is called 'min_rows'"),
    "clock": (lambda: EventDetector(clock="XNYS"), "it is called 'days'"),
    "half_life": (lambda: LevelCorrelation(half_life=9), "it is called 'halflife'"),
    "margins": (lambda: ConstancyEnvelope(asymmetric=True), "it is called 'margins'"),
    "start": (lambda: DccCorrelation(start="ones"), "it is called 'initial_correlation'"),
    "another program's": (lambda: RegimeModel(n_boot=9), "it is called 'replications'"),
    "a seed": (lambda: Spillover(seed=1), "it is called 'random_state'"),
    "a slip": (lambda: RollingCorrelation(windw=60), "did you mean 'window'?"),
    "level too early": (lambda: RollingCorrelation(level=0.9), "give it to between or intervals"),
    "level too late": (
        lambda: GarchModel().fit(X["A"], level=0.9),
        "GarchModel.fit takes no 'level'; give it to the constructor, as GarchModel(level=…).",
    ),
    "method keyword": (
        lambda: Spillover().fit(X).intervals(replications=99),
        "Spillover.intervals takes no 'replications'; give it to the constructor, as Spillover(replications=…).",
    ),
    "method keyword by its old name": (
        lambda: TimeVaryingSpillover().fit(X).intervals(seed=1),
        "give it to the constructor, as TimeVaryingSpillover(random_state=…)",
    ),
    "confidence": (lambda: RollingCorrelation().fit(X).between("A", "B", confidence=0.9), "it is called 'level'"),
    "set_params": (lambda: LeadLag().set_params(draws=9), "it is called 'replications'"),
}


@pytest.mark.parametrize("case", OLD)
def test_an_unknown_keyword_is_told_the_right_one(case: str) -> None:
    ask, told = OLD[case]
    with pytest.raises(InputError) as caught:
        ask()
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("section", "path", "told"),
    [
        ({"direction": {"lead_lag": {"draws": 500}}}, "direction.lead_lag.draws", "it is called 'replications'"),
        ({"events": {"placebos": 99}}, "events.placebos", "it is called 'replications'"),
        ({"events": {"detector": {"minimum": 99}}}, "events.detector.minimum", "it is called 'min_rows'"),
        ({"events": {"clock": "XNYS"}}, "events.clock", "it is called 'days'"),
        ({"change": {"levels": {"half_life": 9}}}, "change.levels.half_life", "it is called 'halflife'"),
        ({"change": {"envelope": {"asymmetric": True}}}, "change.envelope.asymmetric", "it is called 'margins'"),
        ({"correlation": {"dcc": {"start": "ones"}}}, "correlation.dcc.start", "it is called 'initial_correlation'"),
    ],
)
def test_an_old_key_of_a_configuration_is_told_the_new_one(section: dict[str, Any], path: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        cp.load_study({"title": "Two", "focus": "BTC", "instruments": ["BTC", "SPX"], **section})
    assert str(caught.value) == f"{path}: unknown key {path.split('.')[-1]!r}; {told}"


def test_an_old_key_in_a_grid_is_told_the_new_one() -> None:
    variants = {"outcome": {"pair": ["BTC", "SPX"]}, "grid": {"change.levels.half_life": [5, 10]}}
    with pytest.raises(ConfigurationError, match="it is called 'halflife'"):
        cp.load_study({"title": "Two", "focus": "BTC", "instruments": ["BTC", "SPX"], "variants": variants})


def test_what_is_wrapped_keeps_its_signature_and_can_be_cloned() -> None:
    assert list(inspect.signature(LeadLag).parameters)[:2] == ["max_lag", "max_hours"]
    assert clone(LeadLag(replications=200)).get_params()["replications"] == 200
    assert list(inspect.signature(Spillover.intervals).parameters) == ["self", "level"]


def test_no_word_of_the_package_is_a_former_one_of_the_same_place() -> None:
    assert set(FORMER) & set(FORMER.values()) == set()
    assert meant("draws", ["level"]) == "known: level"
