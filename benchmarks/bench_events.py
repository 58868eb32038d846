"""Event studies, placebo studies and local projections against loops, in one run.

Run ``python benchmarks/bench_events.py``; it prints a markdown table. The looping peer of the event study is one
statsmodels regression per series with Patell and BMP written out, as looping packages do. Times are the best of
several; machines differ, ratios less.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.tsa.api import LocalProjections
from timing import seconds

from coupling.events import EventStudy, LocalProjection
from coupling.events.studies.abnormal import regress
from coupling.events.studies.classical import classical_tests
from coupling.events.studies.expected import expectation, form_windows
from coupling.events.studies.rows import changes_of_frame, frame_timeline

SERIES, ROWS, PLACE = 1000, 400, 200
EVENT, ESTIMATION = (-2, 2), (-125, -6)


def returns(rows: int, width: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    days = pd.date_range("2010-01-01", periods=rows, freq="B")
    market = rng.standard_t(5, size=rows)
    values = 0.8 * market[:, None] + rng.standard_t(5, size=(rows, width))
    return pd.DataFrame(values, index=days, columns=[f"S{k}" for k in range(width)]).assign(M=market)


def loop(X: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """One regression per series, then Patell and BMP of each day."""
    market = X["M"].to_numpy()
    window, event = slice(PLACE - 125, PLACE - 5), slice(PLACE - 2, PLACE + 3)
    design, days = sm.add_constant(market[window]), sm.add_constant(market[event], has_constant="add")
    scaled, weight = [], 0.0
    for name in X.columns[:-1]:
        fit = sm.OLS(X[name].to_numpy()[window], design).fit()
        forecast = fit.get_prediction(days)
        scaled.append((X[name].to_numpy()[event] - forecast.predicted_mean) / forecast.se_obs)
        weight += fit.df_resid / (fit.df_resid - 2)
    scores = np.array(scaled)
    return scores.sum(axis=0) / np.sqrt(weight), np.sqrt(len(scores)) * scores.mean(0) / scores.std(0, ddof=1)


def arrays_only(X: pd.DataFrame) -> Callable[[], object]:
    changes = changes_of_frame(X, allow_levels=False)
    line = frame_timeline(changes, [X.index[PLACE]], days="XNYS", window=EVENT)
    plan = expectation("market", line.names, market="M", factors=(), event_window=EVENT, estimation_window=ESTIMATION)
    names = [line.names[k] for k in plan.responses]

    def call() -> object:
        abnormal = regress(form_windows(line, plan, line.positions, line.event_changes, None))
        return classical_tests(abnormal, ["event"], names, -2, ["patell", "bmp"])

    return call


def event_rows() -> list[tuple[str, float, float]]:
    X = returns(ROWS, SERIES)
    study = EventStudy(event_window=EVENT, estimation_window=ESTIMATION, model="market", market="M")

    def ours() -> pd.DataFrame:
        return study.fit(X, [X.index[PLACE]]).tests("classical", only=["patell", "bmp"])

    found = ours()
    days = found[(found["scope"] == "date") & (found["day"] != "window")]
    for test, expected in zip(("patell", "bmp"), loop(X), strict=True):
        np.testing.assert_allclose(days.loc[days["test"] == test, "statistic"], expected, rtol=1e-9)
    slow = seconds(lambda: loop(X), 1)
    return [
        ("1,000 event regressions, Patell and BMP (arrays)", seconds(arrays_only(X), 30), slow),
        ("the same through EventStudy, tables included", seconds(ours, 10), slow),
    ]


def placebo_row() -> tuple[str, float, float]:
    """10,000 placebo studies of 10 dates × 5 instruments; the peer loops over 100 of them."""
    X = returns(2600, 5).drop(columns="M")
    events = X.index[300:2500:230][:10]

    def ours() -> object:
        return (
            EventStudy(event_window=(-1, 3), estimation_window=(-120, -6), replications=10_000)
            .fit(X, events)
            .placebos()
        )

    study = EventStudy(event_window=(-1, 3), estimation_window=(-120, -6))
    dates = X.index.to_numpy()[np.random.default_rng(0).integers(200, 2500, size=(100, 10))]
    slow = seconds(lambda: [study.fit(X, pd.DatetimeIndex(row)).frame for row in dates], 1) * 100
    return ("10,000 placebo studies of 10 dates × 5 instruments", seconds(ours, 5), slow)


def projection_row() -> tuple[str, float, float]:
    X = returns(2600, 4)
    shock = pd.Series(0.0, index=X.index)
    shock.iloc[100:2500:120] = 1.0
    joined = pd.concat([shock.rename("shock"), X], axis=1)
    peer = seconds(lambda: LocalProjections(joined, shock_idx=0, lags=2, horizons=10).fit(), 3)
    ours = seconds(lambda: LocalProjection(horizons=10, lags=2).fit(X, shock), 5)
    found = LocalProjection(horizons=10, lags=2).fit(X, shock).frame
    expected = np.asarray(LocalProjections(joined, shock_idx=0, lags=2, horizons=10).fit().irfs)[:, 1:, 0]
    last = found.loc[found["horizon"] == 10, "estimate"]  # the peer leaves the last 10 rows out at every horizon
    np.testing.assert_allclose(last, expected[10], atol=1e-8)
    return ("local projections, 10 horizons × 5 responses (statsmodels)", ours, peer)


def main() -> None:
    print("| task | coupling (ms) | peer (ms) | ratio |")
    print("|---|---|---|---|")
    for task, ours, peer in [*event_rows(), placebo_row(), projection_row()]:
        print(f"| {task} | {ours * 1e3:.1f} | {peer * 1e3:.0f} | {peer / ours:.0f} |")


if __name__ == "__main__":
    main()
