"""scikit-learn is loaded without the statistics library that it imports, and nothing of the stand-in stays."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys, scipy
from coupling.machine.scikit import BaseEstimator
import coupling.study, coupling.correlation.run, coupling.change.run, coupling.direction.run, coupling.events.run
import coupling.claims.run, coupling.report.page
loaded = {name for name in sys.modules if name in {"scipy.stats", "scipy.signal", "statsmodels", "polars", "numba"}}
assert not loaded, loaded
import sklearn.base
assert BaseEstimator is sklearn.base.BaseEstimator
from scipy.stats import norm
import scipy.stats
assert scipy.stats is sys.modules["scipy.stats"] and scipy.stats.__file__, scipy.stats
assert scipy.stats.norm is norm and norm.cdf(0.0) == 0.5
import sklearn.utils.estimator_checks, sklearn.utils.fixes
assert sklearn.utils.fixes.scipy.stats is scipy.stats
"""


@pytest.mark.processes
def test_the_rooms_load_no_library_that_they_do_not_use() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
