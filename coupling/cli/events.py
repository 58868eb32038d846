"""``coupling events``: catalogues of events, and episodes found in the data."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coupling.cli.options import Data, Fallback, Offline, StoreFolder, Tables, Verbose, Yes, is_simulated
from coupling.cli.progress import working
from coupling.cli.terminal import guarded, log_to_stderr, print_table, say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Catalogues of events, and episodes found in the data.")


@app.command("list")
def list_events(
    catalogue: Annotated[
        str | None, typer.Argument(help="Name or file of a catalogue; none: all that come with the package.")
    ] = None,
) -> None:
    """List a catalogue of events."""

    def listed() -> int:
        import pandas as pd

        from coupling.events import catalogue_names, load_events

        names = catalogue_names() if catalogue is None else (catalogue,)
        print_table(pd.concat([load_events(name).frame for name in names]))
        return 0

    raise typer.Exit(guarded(listed))


@app.command("detect")
def detect_episodes(
    configuration: Annotated[
        Path | None, typer.Argument(help="A study with a detector; none: the one that comes with the package.")
    ] = None,
    data: Data = None,
    store: StoreFolder = None,
    offline: Offline = False,
    fallback: Fallback = None,
    threshold: Annotated[float | None, typer.Option(help="Value of the index that gives a signal.")] = None,
    every: Annotated[bool, typer.Option("--every", help="Print every session, not the signals alone.")] = False,
    scores: Annotated[bool, typer.Option("--scores", help="Print the detector's performance instead.")] = False,
    tables: Tables = None,
    yes: Yes = False,
    verbose: Verbose = False,
) -> None:
    """Find episodes in the data without look-ahead: index from 0 to 100, its parts, severity, and when it was known."""
    log_to_stderr(verbose=verbose, quiet=False)
    simulated = is_simulated(fallback)
    where = {"data": data, "store": store, "offline": offline, "fallback_simulated": simulated, "yes": yes}
    shown = "scores" if scores else "every" if every else "signals"
    raise typer.Exit(guarded(partial(_detect, configuration, where, threshold, shown, tables)))


def _detect(
    configuration: Path | None, where: dict[str, Any], threshold: float | None, shown: str, tables: Path | None
) -> int:
    from coupling.study import detect

    with working():
        found = detect(configuration, threshold=threshold, **where)
    for result in found.results if shown == "scores" else (found.index,):
        say(result.sentence)
        for warning in result.warnings:
            say(f"warning: {warning}")
    if found.index.provenance.simulated:
        say("SIMULATED market: it says nothing about the real one.")
    if tables is not None:
        for result in found.results:
            for path in result.to_folder(tables):
                print(path)
        return 0
    print_table(_shown(found, shown))
    return 0


def _shown(found: Any, shown: str) -> pd.DataFrame:
    """Return the table asked for, rounded: what was known at the end of each session in UTC."""
    if shown == "scores":
        if found.scores is None or found.scores.frame.empty:
            from coupling.errors import InputError

            raise InputError(
                "Nothing can be judged: scores need a plain part (one served by a volatility, or detector.plain) and "
                "past episodes, of the catalogue or by detector.stress."
            )
        table: pd.DataFrame = found.scores.frame.set_index(["target", "period", "signal"])
        return table.round(3)
    frame: pd.DataFrame = found.index.frame if shown == "every" else found.index.signals
    return frame.assign(known_at=frame["known_at"].dt.strftime("%Y-%m-%dT%H:%MZ")).round(2)
