"""The command line: the only place that prints.

Standard output carries written paths and asked-for tables; the log and every message go to standard error.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from coupling.errors import ConfigurationError, CouplingError
from coupling.results.base import Result

__all__ = ["main"]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Is this coupling real? Correlations, changes, directions and events, with intervals.",
)
events_app = typer.Typer(no_args_is_help=True, help="Catalogues of events.")
app.add_typer(events_app, name="events")
data_app = typer.Typer(no_args_is_help=True, help="Data: what is at hand, and whether it is dated rightly.")
app.add_typer(data_app, name="data")

Configurations = Annotated[list[Path], typer.Argument(help="Configurations of studies (YAML).")]
Data = Annotated[Path | None, typer.Option(help="Folder of data files; it beats data.directory.")]
StoreFolder = Annotated[Path | None, typer.Option("--store", help="Folder of the store; it beats data.store.")]
Offline = Annotated[bool, typer.Option("--offline", help="Use what the store holds, and no network.")]
Some = Annotated[list[Path] | None, typer.Argument(help="Configurations; none: all instruments.")]
Out = Annotated[Path, typer.Option(help="Folder for the pages.")]
Tables = Annotated[Path | None, typer.Option(help="Folder for every table (CSV) and figure (PNG, SVG).")]
Fallback = Annotated[str | None, typer.Option(help="'simulated': use the simulated market where no data can be had.")]
Open = Annotated[bool, typer.Option("--open", help="Open the page in a browser.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say what is being done.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say errors only.")]


@app.command()
def report(
    configurations: Configurations,
    data: Data = None,
    store: StoreFolder = None,
    offline: Offline = False,
    out: Out = Path("reports"),
    tables: Tables = None,
    fallback: Fallback = None,
    open_page: Open = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Write one HTML page per configuration."""
    _log_to_stderr(verbose=verbose, quiet=quiet)
    _refuse_equal_stems(configurations)
    simulated = _is_simulated(fallback)
    where = {"data": data, "store": store, "offline": offline, "fallback_simulated": simulated}
    work = partial(_report_one, where=where, out=out, tables=tables, open_page=open_page)
    raise typer.Exit(max(_guarded(partial(work, path)) for path in configurations))


def _report_one(path: Path, *, where: dict[str, Any], out: Path, tables: Path | None, open_page: bool) -> int:
    from coupling.study import run

    result = run(path, **where)
    if result.provenance.simulated:
        _say("SIMULATED MARKET: nothing on this page is about the real one.")
    if result.banner:
        _say(result.banner)
    page = result.to_html(out / f"{path.stem}.html")
    print(page)
    if tables is not None:
        for written in result.to_folder(tables / path.stem):
            print(written)
    if open_page:
        typer.launch(page.as_uri() if page.is_absolute() else page.absolute().as_uri())
    for failure in result.failures:
        _say(f"{path}: {failure.title}: {failure.reason}")
    return result.exit_code


@app.command()
def instruments() -> None:
    """List the instruments that every configuration may name."""
    from coupling.data.instrument import instruments as listed

    _print_table(listed().drop(columns="sources"))


@app.command()
def schema() -> None:
    """Print the JSON schema of a configuration."""
    import json

    from coupling.study import Study

    print(json.dumps(Study.model_json_schema(), indent=2))


@app.command()
def claims(
    configurations: Configurations,
    data: Data = None,
    store: StoreFolder = None,
    offline: Offline = False,
    fallback: Fallback = None,
) -> None:
    """Print the verdict on every claim of each configuration."""
    simulated = _is_simulated(fallback)
    where = {"data": data, "store": store, "offline": offline, "fallback_simulated": simulated}
    work = partial(_print_claims, where=where)
    raise typer.Exit(max(_guarded(partial(work, path)) for path in configurations))


def _print_claims(path: Path, *, where: dict[str, Any]) -> int:
    from coupling.study import score

    scorecard = score(path, **where).results[0]
    assert isinstance(scorecard, Result)
    for claim, row in scorecard.frame.iterrows():
        print(f"{claim}: {row['verdict'].upper()}. {row['finding']}")
    return 0


@events_app.command("list")
def list_events(
    catalogue: Annotated[str, typer.Argument(help="Name or file of a catalogue.")] = "carry_unwinds",
) -> None:
    """List a catalogue of events."""

    def listed() -> int:
        from coupling.events import load_events

        _print_table(load_events(catalogue).frame)
        return 0

    raise typer.Exit(_guarded(listed))


@data_app.command("fetch")
def fetch_data(configurations: Some = None, store: StoreFolder = None, verbose: Verbose = False) -> None:
    """Fetch every series live and keep it in the store."""
    _log_to_stderr(verbose=verbose, quiet=False)
    raise typer.Exit(_guarded(partial(_fetch, configurations or [], store)))


def _fetch(configurations: list[Path], folder: Path | None) -> int:
    from coupling.study.fetching import fetch_studies

    with _progress() as progress:
        fetched = fetch_studies(configurations, folder, progress)
    _print_table(fetched.table.set_index("instrument"))
    for name, reason in fetched.missing.items():
        _say(f"{name}: {reason}.")
    return 1 if fetched.missing else 0


@data_app.command("list")
def list_data(
    store: StoreFolder = None,
    check: Annotated[bool, typer.Option("--check", help="Read every file and say what is wrong.")] = False,
) -> None:
    """List what the store holds."""
    _log_to_stderr(verbose=False, quiet=False)
    raise typer.Exit(_guarded(partial(_list_stored, store, check=check)))


def _list_stored(folder: Path | None, *, check: bool) -> int:
    from coupling.data.store import Store

    store = Store(folder)
    _say(f"store: {store.folder}")
    table = store.check() if check else store.list().drop(columns="sha256")
    _print_table(table.set_index(table.columns[0]))
    return int(check and not table["state"].eq("ok").all())


@data_app.command("audit")
def audit_data(
    configurations: Some = None,
    data: Data = None,
) -> None:
    """Find at which instant each source is really struck, and which files are dated late."""
    raise typer.Exit(_guarded(partial(_audit, configurations or [], data)))


def _audit(configurations: list[Path], data: Path | None) -> int:
    from coupling.study.auditing import audit_studies

    table = audit_studies(configurations, data)
    _print_table(table.drop(columns="verdict").set_index("instrument"))
    for verdict in table["verdict"]:
        print(verdict)
    return 0


def main() -> None:
    """Run the command line."""
    app()


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None] | None]:
    """Show a bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("fetching")
        yield lambda name, done, total: bar.update(task, completed=done, total=total, description=name)


def _guarded(work: Callable[[], int]) -> int:
    """Return the exit code of some work; an error on purpose becomes one sentence on standard error."""
    try:
        return work()
    except CouplingError as error:
        _say(f"error: {error}")
        return error.exit_code
    except OSError as error:
        _say(f"error: {error.filename or 'a file'} cannot be written or read ({error.strerror}).")
        return CouplingError.exit_code


def _refuse_equal_stems(paths: list[Path]) -> None:
    repeated = [stem for stem, count in Counter(path.stem for path in paths).items() if count > 1]
    if repeated:
        error = ConfigurationError(f"two configurations would write {repeated[0]}.html; rename one of them")
        _say(f"error: {error}")
        raise typer.Exit(error.exit_code)


def _is_simulated(fallback: str | None) -> bool:
    if fallback not in (None, "simulated"):
        raise typer.BadParameter(
            f"{fallback!r} is not allowed; the only fallback is 'simulated'", param_hint="--fallback"
        )
    return fallback == "simulated"


def _log_to_stderr(*, verbose: bool, quiet: bool) -> None:
    for library in ("urllib3", "yfinance"):  # what they report is told again, with a next step
        logging.getLogger(library).setLevel(logging.CRITICAL)
    logging.basicConfig(stream=sys.stderr, format="%(message)s", level=logging.ERROR if quiet else logging.WARNING)
    logging.getLogger("coupling").setLevel(logging.ERROR if quiet else logging.INFO if verbose else logging.WARNING)


def _print_table(frame: Any) -> None:
    import pandas as pd

    with pd.option_context("display.width", None, "display.max_columns", None, "display.max_rows", None):
        print(frame.to_string())


def _say(message: str) -> None:
    print(message, file=sys.stderr)
