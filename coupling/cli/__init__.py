"""The command line: the only place that prints.

Standard output carries written paths and asked-for tables; the log and every message go to standard error. One file per
group of commands; each adds its commands to the application.
"""

from __future__ import annotations

import typer

from coupling.cli import claims, compare, data, events, lists, report

__all__ = ["app", "main"]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Is this coupling real? Correlations, changes, directions and events, with intervals.",
)
for commands in (report, compare, claims, lists):
    commands.register(app)
app.add_typer(events.app, name="events")
app.add_typer(data.app, name="data")


def main() -> None:
    """Run the command line."""
    app()
