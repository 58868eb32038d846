"""What other programs answer where the truth is known: prints the tables of docs/how_it_compares.md.

Run ``python benchmarks/peers_answers.py [draws]``; every row is computed in this one run, by the program that it names.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import version

import numpy as np
import pandas as pd
import polars as pl
from hfhd.hf import _hayashi_yoshida
from numbagg import move_corr
from scipy.stats import pearsonr

import coupling as cp
from coupling.correlation import HayashiYoshidaCorrelation
from coupling.data.simulation.diffusions import hourly_paths, struck
from coupling.errors import InputError

Answer = tuple[float, float, float]
NONE = float("nan")


def same_date(levels: dict[str, pd.Series]) -> pd.DataFrame:
    """Return changes joined on the date, as one does who knows no clock."""
    frame = pd.DataFrame({name: pd.Series(s.to_numpy(), s.index.normalize()) for name, s in levels.items()})
    return frame.dropna().diff().iloc[1:]


def of_pandas(changes: pd.DataFrame) -> Answer:
    return float(changes["early"].corr(changes["late"])), NONE, NONE


def of_polars(changes: pd.DataFrame) -> Answer:
    table = pl.DataFrame({name: changes[name].to_numpy() for name in changes})
    return float(table.select(pl.corr("early", "late")).item()), NONE, NONE


def of_numbagg(changes: pd.DataFrame) -> Answer:
    early, late = (changes[name].to_numpy() for name in ("early", "late"))
    return float(move_corr(early, late, window=len(changes))[-1]), NONE, NONE


def of_scipy(changes: pd.DataFrame) -> Answer:
    found = pearsonr(changes["early"], changes["late"])
    low, high = found.confidence_interval(0.95)
    return float(found.statistic), float(low), float(high)


def of_rolling(changes: pd.DataFrame) -> Answer:
    row = cp.RollingCorrelation().fit(changes).between("early", "late").iloc[-1]
    return float(row["estimate"]), float(row["lower"]), float(row["upper"])


def of_hfhd(levels: dict[str, pd.Series]) -> Answer:
    instants = [s.index.as_unit("ns").asi8.astype("uint64") for s in levels.values()]
    moves = [np.r_[0.0, np.diff(s.to_numpy())] for s in levels.values()]
    sizes = [float((move**2).sum()) for move in moves]
    return float(_hayashi_yoshida(*instants, *moves) / np.sqrt(sizes[0] * sizes[1])), NONE, NONE


def of_instants(levels: dict[str, pd.Series]) -> Answer:
    row = HayashiYoshidaCorrelation().fit(levels).between("early", "late").iloc[-1]
    return float(row["estimate"]), float(row["lower"]), float(row["upper"])


def show(rows: dict[str, list[Answer]], truth: float) -> None:
    for name, answers in rows.items():
        found = np.array(answers)
        held = (found[:, 1] <= truth) & (truth <= found[:, 2])
        covered = "no interval" if np.isnan(found[:, 1]).all() else f"{held.mean():.2f}"
        print(f"| {name} | {found[:, 0].mean():.2f} | {covered} |")


def unequal(draws: int) -> None:
    truth = pd.DataFrame([[1, 0.5], [0.5, 1]], columns=["early", "late"])
    on_dates: dict[str, Callable[[pd.DataFrame], Answer]] = {
        f"pandas {pd.__version__}, `Series.corr` of one date": of_pandas,
        f"polars {pl.__version__}, `pl.corr` of one date": of_polars,
        f"numbagg {version('numbagg')}, `move_corr` of one date": of_numbagg,
        f"scipy {version('scipy')}, `pearsonr` with its interval, of one date": of_scipy,
        "coupling, `RollingCorrelation` of one date (a panel flags such a pair)": of_rolling,
    }
    on_instants = {
        f"hfhd {version('hfhd')}, its Hayashi–Yoshida kernel": of_hfhd,
        "coupling, `HayashiYoshidaCorrelation`": of_instants,
    }
    rows: dict[str, list[Answer]] = {name: [] for name in (*on_dates, *on_instants)}
    for seed in range(draws):
        paths = hourly_paths(truth, days=1000, random_state=seed)
        levels = {"early": struck(paths["early"], 6), "late": struck(paths["late"], 21)}
        joined = same_date(levels)
        for name, ask in on_dates.items():
            rows[name].append(ask(joined))
        for name, of in on_instants.items():
            rows[name].append(of(levels))
    print(f"True correlation 0.50, struck at 06:00 and 21:00 UTC of business days, 1,000 days, {draws} draws.\n")
    print("| asked of | mean answer | its 95 % interval holds 0.50 |\n| --- | ---: | ---: |")
    show(rows, 0.5)


def heavy(draws: int) -> None:
    rng = np.random.default_rng(11)
    rows: dict[str, list[Answer]] = {f"scipy {version('scipy')}, `pearsonr`": [], "coupling, `RollingCorrelation`": []}
    for _ in range(draws):
        scale = np.sqrt(2 / rng.chisquare(4, 250))[:, None]
        normal = rng.multivariate_normal([0, 0], [[1, 0.3], [0.3, 1]], 250)
        changes = pd.DataFrame(normal * scale, columns=["early", "late"])
        for name, ask in zip(rows, (of_scipy, of_rolling), strict=True):
            rows[name].append(ask(changes))
    print(f"\nTrue correlation 0.30, 250 rows of Student's t with 4 degrees of freedom, {draws} draws.\n")
    print("| asked of | mean answer | its 95 % interval holds 0.30 |\n| --- | ---: | ---: |")
    show(rows, 0.3)


def levels_given(draws: int) -> None:
    rng = np.random.default_rng(12)
    large, refused = 0, 0
    for _ in range(draws):
        walks = pd.DataFrame(100 + rng.normal(size=(250, 2)).cumsum(axis=0), columns=["early", "late"])
        large += abs(of_pandas(walks)[0]) > 0.4
        try:
            of_rolling(walks)
        except InputError:
            refused += 1
    print(f"\nLevels of two independent random walks, 250 rows, {draws} draws.\n")
    print("| asked of | |\n| --- | --- |")
    print(f"| pandas {pd.__version__}, `Series.corr` | more than 0.4 in size in {large / draws:.0%} |")
    print(f"| coupling, `RollingCorrelation` | refused as levels in {refused / draws:.0%} |")


def main(draws: int) -> None:
    unequal(draws)
    heavy(draws)
    levels_given(draws)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
