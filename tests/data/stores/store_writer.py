"""Writers of a store as processes of their own: some are killed while they write, some write at the same time.

``python -m tests.data.stores.store_writer kill FOLDER ROUNDS SEED``, ``... crowd FOLDER WRITERS ANSWERS`` or
``... step FOLDER FIRST MOST``
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet  # noqa: F401  (before the fork, that a child need not)

from coupling.data.instrument import SourceEntry
from coupling.data.sources.rows import RawRows
from coupling.data.stores.store import Store

SHARED_SERIES = SourceEntry(provider="yahoo", symbol="BTC-USD", clock="UTC")
FIRST = pd.Timestamp("2026-01-01", tz="UTC")
FEW, MANY = 300, 20_000
LONGEST_LIFE = 0.2


def answer(number: int, *, again: bool = False, rows: int = FEW) -> RawRows:
    """Return an answer that only its number decides."""
    return RawRows(
        place="BTC-USD",
        when=pd.Series(pd.date_range("1970-01-01", periods=rows, unit="ns")),
        value=pd.Series(np.r_[float(number), np.random.default_rng(number).random(rows - 1)]),
        line=pd.Series(range(1, rows + 1)),
        sha256=f"{number:064d}",
        retrieved_at=FIRST + pd.Timedelta(minutes=number, seconds=30 if again else 0),
    )


def series_of(writer: int) -> SourceEntry:
    return SourceEntry(provider="yahoo", symbol=f"OWN-{writer}", clock="UTC")


def write_until_killed(folder: Path, first: int, started: int) -> None:
    """Save one answer after the other, each of them twice, and note what was committed after it was."""
    notes = os.open(folder / "committed.txt", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    store = Store(folder / "store")
    for number in range(first, first + 10_000):
        store.save("BTC", SHARED_SERIES, answer(number, rows=MANY))
        os.write(notes, f"{number} 1\n".encode())
        os.write(started, b".")
        store.save("BTC", SHARED_SERIES, answer(number, again=True, rows=MANY))
        os.write(notes, f"{number} 2\n".encode())


def kill(folder: Path, rounds: int, seed: int) -> None:
    moments = random.Random(seed)
    for count in range(rounds):
        reads, writes = os.pipe()
        child = os.fork()
        if not child:
            write_until_killed(folder, count * 10_000, writes)
            os._exit(0)
        os.close(writes)
        os.read(reads, 1)  # its first answer is committed, or it died
        time.sleep(moments.uniform(0.0, LONGEST_LIFE))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(reads)
        if not os.WIFSIGNALED(status):
            sys.exit(f"writer {count} ended by itself")


def crowd(folder: Path, writers: int, answers: int) -> None:
    children = []
    for writer in range(writers):
        child = os.fork()
        if not child:
            store = Store(folder / "store")
            for number in range(writer * 1000, writer * 1000 + answers):
                store.save("BTC", SHARED_SERIES, answer(number))
                store.save("OWN", series_of(writer), answer(number))
            os._exit(0)
        children.append(child)
    sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))


class DeadlyStep:
    """Kills this process at the start or at the end of the n-th call that touches the disk."""

    def __init__(self, deadly: int) -> None:
        self.deadly, self.count = deadly, 0
        os.fdopen, os.fsync, Path.replace = map(self.around, (os.fdopen, os.fsync, Path.replace))  # type: ignore

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **options: Any) -> Any:
            self.die_if_due()
            result = call(*arguments, **options)
            self.die_if_due()
            return result

        return called

    def die_if_due(self) -> None:
        self.count += 1
        if self.count == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)


def step(folder: Path, first: int, most: int) -> None:
    """Kill one writer at each step of a new vintage and of a retrieval, each in a store of its own."""
    for deadly in range(first, most):
        child = os.fork()
        if not child:
            store = Store(folder / f"{deadly:02d}")
            store.save("BTC", SHARED_SERIES, answer(1))
            DeadlyStep(deadly)
            store.save("BTC", SHARED_SERIES, answer(2))
            store.save("BTC", SHARED_SERIES, answer(2, again=True))
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
            return
    sys.exit("there are more steps than that")


if __name__ == "__main__":
    {"kill": kill, "crowd": crowd, "step": step}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
