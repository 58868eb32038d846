"""``coupling compare``: configurations side by side, one under every choice, or two folders of data."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from coupling.cli.options import (
    Data,
    Fallback,
    Offline,
    Open,
    Out,
    Quiet,
    StoreFolder,
    Tables,
    Verbose,
    is_simulated,
)
from coupling.cli.progress import working
from coupling.cli.terminal import guarded, log_to_stderr, say
from coupling.errors import ConfigurationError
from coupling.machine.names import file_in, folder_in
from coupling.text.typesetting import typeset
from coupling.text.wording import ended

__all__ = ["register"]

Compared = Annotated[
    list[Path], typer.Argument(help="Configurations (YAML); the first is the reference. Or two folders of data.")
]
Config = Annotated[
    list[Path] | None,
    typer.Option("--config", help="For two folders: the study whose measures are compared (twice: one each)."),
]
Jobs = Annotated[int, typer.Option("--jobs", help="Processes; -1: every core. The numbers are the same.")]
Dask = Annotated[str | None, typer.Option("--dask", help="Address of a Dask scheduler that does the work.")]
Yes = Annotated[
    bool,
    typer.Option("--yes", help="Run over 2,000 combinations of a grid, or what takes longer than two minutes."),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Ignore saved progress.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compare")(write_comparison)


def write_comparison(
    configurations: Compared,
    config: Config = None,
    data: Data = None,
    store: StoreFolder = None,
    offline: Offline = False,
    out: Out = Path("reports"),
    tables: Tables = None,
    fallback: Fallback = None,
    jobs: Jobs = -1,
    dask: Dask = None,
    yes: Yes = False,
    fresh: Fresh = False,
    open_page: Open = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Write one page that puts configurations, or the choices of one, side by side."""
    log_to_stderr(verbose=verbose, quiet=quiet)
    where = {"data": data, "store": store, "offline": offline, "fallback_simulated": is_simulated(fallback)}
    effort = {"n_jobs": jobs, "dask": dask, "yes": yes, "fresh": fresh}
    after = {"out": out, "tables": tables, "open_page": open_page, "quiet": quiet}
    work = partial(_write, configurations, config, where, effort, after)
    raise typer.Exit(guarded(work))


def _write(
    configurations: list[Path],
    config: list[Path] | None,
    where: dict[str, Any],
    effort: dict[str, Any],
    after: dict[str, Any],
) -> int:
    from coupling.comparison import compare, compare_folders

    with working(quiet=after["quiet"]) as progress:
        if config or all(path.is_dir() for path in configurations):
            _require_folders(configurations)
            result = compare_folders(configurations, config=config or None, yes=effort["yes"])
        else:
            result = compare(configurations, **where, **effort, progress=progress)
        name = _name(configurations)
        page = result.to_html(file_in(after["out"], name, ".html"))
    if result.provenance.simulated:
        say("SIMULATED MARKET: nothing on this page is about the real one.")
    if result.rooms and not after["quiet"]:
        say(f"{ended(result.title)} {typeset(result.rooms[0].verdict)}")
    print(page)
    if after["tables"] is not None:
        for written in result.to_folder(folder_in(after["tables"], name)):
            print(written)
    if after["open_page"]:
        typer.launch(page.absolute().as_uri())
    for failure in result.failures:
        say(f"{failure.title}: {failure.reason}")
    return result.exit_code


def _require_folders(paths: list[Path]) -> None:
    files = [path for path in paths if not path.is_dir()]
    if files:
        raise ConfigurationError(f"--config goes with two folders of data, and {files[0]} is none; leave it out")


def _name(paths: list[Path]) -> str:
    """Return the stem of the page: ``a_vs_b``, or ``a_variants`` where one configuration stands alone."""
    stems = [path.resolve().name if path.is_dir() else path.stem for path in paths]
    if len(stems) == 1:
        return stems[0] if stems[0].endswith("variants") else f"{stems[0]}_variants"
    return "_vs_".join(stems) if len(stems) <= 3 else f"{stems[0]}_vs_{len(stems) - 1}_others"
