"""The law of alignment on arrays, against a walk that looks at every tick in turn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from coupling.kernels.alignment import Times, common_days, last_known, since_all_began, synchronous

Integers = npt.NDArray[np.int64]
DAY = 10


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Integers, list[Times]]:
    """Ticks and one to three series on a small clock; some strikes share a date, and dates may go back."""
    instants = st.lists(st.integers(0, 60), min_size=1, max_size=25, unique=True).map(sorted)
    ticks = draw(st.lists(st.integers(0, 70), max_size=30, unique=True).map(sorted))
    series = []
    for struck in draw(st.lists(instants, min_size=1, max_size=3)):
        shift = draw(st.lists(st.sampled_from([0, 0, 0, -DAY]), min_size=len(struck), max_size=len(struck)))
        at = np.array(struck)
        series.append(Times(at, at // DAY * DAY + np.array(shift)))
    return np.array(ticks, dtype=np.int64), series


def newest(times: list[int], tick: int) -> int:
    return max((k for k, each in enumerate(times) if each <= tick), default=-1)


@given(worlds(), st.integers(0, 30))
@settings(max_examples=150)
def test_last_known_is_the_walk(world: tuple[Integers, list[Times]], oldest: int) -> None:
    ticks, series = world
    chosen = last_known(ticks, series, oldest=oldest)
    last = [-1] * len(series)
    for row, tick in enumerate(ticks.tolist()):
        places = [newest(each.struck.tolist(), tick) for each in series]
        old = [p < 0 or tick - int(each.struck[p]) > oldest for p, each in zip(places, series, strict=True)]
        stale = [p <= before for p, before in zip(places, last, strict=True)]
        assert chosen.places[row].tolist() == places
        assert chosen.lacking[row].tolist() == old
        assert chosen.nothing_new[row].tolist() == stale
        kept = not (any(old) or any(stale))
        assert chosen.keep[row] == kept
        last = places if kept else last


@given(worlds(), st.integers(0, 30))
@settings(max_examples=60)
def test_synchronous_keeps_what_is_near_enough(world: tuple[Integers, list[Times]], tolerance: int) -> None:
    ticks, series = world
    chosen = synchronous(ticks, series, tolerance=tolerance)
    near = [all(any(0 <= tick - at <= tolerance for at in each.struck) for each in series) for tick in ticks]
    assert chosen.keep.tolist() == near
    assert chosen.kept.tolist() == ticks[chosen.keep].tolist()


@given(worlds())
@settings(max_examples=60)
def test_common_days_picks_the_last_of_each_date(world: tuple[Integers, list[Times]]) -> None:
    _, series = world
    dates = np.arange(-DAY, 8 * DAY, DAY)
    chosen = common_days(dates, series)
    for row, date in enumerate(dates.tolist()):
        own = [max((k for k, day in enumerate(each.day) if day == date), default=-1) for each in series]
        assert chosen.places[row].tolist() == own
        assert chosen.keep[row] == (min(own) >= 0)
        if chosen.keep[row]:
            assert chosen.ticks[row] == max(int(each.struck[k]) for k, each in zip(own, series, strict=True))
            assert chosen.age[row].min() == 0


@given(worlds(), st.integers(0, 30))
@settings(max_examples=60)
def test_nothing_before_all_have_begun_is_ever_picked(world: tuple[Integers, list[Times]], oldest: int) -> None:
    ticks, series = world
    begins = since_all_began([each.struck for each in series])
    picked = last_known(ticks, series, oldest=oldest).picked
    assert (picked >= begins).all()
    begins = since_all_began([each.day for each in series])
    first = max(int(each.day.min()) for each in series)
    chosen = common_days(np.arange(first, 8 * DAY, DAY), series)
    assert (chosen.picked >= begins).all()
