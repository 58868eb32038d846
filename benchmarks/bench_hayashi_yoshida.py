"""Hayashi–Yoshida correlation against hfhd, in one run.

Run ``python benchmarks/bench_hayashi_yoshida.py``; it prints two markdown tables: speed, and growth with the number of
observations. A time is the best of several. Cold is the first call in a new process with an empty cache, compilation
included. hfhd's compiled kernel is called directly, since its own reading of series fails on numpy 2; it has no rolling
form, so that it is called once per window, and it gives no interval.
"""

from __future__ import annotations

import tracemalloc
from time import perf_counter

import numpy as np
import pandas as pd
from hfhd.hf import _hayashi_yoshida
from timing import cold, seconds

from coupling.correlation import HayashiYoshidaCorrelation

_COLD = """
import numpy as np, pandas as pd
from time import perf_counter
rng = np.random.default_rng(0)
walk = rng.normal(size=(2000, 2)).cumsum(axis=0)
days = pd.date_range("2000", periods=2000, freq="D")
a, b = pd.Series(walk[:, 0], index=days), pd.Series(walk[:, 1], index=days + pd.Timedelta(hours=15))
start = perf_counter()
{code}
print(perf_counter() - start)
"""
_OURS = "from coupling.correlation import HayashiYoshidaCorrelation as H\nf = H().fit({'a': a, 'b': b})"
_HFHD = """from hfhd.hf import _hayashi_yoshida
t = [x.index.as_unit("ns").asi8.astype("uint64") for x in (a, b)]
_hayashi_yoshida(t[0], t[1], np.r_[0.0, np.diff(a)], np.r_[0.0, np.diff(b)])"""


def levels(rows: int, width: int = 2, every: str = "1D") -> dict[str, pd.Series]:
    """Return random walks that are struck at different hours, with correlation one half."""
    rng = np.random.default_rng(0)
    steps = rng.standard_normal((rows, width)) + rng.standard_normal((rows, 1))
    start = pd.date_range("1970-01-01", periods=rows, freq=every, tz="UTC", unit="ns")
    names = [f"x{j}" for j in range(width)]
    apart = pd.Timedelta(every) * 0.6 / width
    return {name: pd.Series(steps[:, j].cumsum(), index=start + j * apart) for j, name in enumerate(names)}


def through_hfhd(left: pd.Series, right: pd.Series) -> float:
    """Return the correlation by hfhd's covariance."""
    times = [item.index.asi8.astype(np.uint64) for item in (left, right)]
    changes = [np.concatenate(([0.0], np.diff(item.to_numpy()))) for item in (left, right)]
    covariance = _hayashi_yoshida(times[0], times[1], changes[0], changes[1])
    return float(covariance / np.sqrt((changes[0] ** 2).sum() * (changes[1] ** 2).sum()))


def agree(pair: dict[str, pd.Series]) -> None:
    """Check that both give the same number where no interval sticks out."""
    left, right = pair["x0"], pair["x1"]
    right = right.loc[: left.index[-1]]
    left = left.loc[right.index[0] : right.index[-1]]
    right = right.loc[left.index[0] : left.index[-1]]
    ours = HayashiYoshidaCorrelation().fit({"x0": left, "x1": right}).correlation_.iloc[0, 0]
    first, last = max(left.index[0], right.index[0]), min(left.index[-1], right.index[-1])
    theirs = through_hfhd(left.loc[first:last], right.loc[first:last])
    assert abs(ours - theirs) < 1e-12, (ours, theirs)


def window_by_window(pair: dict[str, pd.Series], ends: pd.DatetimeIndex) -> float:
    """Return the seconds that hfhd takes for one window of 250 days per end."""
    start = perf_counter()
    for end in ends:
        through_hfhd(*(item.loc[end - pd.Timedelta(days=250) : end] for item in pair.values()))
    return perf_counter() - start


def speed() -> None:
    print("| one pair | coupling | hfhd | hfhd / coupling |")
    print("| --- | ---: | ---: | ---: |")
    for rows in (2_500, 100_000):
        pair = levels(rows)
        agree(pair)
        ours = seconds(lambda pair=pair: HayashiYoshidaCorrelation().fit(pair), 5)
        theirs = seconds(lambda pair=pair: through_hfhd(*pair.values()), 5)
        print(f"| whole sample, T = {rows:,} | {ours * 1e3:.1f} ms | {theirs * 1e3:.1f} ms | {theirs / ours:.1f} |")
    pair = levels(2_500)
    rolling = HayashiYoshidaCorrelation(window="250d")
    ours = seconds(lambda: rolling.fit(pair), 5)
    fitted = rolling.fit(pair)
    ends = pd.DatetimeIndex(fitted.correlation_.dropna().index)
    theirs = window_by_window(pair, ends)
    print(f"| {len(ends):,} windows of 250 days | {ours * 1e3:.1f} ms | {theirs * 1e3:.0f} ms | {theirs / ours:.0f} |")
    both = seconds(lambda: fitted.between("x0", "x1"), 5)
    print(f"| their intervals | {both * 1e3:.1f} ms | none | |")
    codes = _OURS, _HFHD, _OURS + '.between(*"ab")'
    first, peer, spread = (cold(_COLD.format(code=code)) for code in codes)
    print(f"| cold, with import and compilation | {first:.1f} s | {peer:.1f} s | {peer / first:.1f} |")
    print(f"| cold, with an interval | {spread:.1f} s | none | |")


def growth() -> None:
    print("\n| five instruments, hourly, windows of 60 days each day | T each | estimates | per observation | memory |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for rows in (3_000, 10_000, 100_000, 1_000_000):
        five = levels(rows, 5, "1h")
        estimator = HayashiYoshidaCorrelation(window="60d")
        taken = seconds(lambda five=five, estimator=estimator: estimator.fit(five), 2)
        tracemalloc.start()
        estimator.fit(five)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        memory = peak / (rows * 5 * 16)
        print(f"| | {rows:,} | {taken * 1e3:.0f} ms | {taken / rows / 5 * 1e9:.0f} ns | {memory:.1f} × input |")


if __name__ == "__main__":
    speed()
    growth()
