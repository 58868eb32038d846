"""The command line: the only place that prints.

Standard output carries written paths and asked-for tables; the log and every message go to standard error. One file per
group of commands; each adds its commands to the application.
"""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from coupling.cli import claims, compare, data, events, lists, pairs, report, start, watch
from coupling.cli.signals import ended_by_signals
from coupling.cli.streams import guard_streams
from coupling.cli.terminal import say, worst
from coupling.machine.distribution import DISTRIBUTION, beside
from coupling.machine.threads import one_thread
from coupling.version import __version__

__all__ = ["app", "main"]

COLLECT_AFTER = 10_000
"""New objects after which garbage is looked for; by the usual 700 every module is walked through time and again."""

SELDOM = 100
"""Looks at new objects alone, until one goes through all that outlived a look: libraries and data among them."""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for commands in (report, compare, watch, claims, pairs, start, lists):
    commands.register(app)
app.add_typer(events.app, name="events")
app.add_typer(data.app, name="data")


def _print_version(asked: bool) -> None:
    if asked:
        print(f"coupling {__version__} ({DISTRIBUTION})")
        raise typer.Exit


@app.callback()
def before_any_command(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and end.")
    ] = False,
) -> None:
    """Is this coupling real? Correlations, changes, directions and events, with intervals."""


def main() -> None:
    """Run the command line; standard output that could not be written makes exit code 1 of a 0."""
    gc.set_threshold(COLLECT_AFTER, SELDOM)
    one_thread()
    output = guard_streams()
    other = beside()
    if other:
        say(f"warning: {other}")
    code = ended_by_signals(_run)
    sys.stdout.flush()
    if output.lost:
        say(f"error: standard output cannot be written ({output.lost}), and what should stand there is lost.")
        code = worst([code, 1]) if code in range(5) else code
    raise SystemExit(code)


def _run() -> int:
    try:
        app(prog_name="coupling")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
