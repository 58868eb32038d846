"""``coupling claims``: the verdict on every claim of a configuration."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import Any

import typer

from coupling.cli.claim_lines import claim_lines
from coupling.cli.options import (
    Configurations,
    Data,
    Fallback,
    Offline,
    StoreFolder,
    Tables,
    Verbose,
    Yes,
    is_simulated,
)
from coupling.cli.progress import working
from coupling.cli.terminal import WIDTH, guarded, log_to_stderr, worst
from coupling.machine.names import folder_in

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("claims")(print_verdicts)


def print_verdicts(
    configurations: Configurations,
    data: Data = None,
    store: StoreFolder = None,
    offline: Offline = False,
    tables: Tables = None,
    fallback: Fallback = None,
    yes: Yes = False,
    verbose: Verbose = False,
) -> None:
    """Print the verdict on every claim of each configuration; -v adds rules, methods and variants."""
    log_to_stderr(verbose=verbose, quiet=False)
    simulated = is_simulated(fallback)
    where = {"data": data, "store": store, "offline": offline, "fallback_simulated": simulated, "yes": yes}
    work = partial(_print_claims, where=where, tables=tables, verbose=verbose)
    raise typer.Exit(worst(guarded(partial(work, path)) for path in configurations))


def _print_claims(path: Path, *, where: dict[str, Any], tables: Path | None, verbose: bool) -> int:
    from coupling.study import score

    with working():
        room = score(path, **where)
    width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)
    for line in claim_lines(room, width, verbose=verbose):
        print(line)
    if tables is not None:
        for result in room.results:
            for written in result.to_folder(folder_in(tables, path.stem)):  # type: ignore[union-attr]
                print(written)
    return 0
