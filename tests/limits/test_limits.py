"""Every number that a user can give has an upper limit: in every section, in every estimator, in the schema."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coupling.change import BaiPerron, ConstancyEnvelope, CorrelationBreak, LevelCorrelation
from coupling.claims.claim import Claims
from coupling.correlation import (
    ExponentialCorrelation,
    HayashiYoshidaCorrelation,
    PartialCorrelation,
    RollingCorrelation,
)
from coupling.errors import CouplingError, InputError
from coupling.events import EventDetector, EventStudy, IntradayPath, LocalProjection
from coupling.events.listing.event import Event
from coupling.inference import bootstrap_means, sign_flip
from coupling.limits.upper import UPPER, beyond
from coupling.study import Study, load_study
from tests.estimators import ESTIMATORS

HUGE = 10**30
CHANGES = pd.DataFrame(np.random.default_rng(0).normal(size=(80, 3)), columns=["BTC", "SPX", "IXIC"])
LEVELS = {name: CHANGES[name].cumsum().set_axis(pd.date_range("2024-01-01", periods=80)) for name in CHANGES}


def numbers(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every place of a schema that takes a number."""
    if isinstance(node, list):
        for place, each in enumerate(node):
            yield from numbers(each, f"{path}.{place}")
    if isinstance(node, dict):
        if node.get("type") in ("integer", "number"):
            yield path, node
        for name, each in node.items():
            yield from numbers(each, f"{path}.{name}")


@pytest.mark.parametrize("model", [Study, Claims, Event])
def test_every_number_of_the_schema_states_its_limit(model: Any) -> None:
    found = dict(numbers(model.model_json_schema()))
    assert len(found) > 10 or model is Event
    assert [path for path, node in found.items() if not {"maximum", "exclusiveMaximum"} & set(node)] == []


def test_the_schema_that_is_printed_is_json() -> None:
    schema = json.loads(json.dumps(Study.model_json_schema()))
    assert schema["$defs"]["EnvelopeSection"]["properties"]["replications"]["maximum"] == UPPER["replications"]


@pytest.mark.parametrize(
    "path", [
        "change.envelope.replications", "change.breaks.max_breaks", "direction.spillover.horizon",
        "direction.lead_lag.max_hours", "correlation.rolling.window", "correlation.hayashi_yoshida.leads_lags",
        "correlation.exponential.halflife", "events.event_window", "events.replications", "seed",
    ],
)  # fmt: skip
def test_a_section_refuses_what_lies_beyond(path: str) -> None:
    *parts, name = path.split(".")
    settings: dict[str, Any] = {"title": "T", "focus": "BTC", "instruments": ["BTC", "SPX"]}
    place = settings
    for part in parts:
        place = place.setdefault(part, {})
    place[name] = [-HUGE, HUGE] if name == "event_window" else HUGE
    with pytest.raises(CouplingError) as raised:
        load_study(settings)
    assert name in str(raised.value)


def numeric(estimator: Any) -> list[str]:
    """Name the parameters of a constructor that are numbers by default or by annotation."""
    found = []
    for name, each in inspect.signature(type(estimator)).parameters.items():
        words = str(each.annotation)
        number = isinstance(each.default, int | float) and not isinstance(each.default, bool)
        if number or "int" in words.replace("interval", "") or "float" in words or words in ("Window", "Lags"):
            found.append(name)
    return [name for name in found if name not in ("first_stage", "second_stage")]


def fitted(estimator: Any) -> Any:
    if isinstance(estimator, EventStudy | LocalProjection):
        return estimator.fit(CHANGES.set_axis(LEVELS["BTC"].index), pd.DatetimeIndex(["2024-02-05", "2024-03-01"]))
    if isinstance(estimator, HayashiYoshidaCorrelation):
        return estimator.fit(LEVELS)
    if isinstance(estimator, IntradayPath):
        return estimator.fit(LEVELS, [pd.Timestamp("2024-02-05", tz="UTC")])
    if isinstance(estimator, EventDetector):
        return estimator.fit(None)
    return estimator.fit(CHANGES["BTC"] if isinstance(estimator, BaiPerron) else CHANGES)


OTHERS = [EventStudy(), LocalProjection(), HayashiYoshidaCorrelation(), IntradayPath(), EventDetector(), BaiPerron()]
CASES = {(type(each), name): each for each in (*ESTIMATORS, *OTHERS) for name in numeric(each)}


@pytest.mark.parametrize(("kind", "name"), CASES, ids=lambda part: getattr(part, "__name__", part))
def test_an_estimator_refuses_what_lies_beyond(kind: Any, name: str) -> None:
    assert name in UPPER, "a number of a constructor without an upper limit"
    parameters = {p: getattr(CASES[kind, name], p) for p in inspect.signature(kind).parameters}
    value = (-HUGE, HUGE) if isinstance(parameters[name], tuple) else HUGE
    with pytest.raises(InputError, match=name):
        fitted(kind(**(parameters | {name: value})))


def test_functions_refuse_it_too() -> None:
    with pytest.raises(InputError, match="replications"):
        bootstrap_means(CHANGES, block=2, replications=HUGE)
    with pytest.raises(InputError, match="replications"):
        sign_flip(np.arange(1.0, 30.0), replications=HUGE)


@pytest.mark.parametrize("value", [float("inf"), 10**400, (-5, 10**7), [10**7], np.int64(10**7), np.float64(1e9)])
def test_numbers_of_every_kind_are_seen(value: Any) -> None:
    assert beyond("event_window", value)


@pytest.mark.parametrize("value", [None, "bic", True, float("nan"), 3, (-5, 10)])
def test_what_is_no_number_or_within_passes(value: Any) -> None:
    assert beyond("event_window", value) == ""


@pytest.mark.parametrize(
    ("estimator", "told"),
    [
        (RollingCorrelation(window=60, min_share="all"), "min_share='all' is no number"),
        (ExponentialCorrelation(halflife="30"), "halflife='30' is no number"),
        (ConstancyEnvelope(window=60.5), "window=60.5 is no whole number"),
        (RollingCorrelation(window=True), "window=True is no whole number or text or None"),
        (LevelCorrelation(halflife=0), "halflife=0 is below its least"),
        (LevelCorrelation(replications=0), "replications=0 is below its least, 1"),
        (LevelCorrelation(random_state=-1), "random_state=-1 is below its least, 0"),
        (CorrelationBreak(level=float("nan")), "level=nan is no number"),
        (CorrelationBreak(max_breaks=2.5), "max_breaks=2.5 is no whole number"),
        (PartialCorrelation(given=5), "given=5 is no text or list or None"),
        (RollingCorrelation(window=60, allow_levels="no"), "allow_levels='no' is no True or False"),
    ],
)
def test_a_parameter_of_another_kind_or_too_small_is_refused(estimator: Any, told: str) -> None:
    frame = pd.DataFrame(np.random.default_rng(1).normal(size=(300, 2)), columns=["A", "B"])
    with pytest.raises(InputError, match=re.escape(told)):
        estimator.fit(frame)


def test_the_window_of_events_is_two_numbers() -> None:
    frame = pd.DataFrame(np.random.default_rng(1).normal(size=(300, 2)), pd.bdate_range("2020-01-01", periods=300))
    with pytest.raises(InputError, match="event_window="):
        EventStudy(event_window=()).fit(frame, ["2020-09-01", "2020-10-01"])  # type: ignore[arg-type]
