"""How tests become user nobody, who may read all and write nothing."""

from __future__ import annotations

import os
import shutil

import pytest

__all__ = ["NOBODY", "WITHOUT_NOBODY", "as_nobody"]

NOBODY = 65534
AS_NOBODY = f"setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups".split()
READS_ALL = "-all,+dac_read_search"  # the interpreter may lie in a folder of root's, and is to be read only
READS_ALL_WRITES_NOTHING = [f"--{kind}={READS_ALL}" for kind in ("inh-caps", "ambient-caps", "bounding-set")]

WITHOUT_NOBODY = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="only root can become nobody, by setpriv",
)


def as_nobody(command: list[str], *, path: str = "") -> list[str]:
    """Return a command as nobody runs it, with an empty environment but for a path of modules."""
    given = [f"PYTHONPATH={path}"] if path else []
    return [*AS_NOBODY, *READS_ALL_WRITES_NOTHING, "env", "-i", *given, *command]
