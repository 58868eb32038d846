"""``coupling claims``: the verdict on every claim of a configuration."""

from __future__ import annotations

import math
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import typer

from coupling.cli.options import (
    Configurations,
    Data,
    Fallback,
    Offline,
    StoreFolder,
    Tables,
    Verbose,
    Yes,
    is_simulated,
)
from coupling.cli.progress import working
from coupling.cli.terminal import guarded, log_to_stderr, worst
from coupling.machine.names import folder_in

__all__ = ["register"]

HEADINGS = ("test", "instruments", "verdict", "claimed", "estimate", "95 % interval", "unit", "p", "q", "n")
LEDGER = ("prediction", "by", "status", "stated", "models then", "models now", "Brier stated", "Brier models")
FLUSH_RIGHT = {"claimed", "estimate", "p", "q", "n"}
WIDEST_TABLE, WIDEST_TEXT = 140, 110
NOTHING = "–"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("claims")(print_verdicts)


def print_verdicts(
    configurations: Configurations,
    data: Data = None,
    store: StoreFolder = None,
    offline: Offline = False,
    tables: Tables = None,
    fallback: Fallback = None,
    yes: Yes = False,
    verbose: Verbose = False,
) -> None:
    """Print the verdict on every claim of each configuration; -v adds rules, methods and variants."""
    log_to_stderr(verbose=verbose, quiet=False)
    simulated = is_simulated(fallback)
    where = {"data": data, "store": store, "offline": offline, "fallback_simulated": simulated, "yes": yes}
    work = partial(_print_claims, where=where, tables=tables, verbose=verbose)
    raise typer.Exit(worst(guarded(partial(work, path)) for path in configurations))


def _print_claims(path: Path, *, where: dict[str, Any], tables: Path | None, verbose: bool) -> int:
    from coupling.study import score

    with working():
        room = score(path, **where)
    width = shutil.get_terminal_size((WIDEST_TABLE, 24)).columns
    for line in _lines(room, width, verbose=verbose):
        print(line)
    if tables is not None:
        for result in room.results:
            for written in result.to_folder(folder_in(tables, path.stem)):  # type: ignore[union-attr]
                print(written)
    return 0


def _lines(room: Any, width: int, *, verbose: bool) -> Iterator[str]:
    """Write the scorecard: the count, then each claim with its legs and its finding."""
    frames = {result.name: result.frame for result in room.results}
    legs, variants, text = frames["claims-legs"], frames.get("claims-variants"), min(width, WIDEST_TEXT)
    yield from _wrapped(f"{room.question} {room.verdict}", text, indent="")
    for claim, row in frames["claims-scorecard"].iterrows():
        yield ""
        yield f"{claim}: {row['verdict'].upper()}"
        yield from _wrapped(f"“{row['says']}” ({row['source']})", text)
        yield from _table([_cells(leg) for _, leg in legs.loc[[claim]].iterrows()], width)
        words = legs.loc[[claim], "finding"] + " " + legs.loc[[claim], "beside it"]
        for finding in dict.fromkeys(words):
            yield from _wrapped(f"– {finding.strip()}", text)
        if verbose:
            yield from _more(claim, legs, variants, text)
    for result in room.results:
        if result.name == "claims-ledger":
            yield from _ledger(result, width)


def _ledger(ledger: Any, width: int) -> Iterator[str]:
    """Write the ledger of predictions: what became of each, its probabilities and its scores."""
    yield ""
    yield from _wrapped(f"{ledger.title}. {ledger.sentence}", min(width, WIDEST_TEXT))
    rows = [tuple(_ledger_cell(value) for value in row) for row in ledger.columns.reset_index().itertuples(index=False)]
    widths = [max(map(len, column)) for column in zip(LEDGER, *rows, strict=True)]
    for cells in (LEDGER, *rows):
        yield "  " + "  ".join(text.ljust(size) for text, size in zip(cells, widths, strict=True)).rstrip()


def _ledger_cell(value: Any) -> str:
    from pandas import isna

    if isna(value) or value == "":
        return NOTHING
    return f"{value:.3f}" if isinstance(value, float) else f"{value:%Y-%m-%d}" if hasattr(value, "year") else str(value)


def _table(rows: list[tuple[str, ...]], width: int) -> Iterator[str]:
    """Line the legs up under headings; on a narrow terminal each becomes a line of its own, heading by heading."""
    widths = [max(map(len, column)) for column in zip(HEADINGS, *rows, strict=True)]
    if 2 + sum(widths) + 2 * (len(widths) - 1) <= width:
        yield from (f"  {_line(cells, widths)}" for cells in (HEADINGS, *rows))
        return
    for cells in rows:
        named = zip(HEADINGS[3:], cells[3:], strict=True)
        figures = ", ".join(f"{name} {cell}" for name, cell in named if cell != NOTHING)
        yield from _wrapped(f"{cells[0]} {cells[1]}: {cells[2]}{f'; {figures}' if figures else ''}", width)


def _cells(row: Any) -> tuple[str, ...]:
    from pandas import NA

    interval = NOTHING
    if not math.isnan(row["lower"] + row["upper"]):
        interval = f"{_figure(row['lower'])} to {_figure(row['upper'])}"
    count = f"{float(row['n']):.0f}" if row["n"] is not NA else NOTHING
    figures = _figure(row["claimed"]), _figure(row["estimate"]), interval, row["unit"] or NOTHING
    chances = (NOTHING if math.isnan(row[name]) else f"{row[name]:.3f}" for name in ("p_value", "q_value"))
    return (row["test"], row["instruments"], row["verdict"], *figures, *chances, count)


def _figure(value: float) -> str:
    """Write a figure with four digits that matter, and at least the whole ones."""
    if math.isnan(value):
        return NOTHING
    decimals = max(0, min(3, 3 - math.floor(math.log10(abs(value))))) if value else 0
    return f"{value:,.{min(decimals, 3)}f}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    each = zip(HEADINGS, cells, widths, strict=True)
    return "  ".join(
        text.rjust(width) if name in FLUSH_RIGHT else text.ljust(width) for name, text, width in each
    ).rstrip()


def _more(claim: Any, legs: Any, variants: Any, width: int) -> Iterator[str]:
    for _, leg in legs.loc[[claim]].iterrows():
        yield from _wrapped(f"{leg['test']} {leg['instruments']}. {leg['rule']} {leg['method']}".strip(), width)
    if variants is None or claim not in variants.index:
        return
    for _, row in variants.loc[[claim]].iterrows():
        interval = "" if math.isnan(row["lower"]) else f" ({_figure(row['lower'])} to {_figure(row['upper'])})"
        verdict = f" {row['same rule']}." if row["same rule"] else ""
        note = f" {row['note']}." if row["note"] else ""
        text = (
            f"Otherwise, {row['instruments']}, {row['variant']}: {_figure(row['estimate'])}{interval}.{verdict}{note}"
        )
        yield from _wrapped(text, width)


def _wrapped(text: str, width: int, *, indent: str = "  ") -> list[str]:
    deeper = f"{indent}  "
    return textwrap.wrap(text, max(40, width), initial_indent=indent, subsequent_indent=deeper, break_on_hyphens=False)
