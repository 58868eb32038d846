"""Where a process may keep what it can make again: folders that can be written, found without a home."""

from __future__ import annotations

import logging
import os
import tempfile
from functools import cache
from pathlib import Path

__all__ = ["CACHE", "cache_folder", "settle_matplotlib"]

CACHE = "COUPLING_CACHE"
"""Environment variable that names the folder for compiled loops, font lists, kept parts and unfinished comparisons."""


def cache_folder(part: str) -> Path | None:
    """Return a folder for things that can be made again, or None where no place can be written.

    The folder that the environment variable ``COUPLING_CACHE`` names is tried first, then the user's cache folder.

    Parameters
    ----------
    part : str
        What is kept, such as ``numba``; a folder of its own.

    Examples
    --------
    >>> cache_folder("examples").name
    'examples'
    """
    places = [named] if (named := os.environ.get(CACHE, "")) else [_user_cache()]
    return next((folder for place in places if _can_be_written(folder := Path(place) / part)), None)


def settle_matplotlib() -> None:
    """Give matplotlib a folder for its list of fonts before it looks for one, where its own cannot be written."""
    if "MPLCONFIGDIR" in os.environ or (os.environ.get(CACHE, "") == "" and _can_be_written(_matplotlib_own())):
        return
    folder = cache_folder("matplotlib")
    if folder is None:  # it then takes a temporary folder and says so at length, which is no news for the user
        logging.getLogger("matplotlib").setLevel(logging.ERROR)
    else:
        os.environ["MPLCONFIGDIR"] = str(folder)


def _user_cache() -> str:
    from platformdirs import user_cache_dir

    return user_cache_dir("coupling", appauthor=False)


def _matplotlib_own() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "matplotlib"  # noqa: PTH111


@cache
def _can_be_written(folder: Path) -> bool:
    """Make the folder and write into it; a path that starts from an unknown home is none."""
    if not folder.is_absolute():
        return False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"0")
    except OSError:
        return False
    return True
