"""The command takes one thread of linear algebra unless somebody has decided otherwise; a library changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from coupling.machine.threads import WORDS

COMMAND = """
import sys
from coupling.cli import main
assert "numpy" not in sys.modules
sys.argv = ["coupling", "--version"]
try:
    main()
except SystemExit:
    pass
"""
LIBRARY = "import coupling; coupling.RollingCorrelation(window=60)"
THREADS = """
import numpy, os
from threadpoolctl import threadpool_info
print([pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"][0])
"""


def threads(program: str, **set_by_user: str) -> int:
    free = {name: value for name, value in os.environ.items() if name not in WORDS}
    done = subprocess.run(
        [sys.executable, "-c", program + THREADS], env=free | set_by_user, check=True, capture_output=True, text=True
    )
    return int(done.stdout.split()[-1])


@pytest.mark.processes
def test_the_command_takes_one_thread() -> None:
    assert threads(COMMAND) == 1


@pytest.mark.processes
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core has one thread anyway")
def test_what_the_user_has_set_stands_and_a_library_changes_nothing() -> None:
    assert threads(COMMAND, OMP_NUM_THREADS="2") == 2
    assert threads(LIBRARY) == threads("") > 1
