"""The door to scikit-learn: its base class and its checks, without the libraries that they load and never use."""

from __future__ import annotations

from coupling.machine.late import UNUSED, waiting

__all__ = ["BaseEstimator", "check_is_fitted", "clone", "validate_data"]

with waiting(*UNUSED):
    from sklearn.base import BaseEstimator, clone
    from sklearn.utils.validation import check_is_fitted, validate_data
