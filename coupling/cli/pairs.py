"""``coupling pairs``: all pairs of a universe in parts on disk, here or on a cluster."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from coupling.cli.options import Data, Fallback, Offline, Quiet, StoreFolder, Verbose, Yes, is_simulated
from coupling.cli.progress import working
from coupling.cli.terminal import guarded, log_to_stderr

__all__ = ["register"]

Source = Annotated[Path, typer.Argument(help="A table of changes (CSV or Parquet), or the configuration of a study.")]
Parts = Annotated[Path, typer.Option("--out", help="A new folder for the parts (Parquet).")]
Length = Annotated[
    str | None, typer.Option("--window", help="Rows, or a length such as 250d; by default the study's, or 60 rows.")
]
Last = Annotated[bool, typer.Option("--last", help="Estimate the newest window alone.")]
Focus = Annotated[str | None, typer.Option("--focus", help="Estimate the pairs of this instrument alone.")]
Level = Annotated[float, typer.Option("--level", help="Coverage of the intervals.")]
Estimates = Annotated[bool, typer.Option("--estimates", help="Write estimates without intervals, which take longer.")]
Dask = Annotated[str | None, typer.Option("--dask", help="Address of a Dask scheduler that does the work.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("pairs")(write_all_pairs)


def write_all_pairs(
    source: Source,
    out: Parts,
    window: Length = None,
    last: Last = False,
    focus: Focus = None,
    level: Level = 0.95,
    estimates: Estimates = False,
    dask: Dask = None,
    data: Data = None,
    store: StoreFolder = None,
    offline: Offline = False,
    fallback: Fallback = None,
    yes: Yes = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Write the rolling correlation of every pair of a universe, in parts that are read back by filter."""
    log_to_stderr(verbose=verbose, quiet=quiet)
    where = {"data": data, "store": store, "offline": offline, "fallback_simulated": is_simulated(fallback)}
    asked = {"last": last, "focus": focus, "level": None if estimates else level, "dask": dask, "yes": yes}
    length = int(window) if window is not None and window.strip().isdecimal() else window
    raise typer.Exit(guarded(partial(_write, source, out, {"window": length, **asked, **where}, quiet=quiet)))


def _write(source: Path, out: Path, asked: dict[str, Any], *, quiet: bool) -> int:
    from coupling.study.pairs import write_pairs

    with working(quiet=quiet):
        written = write_pairs(source, out, **asked)
    for path in written:
        print(path)
    return 0
