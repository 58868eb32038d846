"""A whole simulated report, cold, against the page of quantstats on a panel of the same length.

Each side is a fresh Python process that imports, computes and writes its page; the two take turns and the medians are
compared. Run it with ``python benchmarks/bench_report.py``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROUNDS = 3
OURS = """
from coupling.study import run
run("configs/simulated.yaml").to_html("{out}/ours.html")
"""
THEIRS = """
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


def seconds(script: str) -> tuple[float, float]:
    """Return wall and processor seconds of a fresh process."""
    before, start = os.times(), time.perf_counter()
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - start, spent


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as out:
        rounds = [[seconds(script.format(out=out)) for script in (OURS, THEIRS)] for _ in range(ROUNDS)]
        sizes = [Path(out, name).stat().st_size / 1e6 for name in ("ours.html", "theirs.html")]
    ours, theirs = ([median(side[k] for side in column) for k in (0, 1)] for column in zip(*rounds, strict=True))
    print("| | coupling | quantstats | ratio |")
    print("|---|---|---|---|")
    for what, mine, other in (("wall", ours[0], theirs[0]), ("processor", ours[1], theirs[1])):
        print(f"| {what}, s | {mine:.1f} | {other:.1f} | {mine / other:.2f} |")
    print(f"| page, MB | {sizes[0]:.2f} | {sizes[1]:.2f} | {sizes[0] / sizes[1]:.2f} |")


if __name__ == "__main__":
    main()
