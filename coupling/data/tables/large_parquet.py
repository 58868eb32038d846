"""A large Parquet file of bars as the table of its wanted columns, of the row groups that a period needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coupling.data.shapes import recognise
from coupling.data.tables.large import Wanted, wanted_of, with_columns
from coupling.data.tables.parquet import names_of
from coupling.data.tables.table import Options, Table
from coupling.errors import DataError
from coupling.limits.budget import require_memory

__all__ = ["Between", "read_large_parquet"]

Between = tuple[pd.Timestamp | None, pd.Timestamp | None]
"""First and last instant that are wanted, either of them open."""

FIRST_ROWS = 200
MARGIN = pd.Timedelta(days=3)
"""What is read beyond the period on either side: bars end after their stamp, and naive times are of any zone."""


def read_large_parquet(path: Path, options: Options, between: Between) -> Table | None:
    """Return the table of a large Parquet file; none where it is to be read cell by cell."""
    import pyarrow as pa
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq

    try:
        first = next(pq.ParquetFile(path).iter_batches(batch_size=FIRST_ROWS))
        if not first.num_rows or not first.num_columns:
            return None
        fragment = next(iter(ds.dataset(str(path), format="parquet").get_fragments()))
        head = _head(first)
        wanted = wanted_of(str(path), head, options)
        if wanted is None or not all(_are_plain(first.schema, wanted)):
            return None
        return _read(path, fragment, head, wanted, between)
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, IndexError, StopIteration) as error:
        if isinstance(error, DataError):
            raise
        return None


def _head(first: Any) -> Table:
    names = names_of(first)
    flat = [name[0] for name in names] if len(names[0]) == 1 else []
    columns = [first.column(k).to_pandas() for k in range(first.num_columns)]
    return Table(names=names, columns=columns, lines=list(range(1, first.num_rows + 1)), shape=recognise(flat))


def _are_plain(schema: Any, wanted: Wanted) -> list[bool]:
    """Tell of each wanted column whether it is of a type that needs no reading: numbers, and instants or unix time."""
    import pyarrow as pa

    numbers = [schema.field(place).type for place in wanted.numbers]
    times = [schema.field(place).type for place in wanted.times]
    return [
        wanted.roles.time is None,
        *(pa.types.is_floating(kind) or pa.types.is_integer(kind) for kind in numbers),
        *(pa.types.is_timestamp(kind) or pa.types.is_int64(kind) for kind in times),
    ]


def _read(path: Path, fragment: Any, head: Table, wanted: Wanted, between: Between) -> Table | None:
    import pyarrow.dataset as ds

    schema = fragment.physical_schema
    dates = schema.field(wanted.roles.date)
    stamps = pd.Series(head.columns[wanted.roles.date])
    if pd.api.types.is_datetime64_any_dtype(stamps.dtype) and (stamps == stamps.dt.normalize()).all():
        return None
    every = list(fragment.row_groups)
    begins = np.cumsum([0, *(group.num_rows for group in every)])
    wanted_groups = fragment.subset(_within(ds.field(dates.name), dates.type, between)).row_groups
    chosen = {group.id for group in wanted_groups or every}  # what lies outside is refused with its first and last
    names = [schema.field(place).name for place in wanted.places]
    if len(set(schema.names)) < len(schema.names):
        return None
    rows = sum(group.num_rows for group in every if group.id in chosen)
    require_memory(rows * 8.0 * (len(names) + 3), f"reading {path.name}", "cut it into several files of less")
    table = fragment.subset(row_group_ids=sorted(chosen)).to_table(columns=names)
    lines = [np.arange(begins[k], begins[k + 1]) + 1 for k, group in enumerate(every) if group.id in chosen]
    columns = {place: table.column(name).to_pandas() for place, name in zip(wanted.places, names, strict=True)}
    whole = len(chosen) == len(every)
    return with_columns(head, wanted, columns, range(1, rows + 1) if whole else np.concatenate(lines))


def _within(field: Any, kind: Any, between: Between) -> Any:
    """Return what the instants of a row group must allow: a filter that keeps every row of the period and more."""
    import pyarrow as pa
    import pyarrow.dataset as ds

    kept = ds.scalar(value=True)
    if not pa.types.is_timestamp(kind):
        return kept
    for instant, first in zip(between, (True, False), strict=True):
        if instant is not None:
            edge = instant - MARGIN if first else instant + MARGIN
            scalar = pa.scalar(edge if kind.tz else edge.tz_localize(None), type=kind)
            kept = kept & ((field >= scalar) if first else (field <= scalar))
    return kept
