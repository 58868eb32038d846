"""Files that are there whole or not at all, under any name and on a full disk."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

__all__ = ["TEMPORARY", "sync_folder", "write_text_whole", "write_whole"]

TEMPORARY = ".tmp"


def write_whole(path: Path, raw: bytes, *, mode: int = 0o666) -> Path:
    """Write a file so that under its name there is ever only the old content or all of the new, on the disk itself.

    Parameters
    ----------
    path : Path
        The file; its folder is there.
    raw : bytes
        All of its content.
    mode : int
        Permissions of the file, less the umask.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OSError
        If it cannot be written, with the path; nothing is left behind.
    """
    part = path.parent / f".{secrets.token_hex(8)}{TEMPORARY}"
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename, error.filename2 = str(path), None
        raise
    sync_folder(path.parent)
    return path


def write_text_whole(path: Path, text: str) -> Path:
    """Write UTF-8 text as `write_whole` does; its folder is made. A byte of a name that is no UTF-8 becomes ``?``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_whole(path, text.encode("utf-8", "replace"))


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where its file system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
