"""Where parts are kept: one file each, with a checksum, in a folder of the user's alone, never larger than a bound."""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from contextlib import suppress
from pathlib import Path

from coupling.machine.names import file_in
from coupling.machine.surroundings import cache_folder
from coupling.machine.writing import write_whole

__all__ = ["LIMIT", "PartStore", "own_folder"]

log = logging.getLogger("coupling")

LIMIT = 512 * 2**20
"""Bytes that are kept; what was not used for the longest time goes first."""

MARK = b"coupling part 1\n"
SUFFIX = ".part"
CHECK = hashlib.sha256().digest_size


def own_folder(folder: Path | None = None) -> Path | None:
    """Return the folder of kept parts, open to the user alone; None where there is none that can be believed.

    Parameters
    ----------
    folder : Path, optional
        By default ``parts`` in the folder for what can be made again (see `coupling.machine.surroundings`).
    """
    place = folder or cache_folder("parts")
    if place is None:
        return None
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = place.lstat()
        if not stat.S_ISDIR(found.st_mode) or (hasattr(os, "getuid") and found.st_uid != os.getuid()):
            log.warning("%s is not a folder of your own; nothing is kept in it, and nothing read.", place)
            return None
        place.chmod(0o700)
    except OSError as error:
        log.warning("%s cannot be used (%s); nothing is kept.", place, error.strerror)
        return None
    return place


class PartStore:
    """Bytes by their keys.

    Parameters
    ----------
    folder : Path
        From `own_folder`.
    limit : int
        Bytes that may stay.
    """

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self.folder, self.limit = folder, limit

    def holds(self, key: str) -> bool:
        """Tell whether something is kept under a key, whole or not."""
        return self._path(key).is_file()

    def read(self, key: str) -> bytes | None:
        """Return what is kept under a key; what is damaged is removed, and None."""
        path = self._path(key)
        try:
            found = path.stat()
            if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for
                return None
            raw = path.read_bytes() if found.st_size <= self.limit else b""
        except OSError:
            return None
        start = len(MARK) + CHECK
        check, payload = raw[len(MARK) : start], raw[start:]
        if not raw.startswith(MARK) or hashlib.sha256(key.encode() + payload).digest() != check:
            self.remove(key)
            return None
        with suppress(OSError):
            os.utime(path)
        return payload

    def write(self, key: str, payload: bytes) -> None:
        """Keep bytes under a key, whole or not at all; where they cannot be written they are not kept."""
        if len(payload) > self.limit // 4:
            return
        check = hashlib.sha256(key.encode() + payload).digest()
        with suppress(OSError):
            write_whole(self._path(key), MARK + check + payload, lasting=False)

    def remove(self, key: str) -> None:
        """Forget what is kept under a key."""
        with suppress(OSError):
            self._path(key).unlink()

    def trim(self) -> None:
        """Remove what was not used for the longest time until the rest is within nine tenths of the limit."""
        found = []
        with suppress(OSError):
            for entry in os.scandir(self.folder):
                with suppress(OSError):
                    told = entry.stat(follow_symlinks=False)
                    found.append((told.st_mtime, told.st_size, Path(entry.path)))
        held = sum(size for _, size, _ in found)
        if held <= self.limit:
            return
        for _, size, path in sorted(found):
            if held <= 0.9 * self.limit:
                break
            with suppress(OSError):
                path.unlink()
                held -= size

    def _path(self, key: str) -> Path:
        return file_in(self.folder, key, SUFFIX)
