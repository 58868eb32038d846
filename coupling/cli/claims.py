"""``coupling claims``: the verdict on every claim of a configuration."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import typer

from coupling.cli.options import Configurations, Data, Fallback, Offline, StoreFolder, is_simulated
from coupling.cli.terminal import guarded
from coupling.results.base import Result

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("claims")(print_verdicts)


def print_verdicts(
    configurations: Configurations,
    data: Data = None,
    store: StoreFolder = None,
    offline: Offline = False,
    fallback: Fallback = None,
) -> None:
    """Print the verdict on every claim of each configuration."""
    simulated = is_simulated(fallback)
    where = {"data": data, "store": store, "offline": offline, "fallback_simulated": simulated}
    work = partial(_print_claims, where=where)
    raise typer.Exit(max(guarded(partial(work, path)) for path in configurations))


def _print_claims(path: Path, *, where: dict[str, Any]) -> int:
    from coupling.study import score

    scorecard = score(path, **where).results[0]
    assert isinstance(scorecard, Result)
    for claim, row in scorecard.frame.iterrows():
        print(f"{claim}: {row['verdict'].upper()}. {row['finding']}")
    return 0
