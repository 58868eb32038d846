"""All pairs of a universe in blocks, each written as a part in long form: more than memory holds at once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np

from coupling.errors import InputError
from coupling.machine.cluster import on_cluster
from coupling.machine.writing import make_folder, write_whole

__all__ = ["write_parts"]

log = logging.getLogger("coupling")

ROWS = 2_000_000
"""Rows of a part, unless one instrument alone has more."""

UNFINISHED = "."
"""Before the name of a part until all are there: who reads a folder passes over such a file."""


def write_parts(estimator: Any, X: Any, folder: Path, level: float | None, client: Any = None) -> list[Path]:
    """Write each block as a Parquet file and return the files, the same whether made here or on a cluster.

    The files have their names when all of them are there; where one cannot be made or written none stays.

    Raises
    ------
    InputError
        If the folder holds anything.
    ConfigurationError
        If the cluster cannot be had.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is not an empty folder; parts of two results must not mix: name a new one.")
    whole, blocks = _prepared(estimator, X)
    jobs, new = [(block, level) for block in blocks], not folder.exists()
    make_folder(folder)
    parts: list[Path] = []
    try:
        for place, raw in _made(whole, jobs, client):
            parts.append(write_whole(folder / f"{UNFINISHED}part-{place:05d}.parquet", raw))
            log.info("writing the pairs: %d of %d parts", len(parts), len(jobs))
        return [part.replace(folder / part.name.removeprefix(UNFINISHED)) for part in sorted(parts)]
    except BaseException:
        _take_back(folder if new else None, parts)
        raise


def _take_back(folder: Path | None, parts: list[Path]) -> None:
    """Remove parts without the others, and a folder that was made for them."""
    for part in parts:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    if folder is not None:
        with suppress(OSError):
            folder.rmdir()


def _made(whole: Any, jobs: list[tuple[Any, float | None]], client: Any) -> Iterator[tuple[int, bytes]]:
    """Yield the bytes of each part: here one after another, on a cluster as they are done."""
    if client is not None:
        yield from on_cluster(_made_of, jobs, client, shared=whole)
    else:
        for place, job in enumerate(jobs):
            yield place, _made_of(whole, job)


def _made_of(whole: Any, job: tuple[Any, float | None]) -> bytes:
    block, level = job
    return _as_parquet(_part(whole, block), level)


def _prepared(estimator: Any, X: Any) -> tuple[Any, Iterator[Any]]:
    """Return the estimator with its checked input, and its pairs in blocks."""
    whole = copy(estimator)
    whole._prepare(X, in_parts=True)
    windows = len(whole._ends) if hasattr(whole, "_ends") else len(whole._windows)
    return whole, whole._pairs.blocks(max(1, ROWS // max(windows, 1)))


def _part(whole: Any, block: Any) -> Any:
    part = copy(whole)
    part._pairs = block
    part._estimate()
    return part


def _as_parquet(part: Any, level: float | None) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    windows, pairs = part.correlation_.shape
    estimates = {"estimate": part.correlation_.to_numpy().T.ravel()}
    statistics = estimates if level is None else _statistics(part, level)
    names = pa.array([str(name) for name in part._pairs.names])
    left, right = (
        pa.DictionaryArray.from_arrays(pa.array(np.repeat(place.astype(np.int32), windows)), names)
        for place in part._pairs.places
    )
    at = pa.array(part.correlation_.index).take(pa.array(np.tile(np.arange(windows), pairs)))
    table = pa.table({"left": left, "right": right, "at": at, **statistics})
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata({"estimator": repr(part)}), sink)
    return bytes(sink.getvalue())


def _statistics(part: Any, level: float) -> dict[str, Any]:
    """Return what `between` gives, pair after pair."""
    table = part._side_by_side(level)
    names = list(dict.fromkeys(table.columns.get_level_values("statistic")))
    return {name: table.iloc[:, place :: len(names)].to_numpy().T.ravel() for place, name in enumerate(names)}
