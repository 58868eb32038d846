"""Outcomes on disk while a run lasts, so that an interrupted run resumes where it stopped."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

from coupling.comparison.batches import Outcome
from coupling.names import file_in, folder_in
from coupling.writing import make_folder, write_whole

__all__ = ["Kept", "run_key"]

log = logging.getLogger("coupling")


def run_key(*parts: str) -> str:
    """Return the name of a run: a hash of its configuration, its data and the version.

    Examples
    --------
    >>> run_key("a", "b") == run_key("ab"), len(run_key("a"))
    (False, 32)
    """
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


class Kept:
    """The finished specifications of one run.

    Parameters
    ----------
    key : str
        Name of the run, from `run_key`.
    folder : Path, optional
        Where runs are kept; by default in the user's cache folder.
    """

    def __init__(self, key: str, folder: Path | None = None) -> None:
        self.folder = folder_in(folder or Path(platformdirs.user_cache_dir("coupling")) / "comparisons", key)

    def load(self) -> dict[str, Outcome]:
        """Return what an earlier run finished; a file that cannot be read is done again."""
        found: dict[str, Outcome] = {}
        for path in sorted(self.folder.glob("*.npz")):
            try:
                found |= {outcome.key: outcome for outcome in _read(path)}
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
                log.warning("%s cannot be read and is done again.", path)
        return found

    def save(self, outcomes: Iterable[Outcome]) -> None:
        """Write some outcomes, whole or not at all."""
        listed = list(outcomes)
        make_folder(self.folder)
        name = run_key(*(outcome.key for outcome in listed))
        texts = [(each.key, each.estimate, each.n, each.windows, each.failure) for each in listed]
        arrays: dict[str, Any] = {f"replicates_{k}": each.replicates for k, each in enumerate(listed)}
        arrays |= {f"null_{k}": each.null for k, each in enumerate(listed)}
        held = io.BytesIO()
        np.savez(held, **(arrays | {"outcomes": np.array(json.dumps(texts))}))
        write_whole(file_in(self.folder, name, ".npz"), held.getvalue())

    def remove(self) -> None:
        """Forget the run."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _read(path: Path) -> list[Outcome]:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
        texts = json.loads(str(held["outcomes"]))
        return [
            Outcome(key, float(estimate), int(n), int(windows), held[f"replicates_{k}"], held[f"null_{k}"], failure)
            for k, (key, estimate, n, windows, failure) in enumerate(texts)
        ]
