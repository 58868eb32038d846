"""One vintage of a series: its rows as Parquet, its manifest beside them, and the way back to the same rows."""

from __future__ import annotations

import io
import stat
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from coupling.data.sources.rows import RawRows
from coupling.data.stores.manifest import MOST_BYTES, DamagedError, Manifest
from coupling.errors import DataError
from coupling.machine.writing import write_whole

__all__ = ["Vintage", "rows_of", "same_rows", "to_parquet"]

PLAIN = ("when", "value", "line", "released", "labels")
DATED = ("when", "released", "labels")
HOUR = pd.Timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Vintage:
    """One answer of a source: a manifest, and a Parquet file of the same stem beside it.

    Parameters
    ----------
    path : Path
        The manifest's file.
    manifest : Manifest
        What the answer was and when it came.
    """

    path: Path
    manifest: Manifest = field(repr=False)

    @classmethod
    def load(cls, path: Path) -> Vintage:
        """Read a manifest.

        Raises
        ------
        DamagedError
            If it is missing or not what was written.
        DataError
            If it cannot be read, or a newer version of the toolkit wrote it.
        """
        return cls(path=path, manifest=Manifest.from_bytes(str(path), _bytes_of(path)))

    def read(self) -> RawRows:
        """Return the rows as they were saved, dated by their last retrieval; raise `DamagedError` if they are not."""
        place = self.path.with_suffix(".parquet")
        raw = _bytes_of(place)
        if sha256(raw).hexdigest() != self.manifest.sha256:
            raise DamagedError(f"{place} does not have the hash that its manifest names")
        return rows_of(_frame_of(place, raw, self.manifest), self.manifest)

    def write(self, parquet: bytes) -> None:
        """Write both files, the manifest last: with it the vintage is there, without it nothing is."""
        place = self.path.with_suffix(".parquet")
        try:
            write_whole(place, parquet, shared=True)
            write_whole(self.path, self.manifest.to_bytes(), shared=True)
        except BaseException:
            self.path.unlink(missing_ok=True)
            place.unlink(missing_ok=True)
            raise


def to_parquet(rows: RawRows) -> bytes:
    """Write rows as the bytes of a Parquet file."""
    return _to_frame(rows).to_parquet(engine="pyarrow")


def same_rows(stored: RawRows, fetched: RawRows) -> bool:
    """Tell whether two answers hold the same rows, whenever they were retrieved."""
    return stored.instants == fetched.instants and _to_frame(stored).equals(_to_frame(fetched))


def _bytes_of(path: Path) -> bytes:
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            raise DamagedError(f"{path} is no plain file but a link, a folder or a device")
        if found.st_size > MOST_BYTES:
            raise DamagedError(f"{path} has {found.st_size:,} bytes, and {MOST_BYTES:,} are read at most")
        return path.read_bytes()
    except FileNotFoundError:
        raise DamagedError(f"{path} is missing") from None
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}); allow it, or give --store another folder."
        raise DataError(message) from None


def _to_frame(rows: RawRows) -> pd.DataFrame:
    plain = {name: column for name in PLAIN if (column := getattr(rows, name)) is not None}
    return pd.DataFrame(plain | ({} if rows.bars is None else dict(rows.bars.items())))


def _frame_of(place: Path, raw: bytes, manifest: Manifest) -> pd.DataFrame:
    """Return the rows of a Parquet file; raise `DamagedError` where it is no table of rows as its manifest says."""
    import pyarrow.parquet as pq
    from pyarrow import ArrowException

    try:
        stored = pq.ParquetFile(io.BytesIO(raw)).metadata.num_rows
        if stored != manifest.rows:
            raise DamagedError(f"{place} has {stored:,} rows, and its manifest says {manifest.rows:,}")
        frame = pd.read_parquet(io.BytesIO(raw))
    except (ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedError(f"{place} is no Parquet file of rows ({str(error).splitlines()[0]})") from None
    wrong = _wrong_column(frame, hourly=manifest.hourly)
    if wrong or len(frame) != manifest.rows:
        raise DamagedError(f"{place} is no table of rows: {wrong or 'the number of rows differs'}")
    return frame


def _wrong_column(frame: pd.DataFrame, *, hourly: bool) -> str:
    """Name what keeps a frame from being rows as `to_parquet` writes them."""
    missing = [name for name in ("when", "value", "line") if name not in frame]
    if missing or frame.columns.has_duplicates or not pd.api.types.is_integer_dtype(frame.index.dtype):
        return f"column {missing[0]!r} is missing" if missing else "its columns or rows are named otherwise"
    for name in frame.columns:
        dtype = frame[name].dtype
        dated = name in DATED
        fits = pd.api.types.is_datetime64_any_dtype(dtype) if dated else pd.api.types.is_numeric_dtype(dtype)
        if not fits or pd.api.types.is_bool_dtype(dtype):
            return f"column {name!r} is of the type {dtype}"
    aware = getattr(frame["when"].dtype, "tz", None) is not None
    return "" if aware == hourly else "instants and dates are mixed up"


def rows_of(frame: pd.DataFrame, manifest: Manifest) -> RawRows:
    """Return the rows that a table of a vintage holds."""
    last = manifest.retrievals[-1]
    columns: dict[str, Any] = {name: frame[name].rename(None) for name in PLAIN if name in frame}
    bars = frame.drop(columns=list(columns))
    if manifest.hourly and "labels" not in columns:  # an earlier version kept the starts of hours
        starts = columns["when"]
        columns |= {"when": starts + HOUR, "labels": starts.dt.tz_localize(None).dt.normalize()}
    return RawRows(
        **columns,
        bars=bars if len(bars.columns) else None,
        place=last.place,
        sha256=last.sha256,
        repairs=last.repairs,
        retrieved_at=manifest.retrieved_at,
    )
