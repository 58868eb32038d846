"""The flagship's page on a made market, claims and predictions included, against the page of quantstats.

Each page is made by a fresh process that imports, computes and writes; after each comes quantstats' own, and what is
compared are the medians of such turns. *Cold* has nothing compiled and nothing kept, *fresh* has the compiled code,
*again* is the same page a second time. Run it with ``python benchmarks/bench_report.py``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from made_market import write_market

ROUNDS = 3
FLAGSHIP = "configs/yen_carry.yaml"
THREE = """
title: Three instruments
focus: BTC
instruments: [BTC, USDJPY, SPX]
period: {start: 2015-01-01}
correlation: {rolling: {window: 60}, hayashi_yoshida: {window: 250d}}
change: {splits: [2025-01-01]}
direction: {lead_lag: {max_lag: 5}}
events: {catalogue: carry_unwinds, event_window: [-5, 10], estimation_window: [-250, -21]}
"""
PEER = """
import warnings
warnings.simplefilter("ignore")
import matplotlib
matplotlib.use("Agg")
import numpy as np, pandas as pd, quantstats
rng = np.random.default_rng(0)
days = pd.date_range("2014-12-31", "2025-12-31", freq="B")
returns, benchmark = (pd.Series(rng.normal(0, 0.01, len(days)), index=days) for _ in range(2))
quantstats.reports.html(returns, benchmark=benchmark, output="{out}/theirs.html")
"""

Spent = tuple[float, float]


def spent(command: list[str], cache: Path) -> Spent:
    """Return processor and wall seconds of a process and its children."""
    environment = os.environ | {"COUPLING_CACHE": str(cache), "PYTHONPATH": str(Path.cwd())}
    environment.pop("NUMBA_CACHE_DIR", None)
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    wall, after = time.perf_counter() - start, os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system, wall


class Turns:
    """Pages in turns with quantstats'."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.cache = folder, folder / "cache"
        self.three = folder / "three.yaml"
        self.three.write_text(THREE, encoding="utf-8")
        self.market = folder / "market"
        self.market.mkdir()
        write_market(self.market)

    def page(self, configuration: str, workers: int, cache: Path, *options: str) -> Spent:
        """Make a page."""
        ours = [sys.executable, "-m", "coupling", "report", configuration, "--data", str(self.market), "--quiet"]
        return spent([*ours, "--out", str(self.folder), "--workers", str(workers), *options], cache)

    def peer(self) -> Spent:
        """Make quantstats' page."""
        return spent([sys.executable, "-c", PEER.format(out=self.folder)], self.cache)

    def round(self, number: int) -> list[tuple[Spent, Spent]]:
        """Return what every page took in one round, each with the peer's after it."""
        self.page(str(self.three), 1, self.cache)  # each process of a user but the first finds the code compiled
        asked: list[tuple[str, int, Path, tuple[str, ...]]] = [
            (FLAGSHIP, 1, self.folder / f"cold {number}", ()),
            (FLAGSHIP, 1, self.cache, ("--fresh",)),
            (FLAGSHIP, 2, self.cache, ("--fresh",)),
            (FLAGSHIP, 1, self.cache, ()),
            (str(self.three), 1, self.cache, ("--fresh",)),
        ]
        if number == 0:
            self.page(FLAGSHIP, 1, self.cache)
        return [(self.page(*given[:3], *given[3]), self.peer()) for given in asked]


LABELS = (
    "flagship, cold, one worker",
    "flagship, fresh, one worker",
    "flagship, fresh, two workers",
    "flagship, again, one worker",
    "three instruments without claims, fresh, one worker",
)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        turns = Turns(Path(name))
        rounds = [turns.round(number) for number in range(ROUNDS)]
        sizes = [Path(name, page).stat().st_size / 1e6 for page in ("yen_carry.html", "theirs.html")]
    print("| page | processor, s | wall, s | quantstats in turns: processor, s | wall, s | processor, ratio |")
    print("|---|---:|---:|---:|---:|---:|")
    for label, column in zip(LABELS, zip(*rounds, strict=True), strict=True):
        ours, theirs = ([median(side[k] for side in sides) for k in (0, 1)] for sides in zip(*column, strict=True))
        numbers = [f"{value:.1f}" for value in (*ours, *theirs)]
        print(f"| {' | '.join([label, *numbers])} | {ours[0] / theirs[0]:.2f} |")
    print(f"\nSize of the page: {sizes[0]:.2f} MB, of quantstats' {sizes[1]:.2f} MB.")


if __name__ == "__main__":
    main()
