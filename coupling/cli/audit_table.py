"""What ``coupling data audit`` prints: what is wrong first, then every source under what it was compared with."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from coupling.cli.terminal import WIDTH

__all__ = ["audit_lines"]

_WRONG = ("LATE", "EARLY", "WRONG")


def audit_lines(table: Any) -> Iterator[str]:
    """Write an audit: the count, a sentence on each source that is wrong, and a line for every source.

    Parameters
    ----------
    table : DataFrame
        Columns of `coupling.data.audit.Audit`.
    """
    wrong = table[table["status"].isin(_WRONG)]
    yield _count(len(wrong), len(table))
    for _, row in wrong.iterrows():
        yield from textwrap.wrap(f"{row['status']}  {row['verdict']}", WIDTH, subsequent_indent="      ")
    sizes = {name: int(table[name].str.len().max()) for name in ("source", "found")}
    for (instrument, reference), rows in sorted(_groups(table), key=lambda group: _all_right(group[1])):
        yield ""
        yield from textwrap.wrap(f"{instrument}, against {reference}", WIDTH)
        for _, row in sorted(rows.iterrows(), key=lambda each: each[1]["status"] == "OK"):
            yield from _line(row, sizes)


def _groups(table: Any) -> list[tuple[tuple[str, str], Any]]:
    return [(key, rows) for key, rows in table.groupby(["instrument", "reference"], sort=False)]


def _all_right(rows: Any) -> bool:
    return bool((rows["status"] == "OK").all())


def _count(wrong: int, sources: int) -> str:
    if not wrong:
        return "1 source is dated correctly." if sources == 1 else f"All {sources} sources are dated correctly."
    verb = "is" if wrong == 1 else "are"
    return f"{wrong} of {sources} source{'s' if sources > 1 else ''} {verb} not dated correctly:"


def _line(row: Any, sizes: dict[str, int]) -> Iterator[str]:
    clock = f"clock {row['declared']}" if row["declared"] else "no clock"
    words = (f"{row['status']:<5}", row["source"].ljust(sizes["source"]), row["found"].ljust(sizes["found"]))
    text = "  ".join((*words, f"{row['correlation']:5.2f}", f"n = {row['n']:<6,}", clock))
    if len(text) + 2 <= WIDTH:
        yield f"  {text}".rstrip()
        return
    short = f"{row['status']:<5}  {row['source']}: {row['found']}, {row['correlation']:.2f}, n = {row['n']:,}, {clock}"
    yield from textwrap.wrap(short, WIDTH, initial_indent="  ", subsequent_indent="         ")
