"""Work that would not fit is refused before anything is allocated, with the size that it asks for."""

from __future__ import annotations

import logging
import tracemalloc
from functools import partial
from itertools import combinations, islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupling.change import (
    BaiPerron,
    ConstancyEnvelope,
    ContagionTest,
    CorrelationBreak,
    CorrelationMonitor,
    LevelCorrelation,
    SplitTest,
)
from coupling.change.regimes import RegimeModel
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
from coupling.correlation.pairs import Pairs
from coupling.direction import LeadLag, Spillover
from coupling.direction.time_varying import TimeVaryingSpillover
from coupling.errors import InputError
from coupling.events import EventStudy, LocalProjection
from coupling.inference import bootstrap_means, sign_flip
from coupling.limits import budget
from coupling.limits.budget import allowance, available_memory, require_memory
from coupling.machine.parallel import in_parallel

RNG = np.random.default_rng(3)
WIDE = pd.DataFrame(RNG.normal(size=(400, 40)), index=pd.date_range("2023-01-02", periods=400)).add_prefix("A")
LEVELS = {str(name): WIDE[name].cumsum() for name in WIDE}


@pytest.mark.parametrize(
    ("estimator", "data"),
    [
        (RollingCorrelation(window=60), WIDE),
        (RollingCorrelation(window=60, method="spearman"), WIDE),
        (ExponentialCorrelation(window=60), WIDE),
        (PartialCorrelation(window=60, given=["A0"]), WIDE),
        (ShrunkCorrelation(window=60), WIDE),
        (TailDependence(window=60), WIDE),
        (DccCorrelation(), WIDE),
        (HayashiYoshidaCorrelation(window="90d"), LEVELS),
        (HayashiYoshidaCorrelation(window="90d", step="1s"), dict(list(LEVELS.items())[:2])),
        (Spillover(window=200), WIDE),
        (TimeVaryingSpillover(), WIDE),
    ],
    ids=lambda part: repr(part) if hasattr(part, "fit") else "",
)
def test_a_table_that_does_not_fit_is_refused_at_once(estimator: Any, data: Any) -> None:
    with allowance(memory=2e6), pytest.raises(InputError, match=r"would need \d.* of memory, and 2\.0 MB may be taken"):
        estimator.fit(data)


def test_the_intervals_of_all_pairs_are_weighed_too() -> None:
    fitted = RollingCorrelation(window=60).fit(WIDE)
    with allowance(memory=6e6), pytest.raises(InputError, match="780 pairs in 400 windows would need"):
        fitted.intervals()


X = WIDE.iloc[:, :3]
EVENTS = [X.index[k] for k in range(60, 380, 20)]


@pytest.mark.parametrize(
    "prepare",
    [
        *(
            partial(partial, estimator.fit, WIDE)
            for estimator in (
                RollingCorrelation(method="spearman"), ExponentialCorrelation(window=60), PartialCorrelation(window=60),
                ShrunkCorrelation(window=60), TailDependence(window=60), DccCorrelation(), RollingBeta(window=60),
                SplitTest(date=X.index[200]), CorrelationBreak(), ConstancyEnvelope(window=60), RegimeModel(),
                CorrelationMonitor(), LevelCorrelation(), LeadLag(), TimeVaryingSpillover(), LeadLag(max_lag=100),
                ContagionTest(source="A0", target="A1", calm=X.index[:200], stress=X.index[200:], replications=10**5),
            )
        ),
        lambda: partial(HayashiYoshidaCorrelation().fit, LEVELS),
        lambda: partial(LeadLag().fit, LEVELS),
        lambda: partial(BaiPerron().fit, X["A0"]),
        lambda: partial(Spillover(window=200).fit, X),
        lambda: partial(
            EventStudy(event_window=(-2, 3), estimation_window=(-50, -10), replications=99).fit, WIDE, EVENTS
        ),
        lambda: partial(LocalProjection(horizons=5).fit, WIDE, EVENTS),
        lambda: partial(bootstrap_means, X, block=2, replications=10**5),
        lambda: partial(sign_flip, np.arange(1.0, 400.0), replications=10**5),
        lambda: partial(Spillover(replications=10**5).fit(X).intervals),
        lambda: partial(Spillover(window=200, replications=999, every=1).fit(X).intervals),
        lambda: partial(TimeVaryingSpillover(replications=999).fit(X).intervals),
        lambda: partial(LeadLag(max_lag=50, replications=10**4).fit(X).peak, "A0", "A1"),
        lambda: partial(RollingCorrelation(window=60).fit(WIDE).intervals),
        lambda: partial(TailDependence().fit(WIDE).intervals),
        lambda: partial(HayashiYoshidaCorrelation().fit(LEVELS).intervals),
    ],
)  # fmt: skip
def test_work_that_would_take_too_long_is_refused_before_it_begins(prepare: Any) -> None:
    work = prepare()
    with allowance(seconds=1e-3), pytest.raises(InputError, match=r"would take about .* allowed unasked; .* or allow"):
        work()


@pytest.mark.parametrize(("seconds", "words"), [(1.9, ""), (48.0, "the intervals: about 48 seconds\n")])
def test_long_work_says_so_where_nobody_listens_to_the_log(
    seconds: float, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging.getLogger("coupling"), "handlers", [])
    monkeypatch.setattr(logging.getLogger("coupling"), "propagate", False)
    budget.require_seconds(seconds, "the intervals", "take fewer")
    in_parallel([(budget.require_seconds, (seconds, "a part", "take fewer"))], 1)
    assert capsys.readouterr().err == words


def test_workers_may_take_what_their_parent_may() -> None:
    with allowance(seconds=7):
        assert in_parallel([(budget.allowed_seconds, ()), (budget.allowed_seconds, ())], 1) == [7, 7]


@pytest.mark.thorough
def test_three_thousand_instruments_are_refused_in_a_minute_however_they_are_asked_for() -> None:
    changes = pd.DataFrame(np.tile(RNG.normal(size=(300, 1)), 3000))
    levels = {str(name): LEVELS["A0"] for name in changes}
    for fit, data in ((RollingCorrelation(method="spearman").fit, changes), (HayashiYoshidaCorrelation().fit, levels)):
        with pytest.raises(InputError, match=r"4,498,500 pairs .* would take about"):
            fit(data)


@given(st.integers(2, 400), st.data())
def test_a_pair_has_its_columns_without_counting_to_it(instruments: int, data: st.DataObject) -> None:
    pair = data.draw(st.integers(0, instruments * (instruments - 1) // 2 - 1))
    assert Pairs.of(range(instruments)).columns_of(pair) == next(
        islice(combinations(range(instruments), 2), pair, None)
    )


@pytest.mark.thorough
def test_three_thousand_instruments_are_refused_in_a_sentence_and_little_memory() -> None:
    changes = pd.DataFrame(np.tile(RNG.normal(size=(2500, 1)), 3000))
    tracemalloc.start()
    try:
        with (
            allowance(memory=64e9),
            pytest.raises(InputError, match=r"4,498,500 pairs in 2,500 windows would need 180"),
        ):
            RollingCorrelation(window=60).fit(changes)
        assert tracemalloc.get_traced_memory()[1] < 5 * changes.to_numpy().nbytes
    finally:
        tracemalloc.stop()


def test_the_estimate_holds_what_is_really_taken() -> None:
    changes = pd.DataFrame(RNG.normal(size=(2000, 60)))
    RollingCorrelation(window=60).fit(changes)
    tracemalloc.start()
    RollingCorrelation(window=60).fit(changes)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    estimated = 60 * 59 / 2 * (16 * 2000 + 300)
    assert peak / 3 < estimated < 3 * peak


def test_free_memory_is_that_of_the_machine_or_of_the_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1e6 < available_memory() < 1e15
    for name, text in (
        ("memory.max", "1000"),
        ("memory.current", "700"),
        ("memory.stat", "inactive_file 50\n"),
    ):
        (tmp_path / name).write_text(text)
    assert budget._free_in_group(tmp_path, *budget._GROUPS[0]) == 350
    (tmp_path / "memory.max").write_text("max\n")
    assert budget._free_in_group(tmp_path, *budget._GROUPS[0]) == float("inf")
    monkeypatch.setattr(budget, "available_memory", lambda: 1e8)
    require_memory(7e7, "this", "")
    with pytest.raises(InputError, match=r"this would need 90\.0 MB of memory, and 80\.0 MB may be taken; halve it"):
        require_memory(9e7, "this", "halve it")


def test_an_allowance_ends_with_its_block() -> None:
    with allowance(seconds=5), allowance(memory=1):
        assert budget.allowed_seconds() == 5
    assert budget.allowed_seconds() == budget.SECONDS
