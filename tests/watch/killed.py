"""Mornings of a desk as processes of their own, killed while they run.

``python -m tests.watch.killed FOLDER ROUNDS SEED``
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import pandas as pd
import scipy.stats  # noqa: F401  (before the fork, that a child need not)

from coupling.watch import running
from coupling.watch.state import read_last_findings, read_state
from tests.watch.desk import START, Desk, paths

MONITORED = """\
title: Two of one's own
focus: AAA
instruments: [AAA, BBB]
define:
  AAA: {kind: price, unit: USD, title: One, sources: [{file: aaa.csv, clock: UTC}]}
  BBB: {kind: price, unit: USD, title: Other, sources: [{file: bbb.csv, clock: UTC}]}
data: {directory: prices}
alignment: {days: every, at: "24:00 UTC"}
correlation: null
change: {breaks: null, bai_perron: null, envelope: null, levels: null, monitor: {min_baseline: 100, lag: 20}}
watch: {rules: [monitor_left, verdict_changed]}
"""
FIRST, BREAK = 200, 215


def desk_in(folder: Path, rounds: int) -> Desk:
    """Return a desk whose correlation breaks soon after its first morning."""
    return Desk(folder, prices=paths(3, FIRST + rounds + 60, at=BREAK, after=0.9), text=MONITORED)


def run_on(desk: Desk, day: int) -> int:
    """Run the command on the morning after a day."""
    desk.grow(day)
    morning = START.tz_localize("UTC") + pd.Timedelta(days=day, hours=7)
    running.now = lambda: morning
    return desk.run().exit_code


def told_in(desk: Desk) -> set[str]:
    """Return the alerts of the newest file, which is whole whenever it is looked at."""
    path = desk.folder / "out.json"
    return {each["id"] for each in json.loads(path.read_text())["studies"][0]["alerts"]} if path.exists() else set()


def require_whole(desk: Desk) -> None:
    """Stop where what is remembered is not whole."""
    folder = desk.kept.parent
    if folder.is_dir():
        state = read_state(folder)
        if state.last is not None:
            read_last_findings(folder, state.last)


def kill(desk: Desk, rounds: int, seed: int) -> None:
    moments = random.Random(seed)
    begun = time.monotonic()
    run_on(desk, FIRST)
    lasts = time.monotonic() - begun
    told, killed = set[str](), 0
    for count in range(1, rounds + 1):
        child = os.fork()
        if not child:
            run_on(desk, FIRST + count)
            os._exit(0)
        time.sleep(moments.uniform(0.0, lasts))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
        require_whole(desk)
        told |= told_in(desk)
    code = run_on(desk, FIRST + rounds + 60)
    require_whole(desk)
    left = sorted(path.name for path in desk.kept.parent.iterdir())
    said = {"told": sorted(told | told_in(desk)), "code": code, "killed": killed, "left": left}
    sys.stdout.write(f"{json.dumps(said)}\n")


if __name__ == "__main__":
    kill(desk_in(Path(sys.argv[1]), int(sys.argv[2])), int(sys.argv[2]), int(sys.argv[3]))
