"""The bytes of a file that is one, of bounded size, and of the kind that its name says."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from coupling.errors import DataError

__all__ = ["EXCEL", "PARQUET", "SIZE_LIMIT", "load", "require_kind"]

SIZE_LIMIT = 64 * 1024 * 1024
PARQUET = (".parquet", ".pq")
EXCEL = (".xlsx", ".xlsm")
KINDS = {
    stat.S_ISDIR: "a folder",
    stat.S_ISFIFO: "a pipe",
    stat.S_ISSOCK: "a socket",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
}
SIGNATURES = (
    (b"PAR1", "a Parquet file", "name it with the ending .parquet"),
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive", "name a workbook .xlsx, unpack an archive"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook of the old kind, or under a password", "save it as .xlsx without one"),
    (b"\x1f\x8b", "compressed with gzip", "unpack it"),
    (b"BZh", "compressed with bzip2", "unpack it"),
    (b"\xfd7zXZ", "compressed with xz", "unpack it"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "unpack it"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it"),
    (b"%PDF", "a PDF document", "export the table as CSV"),
    (b"SQLite format 3", "a database of SQLite", "export the table as CSV"),
    (b"ARROW1", "an Arrow (Feather) file", "write it as Parquet"),
    (b"\x89HDF", "an HDF5 file", "write it as Parquet"),
)


def load(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    DataError
        If it is no regular file (a folder, a pipe, a device, an endless link), cannot be read, or is above the limit.
    """
    try:
        status = path.stat()
        _require_file(path, status)
        return path.read_bytes() if status.st_size else b""
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}); check the path and its permissions.") from None
    except ValueError as error:  # a name that no system takes
        raise DataError(f"{str(path)!r} cannot be read ({error}); check the path.") from None


def _require_file(path: Path, status: os.stat_result) -> None:
    kind = next((name for test, name in KINDS.items() if test(status.st_mode)), None)
    if kind is not None:
        raise DataError(f"{path} is {kind}, not a file; name a file of values.")
    if status.st_size > SIZE_LIMIT:
        size, limit = status.st_size / 2**20, SIZE_LIMIT // 2**20
        raise DataError(f"{path} is {size:.0f} MiB, above the limit of {limit} MiB; cut it first.")


def require_kind(place: str, raw: bytes, expected: bytes = b"") -> None:
    """Raise `DataError` where the bytes begin as another kind of file does than the one expected."""
    for signature, kind, advice in SIGNATURES:
        if signature != expected and raw.startswith(signature):
            raise DataError(f"{place} is {kind}, whatever its name says; {advice}.")
