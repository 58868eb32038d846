"""Arguments and options that several commands share, under one name and one help text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

__all__ = [
    "Against",
    "Configurations",
    "Data",
    "Fallback",
    "Fresh",
    "Json",
    "JsonFolder",
    "Offline",
    "Open",
    "Out",
    "PrintForm",
    "Quiet",
    "Some",
    "StoreFolder",
    "Tables",
    "Verbose",
    "Workers",
    "Yes",
    "is_simulated",
    "print_form",
]


Configurations = Annotated[list[Path], typer.Argument(help="Configurations of studies (YAML).")]
Data = Annotated[Path | None, typer.Option(help="Folder of data files; overrides data.directory.")]
StoreFolder = Annotated[Path | None, typer.Option("--store", help="Folder of the store; overrides data.store.")]
Offline = Annotated[bool, typer.Option("--offline", help="Use what the store holds, and no network.")]
Some = Annotated[list[Path] | None, typer.Argument(help="Configurations; none: all instruments.")]
Out = Annotated[Path, typer.Option(help="Folder for the pages.")]
Tables = Annotated[Path | None, typer.Option(help="Folder for every table (CSV) and figure (PNG, SVG).")]
Fallback = Annotated[str | None, typer.Option(help="'simulated': use the simulated market when data are unavailable.")]
Json = Annotated[Path | None, typer.Option("--json", help="File for the findings (JSON) of one configuration.")]
JsonFolder = Annotated[Path | None, typer.Option("--json-dir", help="Folder for the findings of each configuration.")]
Against = Annotated[Path | None, typer.Option(help="Findings of another run: the page says what changed since.")]
PrintForm = Annotated[
    str,
    typer.Option(
        "--print", help="What a printout of the page holds: summary (what it shows as it opens) or full (everything)."
    ),
]
Open = Annotated[bool, typer.Option("--open", help="Open the page in a browser.")]
Yes = Annotated[bool, typer.Option("--yes", help="Run what is estimated to take longer than two minutes.")]
Workers = Annotated[
    str,
    typer.Option(
        "--workers", help="Processes that share the work: a number, or auto: the cores, where they save time."
    ),
]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Compute everything anew; nothing that an earlier run kept serves.")
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say what is being done.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]


def print_form(word: str) -> Literal["summary", "full"]:
    """Say what a printout holds; any other word is refused."""
    forms: dict[str, Literal["summary", "full"]] = {"summary": "summary", "full": "full"}
    if word not in forms:
        raise typer.BadParameter(f"{word!r} is not allowed; give summary or full", param_hint="--print")
    return forms[word]


def is_simulated(fallback: str | None) -> bool:
    """Say whether the simulated market may serve; any other word is refused."""
    if fallback not in (None, "simulated"):
        raise typer.BadParameter(
            f"{fallback!r} is not allowed; the only fallback is 'simulated'", param_hint="--fallback"
        )
    return fallback == "simulated"
