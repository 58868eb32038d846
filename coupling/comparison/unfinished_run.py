"""Outcomes on disk while a run lasts, so that an interrupted run resumes where it stopped."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import zipfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from coupling.comparison.batches import CurvePoint
from coupling.machine.names import file_in, folder_in
from coupling.machine.surroundings import cache_folder
from coupling.machine.writing import make_folder, write_whole

__all__ = ["UnfinishedRun", "run_key"]

log = logging.getLogger("coupling")


def run_key(*parts: str) -> str:
    """Return the name of a run: a hash of its configuration, its data and the version.

    Examples
    --------
    >>> run_key("a", "b") == run_key("ab"), len(run_key("a"))
    (False, 32)
    """
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


class UnfinishedRun:
    """The finished specifications of one run.

    Parameters
    ----------
    key : str
        Name of the run, from `run_key`.
    folder : Path, optional
        Where runs are kept; by default in the folder for what can be made again, and nowhere where there is none.
    """

    def __init__(self, key: str, folder: Path | None = None) -> None:
        place = folder or cache_folder("comparisons")
        self.folder = None if place is None else folder_in(place, key)

    def load(self) -> dict[str, CurvePoint]:
        """Return what an earlier run finished; a file that cannot be read is done again."""
        found: dict[str, CurvePoint] = {}
        for path in () if self.folder is None else sorted(self.folder.glob("*.npz")):
            try:
                found |= {outcome.key: outcome for outcome in _read(path)}
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
                log.warning("%s cannot be read and is done again.", path)
        return found

    def save(self, outcomes: Iterable[CurvePoint]) -> None:
        """Write some outcomes, whole or not at all; where they cannot be, the run goes on and will not resume."""
        if self.folder is None:
            return
        listed = list(outcomes)
        name = run_key(*(outcome.key for outcome in listed))
        try:
            make_folder(self.folder)
            write_whole(file_in(self.folder, name, ".npz"), _to_bytes(listed))
        except OSError as error:
            log.warning("what is finished is not kept, and an interrupted run begins anew (%s).", error.strerror)
            self.folder = None

    def remove(self) -> None:
        """Forget the run."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def _to_bytes(listed: list[CurvePoint]) -> bytes:
    texts = [(each.key, each.estimate, each.n, each.windows, each.failure) for each in listed]
    arrays: dict[str, Any] = {f"replicates_{k}": each.replicates for k, each in enumerate(listed)}
    arrays |= {f"null_{k}": each.null for k, each in enumerate(listed)}
    file = BytesIO()
    np.savez(file, **(arrays | {"outcomes": np.array(json.dumps(texts))}))
    return file.getvalue()


def _read(path: Path) -> list[CurvePoint]:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
        texts = json.loads(str(held["outcomes"]))
        return [
            CurvePoint(key, float(estimate), int(n), int(windows), held[f"replicates_{k}"], held[f"null_{k}"], failure)
            for k, (key, estimate, n, windows, failure) in enumerate(texts)
        ]
