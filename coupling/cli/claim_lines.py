"""What ``coupling claims`` prints: each claim with its tests and findings, and last an index of the verdicts."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from coupling.text.typesetting import typeset
from coupling.text.wording import bound, ended

__all__ = ["claim_lines"]

NOTHING = "–"
_HEADINGS = ("test", "instruments", "verdict", "claimed", "estimate (95 %)", "unit", "p", "adj. p", "n")
_LEDGER = {"brier_stated": "Brier, stated", "brier_models": "Brier, models"}
_FLUSH_RIGHT = {"claimed", "p", "adj. p", "n"}
_VERDICTS = ("contradicted", "partly", "supported", "undecided", "not testable")
_ROUND = 10_000  # from here on no decimals
_GLUE = "\N{NO-BREAK SPACE}"


def claim_lines(room: Any, width: int, *, verbose: bool) -> Iterator[str]:
    """Write the count, each claim with its tests and its finding, the ledger, and the index of the verdicts.

    Parameters
    ----------
    room : RoomResult
        The claims.
    width : int
        Columns of the terminal.
    verbose : bool
        Whether rules, methods and variants are written too.
    """
    frames = {result.name: result.frame for result in room.results}
    scorecard, legs, variants = (frames.get(f"claims-{name}") for name in ("scorecard", "legs", "variants"))
    yield from textwrap.wrap(typeset(f"{room.question} {room.verdict}"), width)
    for claim, row in scorecard.iterrows():  # type: ignore[union-attr]
        of_claim = legs.loc[[claim]]  # type: ignore[union-attr]
        yield ""
        yield f"{claim}: {row['verdict'].upper()}"
        yield from _wrapped(f"“{row['says']}” ({row['source']})", width)
        yield from _table([_cells(leg) for _, leg in of_claim.iterrows()], width)
        for finding in dict.fromkeys(of_claim["finding"] + " " + of_claim["beside it"]):
            yield from _wrapped(f"– {finding.strip()}", width)
        if verbose:
            yield from _more(claim, of_claim, variants, width)
    for result in room.results:
        if result.name == "claims-ledger":
            yield from _ledger(result, width)
    yield ""
    yield from textwrap.wrap(_index(scorecard), width, subsequent_indent="  ", break_on_hyphens=False)


def _index(scorecard: Any) -> str:
    """Return every claim under its verdict, in one line.

    >>> import pandas as pd
    >>> _index(pd.DataFrame({"verdict": ["supported", "partly", "supported"]}, index=["a", "b", "c"]))
    'Verdicts: partly: b; supported: a, c.'
    """
    of_each = {word: [str(claim) for claim in rows.index] for word, rows in scorecard.groupby("verdict", sort=False)}
    order = [*(word for word in _VERDICTS if word in of_each), *(word for word in of_each if word not in _VERDICTS)]
    told = (f"{word}: {', '.join(of_each[word])}" for word in order)
    return f"Verdicts: {'; '.join(told)}."


def _ledger(ledger: Any, width: int) -> Iterator[str]:
    """Write the ledger of predictions: what became of each, its probabilities and its scores."""
    yield ""
    yield from _wrapped(f"{ended(ledger.title)} {ledger.sentence}", width)
    shown = ledger.columns.reset_index()
    names = [_LEDGER.get(name, name.replace("_", " ")) for name in map(str, shown.columns)]
    rows = [tuple(_ledger_cell(value) for value in row) for row in shown.itertuples(index=False)]
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    if 2 + sum(widths) + 2 * (len(widths) - 1) <= width:
        for cells in (names, *rows):
            yield "  " + "  ".join(text.ljust(size) for text, size in zip(cells, widths, strict=True)).rstrip()
        return
    for cells in rows:
        told = ", ".join(f"{name} {cell}" for name, cell in zip(names[1:], cells[1:], strict=True) if cell != NOTHING)
        yield from _wrapped(f"{cells[0]}: {told}", width)


def _ledger_cell(value: Any) -> str:
    from pandas import isna

    if isna(value) or value == "":
        return NOTHING
    return f"{value:.2f}" if isinstance(value, float) else f"{value:%Y-%m-%d}" if hasattr(value, "year") else str(value)


def _table(rows: list[tuple[str, ...]], width: int) -> Iterator[str]:
    """Line the tests up under headings; on a narrow terminal each becomes a line of its own, heading by heading."""
    widths = [max(map(len, column)) for column in zip(_HEADINGS, *rows, strict=True)]
    if 2 + sum(widths) + 2 * (len(widths) - 1) <= width:
        yield from (f"  {_line(cells, widths)}" for cells in (_HEADINGS, *rows))
        return
    for cells in rows:
        unit = "" if cells[5] == NOTHING else f" {cells[5]}"
        named = [("claimed", cells[3]), ("estimate", cells[4]), *zip(_HEADINGS[6:], cells[6:], strict=True)]
        figures = ", ".join(
            f"{name} {cell}{unit if name in ('claimed', 'estimate') else ''}" for name, cell in named if cell != NOTHING
        )
        yield from _wrapped(f"{cells[0]} {cells[1]}: {cells[2]}{f'; {figures}' if figures else ''}", width)


def _cells(row: Any) -> tuple[str, ...]:
    from pandas import NA

    from coupling.claims.page.legs import shown_unit
    from coupling.text.tables import decimals_of

    unit = shown_unit(row["test"], row["unit"])
    decimals = max(2, decimals_of("", unit) or 0)
    estimate = _figure(row["estimate"], decimals)
    if not math.isnan(row["lower"] + row["upper"]):
        estimate += f" ({_figure(row['lower'])} to {_figure(row['upper'])})"
    count = f"{float(row['n']):,.0f}" if row["n"] is not NA else NOTHING
    chances = (NOTHING if math.isnan(row[name]) else f"{row[name]:.3f}" for name in ("p_value", "q_value"))
    words = (row["test"].replace("_", " "), row["instruments"], row["verdict"])
    shown = NOTHING if unit in ("", "correlation") else unit
    return (*words, _figure(row["claimed"], decimals), estimate, shown, *chances, count)


def _figure(value: float, decimals: int = 2) -> str:
    """Write a figure with two decimals, or none where it is large, or as many as show that it is not zero.

    >>> _figure(-0.126), _figure(81600.4), _figure(0.0012), _figure(float("nan")), _figure(1.805, 3)
    ('−0.13', '81,600', '0.001', '–', '1.805')
    """
    if math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return typeset(f"{'-' if value < 0 else ''}∞")
    if abs(value) >= _ROUND:
        return typeset(f"{value:,.0f}")
    return typeset(f"{value:,.{decimals}f}" if abs(value) >= 1 or decimals > 2 else bound(value))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    each = zip(_HEADINGS, cells, widths, strict=True)
    return "  ".join(
        text.rjust(width) if name in _FLUSH_RIGHT else text.ljust(width) for name, text, width in each
    ).rstrip()


def _more(claim: Any, legs: Any, variants: Any, width: int) -> Iterator[str]:
    for _, leg in legs.iterrows():
        name = leg["test"].replace("_", " ")
        yield from _wrapped(f"{name} {leg['instruments']}. {leg['rule']} {leg['method']}".strip(), width)
    if variants is None or claim not in variants.index:
        return
    for _, row in variants.loc[[claim]].iterrows():
        interval = "" if math.isnan(row["lower"]) else f" ({_figure(row['lower'])} to {_figure(row['upper'])})"
        told = [f"{_figure(row['estimate'])}{interval}", *(row[name] for name in ("same rule", "note") if row[name])]
        yield from _wrapped(f"Variant, {row['instruments']}, {row['variant']}: {'; '.join(told)}.", width)


def _wrapped(text: str, width: int) -> list[str]:
    kept = typeset(text).replace(" %", f"{_GLUE}%")  # a percent sign stays with its number
    lines = textwrap.wrap(kept, max(40, width), break_on_hyphens=False, initial_indent="  ", subsequent_indent="    ")
    return [line.replace(_GLUE, " ") for line in lines]
