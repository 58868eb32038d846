"""``coupling data``: what is at hand, fetched, listed and audited."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from coupling.cli.options import Data, Some, StoreFolder, Verbose
from coupling.cli.terminal import guarded, log_to_stderr, print_table, progress_bar, say

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Data: what is at hand, and whether it is dated rightly.")


@app.command("fetch")
def fetch_data(configurations: Some = None, store: StoreFolder = None, verbose: Verbose = False) -> None:
    """Fetch every series live and keep it in the store."""
    log_to_stderr(verbose=verbose, quiet=False)
    raise typer.Exit(guarded(partial(_fetch, configurations or [], store)))


def _fetch(configurations: list[Path], folder: Path | None) -> int:
    from coupling.study.fetching import fetch_studies

    with progress_bar() as progress:
        fetched = fetch_studies(configurations, folder, progress)
    print_table(fetched.table.set_index("instrument"))
    for name, reason in fetched.missing.items():
        say(f"{name}: {reason}.")
    return 1 if fetched.missing else 0


@app.command("list")
def list_data(
    store: StoreFolder = None,
    check: Annotated[bool, typer.Option("--check", help="Read every file and say what is wrong.")] = False,
) -> None:
    """List what the store holds."""
    log_to_stderr(verbose=False, quiet=False)
    raise typer.Exit(guarded(partial(_list_stored, store, check=check)))


def _list_stored(folder: Path | None, *, check: bool) -> int:
    from coupling.data.store import Store

    store = Store(folder)
    say(f"store: {store.folder}")
    table = store.check() if check else store.list().drop(columns="sha256")
    print_table(table.set_index(table.columns[0]))
    return int(check and not table["state"].eq("ok").all())


@app.command("audit")
def audit_data(
    configurations: Some = None,
    data: Data = None,
) -> None:
    """Find at which instant each source is really struck, and which files are dated late."""
    raise typer.Exit(guarded(partial(_audit, configurations or [], data)))


def _audit(configurations: list[Path], data: Path | None) -> int:
    from coupling.study.auditing import audit_studies

    table = audit_studies(configurations, data)
    print_table(table.drop(columns="verdict").set_index("instrument"))
    for verdict in table["verdict"]:
        print(verdict)
    return 0
