"""scikit-learn's own checks of every estimator that is fitted to a matrix."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from sklearn.utils.estimator_checks import parametrize_with_checks

_spec = importlib.util.spec_from_file_location("estimators", Path(__file__).with_name("estimators.py"))
_listed = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_listed)


def _expected_failures(estimator):
    return _listed.EXPECTED_FAILURES.get(type(estimator).__name__, {})


@parametrize_with_checks(_listed.ESTIMATORS, expected_failed_checks=_expected_failures)
def test_scikit_learn_check(estimator, check):
    check(estimator)
