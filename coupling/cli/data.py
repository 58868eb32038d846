"""``coupling data``: what is available, fetched, listed and audited."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from coupling.cli.audit_table import audit_lines
from coupling.cli.options import Data, Some, StoreFolder, Verbose
from coupling.cli.progress import working
from coupling.cli.terminal import guarded, log_to_stderr, print_table, say

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Data: what is available, and whether timestamps are correct.")


@app.command("fetch")
def fetch_data(
    configurations: Some = None,
    store: StoreFolder = None,
    every_source: Annotated[
        bool,
        typer.Option("--every-source", help="Fetch the secondary sources too, for checks, repairs and the audit."),
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Fetch every series live and keep it in the store."""
    log_to_stderr(verbose=verbose, quiet=False)
    raise typer.Exit(guarded(partial(_fetch, configurations or [], store, every_source=every_source)))


def _fetch(configurations: list[Path], folder: Path | None, *, every_source: bool) -> int:
    from coupling.study.fetching import fetch_studies

    with working() as progress:
        fetched = fetch_studies(configurations, folder, progress, every_source=every_source)
    print_table(fetched.table.set_index("instrument"))
    for name, reason in fetched.missing.items():
        say(f"{name}: {reason}.")
    return 1 if fetched.missing else 0


@app.command("list")
def list_data(
    store: StoreFolder = None,
    check: Annotated[bool, typer.Option("--check", help="Read every file and say what is wrong.")] = False,
    revisions: Annotated[bool, typer.Option("--revisions", help="List every value that was revised.")] = False,
) -> None:
    """List what the store holds."""
    log_to_stderr(verbose=False, quiet=False)
    if check and revisions:
        raise typer.BadParameter("give either --check or --revisions")
    raise typer.Exit(guarded(partial(_list_stored, store, check=check, revisions=revisions)))


def _list_stored(folder: Path | None, *, check: bool, revisions: bool) -> int:
    from coupling.data.stores.store import Store

    store = Store(folder)
    say(f"store: {store.folder}")
    table = store.check() if check else store.all_revisions() if revisions else store.list().drop(columns="sha256")
    if table.empty:
        say("no value was revised." if revisions else "it is empty; fill it with 'coupling data fetch'.")
        return 0
    print_table(table.set_index(table.columns[0]))
    return int(check and not table["state"].eq("ok").all())


@app.command("export")
def export_data(
    out: Annotated[Path, typer.Option("--out", help="The folder to write; it does not exist or is empty.")],
    configurations: Some = None,
    data: Data = None,
    store: StoreFolder = None,
    verbose: Verbose = False,
) -> None:
    """Write what reports read into a folder that gives a colleague the same pages with --data."""
    log_to_stderr(verbose=verbose, quiet=False)
    raise typer.Exit(guarded(partial(_export, configurations or [], out, data, store)))


def _export(configurations: list[Path], out: Path, data: Path | None, store: Path | None) -> int:
    from coupling.study.exporting import export_studies

    folder, export = export_studies(configurations, out, data=data, store=store)
    print(folder)
    for name, reason in export.missing.items():
        say(f"{name} is not in it: {reason}.")
    return 1 if export.missing else 0


@app.command("audit")
def audit_data(
    configurations: Some = None,
    data: Data = None,
    store: StoreFolder = None,
) -> None:
    """Find at which instant each source is really struck, and which files are dated late."""
    log_to_stderr(verbose=False, quiet=False)
    raise typer.Exit(guarded(partial(_audit, configurations or [], data, store)))


def _audit(configurations: list[Path], data: Path | None, store: Path | None) -> int:
    from coupling.study.auditing import audit_studies

    table = audit_studies(configurations, data, store)
    if table.empty:
        say("no instrument has two available sources or an hourly file that share 100 changes; nothing is audited.")
        say("Give --data FOLDER with more files, or fill the store with 'coupling data fetch --every-source'.")
        return 0
    for line in audit_lines(table):
        print(line)
    return 0
