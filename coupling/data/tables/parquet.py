"""A Parquet file as a table of typed columns, however pandas, polars or another program wrote its index."""

from __future__ import annotations

import ast
import io
import json
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from coupling.data.shapes import recognise
from coupling.data.tables.table import Name, Table, require_cells
from coupling.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["names_of", "read_parquet"]

BYTES_LIMIT = 1024 * 1024 * 1024


def read_parquet(place: str, raw: bytes) -> Table:
    """Return the table of a Parquet file.

    Raises
    ------
    DataError
        If it is damaged, empty, or holds more cells than fit in bounded memory.
    """
    arrow = _arrow(place, raw)
    if not arrow.num_rows:
        raise DataError(f"{place} has no rows; fetch or export it again.")
    names = names_of(arrow)
    flat = [name[0] for name in names] if len(names[0]) == 1 else []
    columns = [_column(place, names[k][0], arrow.column(k)) for k in range(arrow.num_columns)]
    return Table(
        names=names,
        columns=columns,
        lines=list(range(1, arrow.num_rows + 1)),
        shape=recognise(flat),
    )


def _arrow(place: str, raw: bytes) -> pa.Table:
    """Read the file after its own account of its size has been looked at; texts stay coded, each distinct one once."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        coded = [field.name for field in pq.read_schema(io.BytesIO(raw)) if _is_text(field.type)]
        file = pq.ParquetFile(io.BytesIO(raw), read_dictionary=coded, page_checksum_verification=True)
        _require_bounded(place, file.metadata, coded)
        table: pa.Table = file.read()
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, IndexError, MemoryError) as error:
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise DataError(f"{place} is no readable Parquet file ({reason}); write it again.") from None
    if not table.num_columns:
        raise DataError(f"{place} has no columns; write it again.")
    return table


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(kind) for test in tests)


def _require_bounded(place: str, metadata: Any, coded: Iterable[str]) -> None:
    """Refuse what unfolds to more than fits: a list has many values in one cell, a code stands for a long text."""
    groups = [metadata.row_group(k) for k in range(metadata.num_row_groups)]
    leaves = [(metadata.schema.column(j), [group.column(j) for group in groups]) for j in range(metadata.num_columns)]
    values = sum(chunk.num_values for _, chunks in leaves for chunk in chunks)
    require_cells(place, max(values, metadata.num_rows * max(1, metadata.num_columns)))
    paths = Counter(leaf.path for leaf, _ in leaves)
    once = {name for name in coded if paths[name] == 1}
    size = sum(_unfolded(leaf, chunk, coded=leaf.path in once) for leaf, chunks in leaves for chunk in chunks)
    if size > BYTES_LIMIT:
        limit = BYTES_LIMIT // 2**20
        raise DataError(f"{place} unfolds to {size / 2**20:.0f} MiB, above the limit of {limit} MiB; cut it first.")


def _unfolded(leaf: Any, chunk: Any, *, coded: bool) -> int:
    """Return the most bytes that a part of a column can take: each value may be as long as all that is stored."""
    stored = int(chunk.total_uncompressed_size)
    if leaf.physical_type == "BYTE_ARRAY" and not coded:
        return int(chunk.num_values) * stored
    width = leaf.length if leaf.physical_type == "FIXED_LEN_BYTE_ARRAY" else 8
    return stored + int(chunk.num_values) * width


def names_of(arrow: pa.Table) -> list[Name]:
    """Return the names; pandas writes several levels as texts of tuples, and a nameless index numbered."""
    written = arrow.schema.metadata or {}
    try:
        about = json.loads(written.get(b"pandas", b"{}"))
        levels = len(about.get("column_indexes", ()))
    except (ValueError, AttributeError, TypeError, RecursionError):
        levels = 1
    names = [_name(field.name, levels) for field in arrow.schema]
    width = max(len(name) for name in names)
    return [name if len(name) == width else name * width for name in names]


def _name(name: str, levels: int) -> Name:
    if name.startswith("__index_level_"):
        return ("",)
    if levels > 1 and name.startswith("("):
        try:
            return tuple(str(part) for part in ast.literal_eval(name))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return (name,)
    return (name,)


def _column(place: str, name: str, column: pa.ChunkedArray) -> pd.Series:
    """Return a column, or raise `DataError` where pandas has no place for its values."""
    import pyarrow as pa

    try:
        return _series(column)
    except (pa.ArrowException, ValueError, TypeError, KeyError, OverflowError, NotImplementedError) as error:
        raise DataError(f"{place}: column {name!r} cannot be read ({str(error)[:120]}); write it again.") from None


def _series(column: pa.ChunkedArray) -> pd.Series:
    """Return a column as pandas has it: whole numbers and decimals exactly, dates as dates, texts as texts."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        texts = [text for chunk in column.chunks for text in _decoded(chunk)]
        return pd.Series(texts, dtype="object")
    if pa.types.is_integer(kind) and column.null_count:
        return pd.Series(column.to_pylist(), dtype="Int64")
    if pa.types.is_temporal(kind) and not pa.types.is_timestamp(kind):
        return pd.Series(column.to_pylist(), dtype="object")
    series: pd.Series = column.to_pandas()
    return series.reset_index(drop=True)


def _decoded(chunk: pa.DictionaryArray) -> list[Any]:
    values = chunk.dictionary.to_pylist()
    return [None if code is None else values[code] for code in chunk.indices.to_pylist()]
