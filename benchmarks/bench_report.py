"""The flagship's page on a made market, claims and predictions included, against the page of quantstats.

Each page is made by a fresh process that imports, computes and writes; after each comes quantstats' own, and what is
compared are the medians of such turns. *Cold* has nothing compiled and nothing kept, *fresh* has the compiled code,
*again* is the same page a second time, *one section edited* and *one new day* (of every file) are pages of which an
earlier run kept what they share with it. Run it with ``python benchmarks/bench_report.py``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from made_market import write_market

ROUNDS = 3
CONFIGS, FLAGSHIP = Path("configs"), "yen_carry.yaml"
WINDOW = "rolling: {window: 60}"
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


def spent(command: list[str], cache: Path, **told: str) -> Spent:
    """Return processor and wall seconds of a process and its children."""
    environment = os.environ | {"COUPLING_CACHE": str(cache), "PYTHONPATH": str(Path.cwd())} | told
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
        self.flagship = shutil.copytree(CONFIGS, folder / "configs") / FLAGSHIP
        self.market, self.yesterday = folder / "market", folder / "yesterday"
        for made in (self.market, self.yesterday):
            made.mkdir()
        write_market(self.market)
        without_last_day(self.market, self.yesterday)

    def page(self, configuration: Path, workers: int, cache: Path, *options: str, market: Path | None = None) -> Spent:
        """Make a page."""
        ours = [sys.executable, "-m", "coupling", "report", str(configuration), "--data", str(market or self.market)]
        return spent([*ours, "--quiet", "--out", str(self.folder), "--workers", str(workers), *options], cache)

    def peer(self) -> Spent:
        """Make quantstats' page, with one thread of linear algebra as ours has."""
        return spent([sys.executable, "-c", PEER.format(out=self.folder)], self.cache, OMP_NUM_THREADS="1")

    def edited(self, number: int) -> Path:
        """Write the flagship with another window in one section."""
        text = self.flagship.read_text(encoding="utf-8")
        assert WINDOW in text
        changed = self.flagship.with_name("edited.yaml")
        changed.write_text(text.replace(WINDOW, f"rolling: {{window: {61 + number}}}"), encoding="utf-8")
        return changed

    def round(self, number: int) -> list[tuple[Spent, Spent]]:
        """Return what every page took in one round, each with the peer's after it."""
        day, flagship = self.folder / f"day {number}", self.flagship
        self.page(self.three, 1, self.cache)  # each process of a user but the first finds the code compiled
        self.page(flagship, 1, self.cache)
        self.page(flagship, 1, day, market=self.yesterday)
        asked: list[tuple[Path, int, Path, tuple[str, ...]]] = [
            (flagship, 1, self.folder / f"cold {number}", ()),
            (flagship, 1, self.cache, ("--fresh",)),
            (flagship, 2, self.cache, ("--fresh",)),
            (flagship, 1, self.cache, ()),
            (self.edited(number), 1, self.cache, ()),
            (flagship, 1, day, ()),
            (self.three, 1, self.cache, ("--fresh",)),
        ]
        return [(self.page(*given[:3], *given[3]), self.peer()) for given in asked]


def without_last_day(market: Path, folder: Path) -> None:
    """Write every file of a market without the day on which it ends."""
    for path in market.glob("*.csv"):
        first, *rows = path.read_text(encoding="utf-8").splitlines()
        earlier = [row for row in rows if row[:10] < rows[-1][:10]]
        (folder / path.name).write_text("\n".join([first, *earlier, ""]), encoding="utf-8")


LABELS = (
    "flagship, cold, one worker",
    "flagship, fresh, one worker",
    "flagship, fresh, two workers",
    "flagship, again, one worker",
    "flagship, one section edited, one worker",
    "flagship, one new day, one worker",
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
