"""``coupling init``: a configuration with its catalogue and claims, to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coupling.cli.terminal import guarded, say

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init")(write_start)


def write_start(
    story: Annotated[
        str | None,
        typer.Option(help="A configuration that ships with the package, by its name; none: one that explains."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path(),
) -> None:
    """Write a commented configuration, its catalogue of events and its claims, to start from."""

    def work() -> int:
        from coupling.study.starting import FIRST, start_study

        written = start_study(FIRST if story is None else story, out)
        for path in written:
            print(path)
        say(f"next: coupling report {written[0]} --fallback simulated")
        return 0

    raise typer.Exit(guarded(work))
