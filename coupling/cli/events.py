"""``coupling events``: catalogues of events."""

from __future__ import annotations

from typing import Annotated

import typer

from coupling.cli.terminal import guarded, print_table

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Catalogues of events.")


@app.command("list")
def list_events(
    catalogue: Annotated[str, typer.Argument(help="Name or file of a catalogue.")] = "carry_unwinds",
) -> None:
    """List a catalogue of events."""

    def listed() -> int:
        from coupling.events import load_events

        print_table(load_events(catalogue).frame)
        return 0

    raise typer.Exit(guarded(listed))
