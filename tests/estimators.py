"""The estimators under scikit-learn's checks, and every expected failure with its reason."""

from __future__ import annotations

from typing import Any

ESTIMATORS: list[Any] = []

EXPECTED_FAILURES: dict[str, dict[str, str]] = {}
