"""``coupling report``: one page per configuration."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import typer

from coupling.cli.options import (
    Configurations,
    Data,
    Fallback,
    Offline,
    Open,
    Out,
    Quiet,
    StoreFolder,
    Tables,
    Verbose,
    Yes,
    is_simulated,
)
from coupling.cli.progress import working
from coupling.cli.terminal import guarded, log_to_stderr, say, worst
from coupling.errors import ConfigurationError
from coupling.machine.names import file_in, folder_in

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report")(write_reports)


def write_reports(
    configurations: Configurations,
    data: Data = None,
    store: StoreFolder = None,
    offline: Offline = False,
    out: Out = Path("reports"),
    tables: Tables = None,
    fallback: Fallback = None,
    open_page: Open = False,
    yes: Yes = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Write one HTML page per configuration."""
    log_to_stderr(verbose=verbose, quiet=quiet)
    _refuse_equal_stems(configurations)
    simulated = is_simulated(fallback)
    where = {"data": data, "store": store, "offline": offline, "fallback_simulated": simulated, "yes": yes}
    work = partial(_report_one, where=where, out=out, tables=tables, open_page=open_page, quiet=quiet)
    raise typer.Exit(worst(guarded(partial(work, path)) for path in configurations))


def _report_one(
    path: Path, *, where: dict[str, Any], out: Path, tables: Path | None, open_page: bool, quiet: bool
) -> int:
    from coupling.study import load_study, run

    study = load_study(path)
    with working(quiet=quiet):
        result = run(study, **where)
        page = result.to_html(file_in(out, path.stem, ".html"))
    if result.provenance.simulated:
        say("SIMULATED MARKET: nothing on this page is about the real one.")
    if result.banner:
        say(result.banner)
    print(page)
    if tables is not None:
        for written in result.to_folder(folder_in(tables, path.stem)):
            print(written)
    if open_page:
        typer.launch(page.as_uri() if page.is_absolute() else page.absolute().as_uri())
    if study.variants is not None:
        say(f"{path} has variants, which a page of their own answers: coupling compare {path}")
    for failure in result.failures:
        say(f"{path}: {failure.title}: {failure.reason}")
    return result.exit_code


def _refuse_equal_stems(paths: list[Path]) -> None:
    repeated = [stem for stem, count in Counter(path.stem.casefold() for path in paths).items() if count > 1]
    if repeated:
        error = ConfigurationError(f"two configurations would write {repeated[0]}.html; rename one of them")
        say(f"error: {error}")
        raise typer.Exit(error.exit_code)
