"""Several files of one instrument: a list, a pattern or a folder; where they overlap they must agree.

Each is read by the law of every file. What two of them share is kept once and counted; rows of one instant that
disagree are refused with both files and lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coupling._typing import Integers
from coupling.data.instrument import SourceEntry
from coupling.data.sources.rows import RawRows
from coupling.data.tables.opening import EXCEL, PARQUET
from coupling.errors import DataError
from coupling.machine.names import place_of

__all__ = ["files_of", "join_files"]

WILD = frozenset("*?[")
ENDINGS = (".csv", ".txt", ".tsv", *PARQUET, *EXCEL)
MOST = 10_000
SHOWN = 3


def files_of(folder: Path, entry: SourceEntry) -> list[Path]:
    """Return the files that an entry names, in the order of their names; a plain name is one, be it there or not.

    Raises
    ------
    DataError
        If a pattern or a folder holds no file of values, or one file is named twice.
    """
    found = [path for name in (entry.symbol, *entry.more) for path in _named(folder, name)]
    twice = next((path for k, path in enumerate(found) if path in found[:k]), None) if entry.more else None
    if twice is not None:
        raise DataError(f"{twice} is named twice; name each file once.")
    return found


def _named(folder: Path, name: str) -> list[Path]:
    path = place_of(folder, name)
    try:
        is_folder, is_there = path.is_dir(), path.exists()
    except (OSError, ValueError):  # a name that no system takes: its reader says so
        return [path]
    if is_folder:
        files = _of_values(path.rglob("*"), path)
        what = f"{path} holds no file of values ({', '.join(ENDINGS)})"
    elif WILD & set(name) and not is_there:
        anchor = Path(path.anchor) if path.is_absolute() else Path()
        files = _fitting(anchor, path)
        what = f"no file of values fits {name!r} in {folder}"
    else:
        return [path]
    if not files:
        raise DataError(f"{what}; correct the name, or name the files one by one.")
    return files


def _fitting(anchor: Path, pattern: Path) -> list[Path]:
    try:
        return _of_values(anchor.glob(str(pattern.relative_to(anchor))), None)
    except (ValueError, NotImplementedError):  # such as a**.csv before Python 3.13
        return []


def _of_values(paths: Any, root: Path | None) -> list[Path]:
    """Return the files of values among some paths, but none that is hidden or lies in a hidden folder below a root."""
    found = []
    for path in paths:
        own = (path.name,) if root is None else path.relative_to(root).parts
        if path.suffix.lower() in ENDINGS and not any(part.startswith((".", "_")) for part in own):
            found.append(path)
        if len(found) > MOST:
            raise DataError(f"{root or path.parent} holds more than {MOST:,} files; name those that are meant.")
    return sorted(path for path in found if path.is_file())


def join_files(paths: Sequence[Path], read: Callable[[Path], RawRows]) -> RawRows:
    """Read files one by one and join their rows in time order.

    Parameters
    ----------
    paths : sequence of Path
    read : callable
        Reads one of them.

    Raises
    ------
    DataError
        If one cannot be read, some hold sessions and others instants, or two disagree on the value of an instant.
    """
    parts = [read(path) for path in paths]
    if len(parts) == 1:
        return parts[0]
    kinds = [part.instants for part in parts]
    if len(set(kinds)) > 1:
        dates, times = parts[kinds.index(False)].place, parts[kinds.index(True)].place
        raise DataError(f"{dates} holds dates and {times} times of day; give files of one kind.")
    parts = [part.keep(part.value.notna(), "missing values") for part in parts]
    joined = _stacked(parts)
    file = np.repeat(np.arange(len(parts)), [len(part.when) for part in parts])
    when = _nanoseconds(joined.when)
    order = np.lexsort((file, when))
    if (np.diff(when) < 0).any():
        joined, file, when = joined.take(pd.Index(order)).renumbered(), file[order], when[order]
    return _once(joined, file, when, parts)


def _stacked(parts: Sequence[RawRows]) -> RawRows:
    """Return the rows of all files one after another."""
    optional = {name: _concatenated([getattr(part, name) for part in parts]) for name in ("labels", "released", "bars")}
    first, last = parts[0].place, parts[-1].place
    digests = sha256("\n".join(f"{part.place} {part.sha256}" for part in parts).encode()).hexdigest()
    return replace(
        parts[0],
        place=f"{len(parts)} files, {first} to {last}",
        when=_concatenated([part.when for part in parts]),
        value=_concatenated([part.value for part in parts]),
        line=_concatenated([part.line for part in parts]),
        sha256=digests,
        reach=max(part.reach for part in parts),
        repairs=_told(parts),
        **optional,
    )


def _told(parts: Sequence[RawRows]) -> tuple[str, ...]:
    """Return what is said of the files: once what is said of all of them, else with the file."""
    said: dict[str, list[str]] = {}
    for part in parts:
        for note in part.repairs:
            said.setdefault(note, []).append(part.place)
    told = []
    for note, places in said.items():
        if len(places) < len(parts):
            more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
            told.append(f"{note} ({', '.join(places[:SHOWN])}{more})")
        else:
            told.append(note)
    return tuple(told)


def _concatenated(columns: Sequence[Any]) -> Any:
    known = [column for column in columns if column is not None]
    return pd.concat(known, ignore_index=True) if len(known) == len(columns) else None


def _nanoseconds(when: pd.Series) -> Integers:
    return np.asarray(pd.DatetimeIndex(when).as_unit("ns").asi8)


def _once(rows: RawRows, file: Integers, when: Integers, parts: Sequence[RawRows]) -> RawRows:
    """Return the rows, of those that two files share the first; refuse files that disagree."""
    again = np.zeros(len(when), dtype=np.bool_)
    again[1:] = (when[1:] == when[:-1]) & (file[1:] != file[:-1])
    values = rows.value.to_numpy()
    differs = np.flatnonzero(again[1:] & (values[1:] != values[:-1]))
    if len(differs):
        one, other = int(differs[0]), int(differs[0]) + 1
        places = [f"{parts[file[k]].place}, line {rows.line.iloc[k]}" for k in (one, other)]
        stamp = rows.when.iloc[one]
        moment = f"{stamp:%Y-%m-%d %H:%M} UTC" if rows.instants else f"{stamp:%Y-%m-%d}"
        raise DataError(
            f"{places[0]} and {places[1]}: {moment} has the values {values[one]:g} and {values[other]:g}, and "
            f"{len(differs)} rows that the files share differ; leave one of the files out, or cut it."
        )
    return rows.keep(pd.Series(~again), "rows that two files share")
