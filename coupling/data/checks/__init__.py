"""Checks on every series: what looks wrong is found and shown, and nothing is corrected. One file per check."""

from coupling.data.checks.cautions import with_cautions
from coupling.data.checks.form import COLUMNS
from coupling.data.checks.registry import CHECKS, MEANING, check_meaning, check_series

__all__ = ["CHECKS", "COLUMNS", "MEANING", "check_meaning", "check_series", "with_cautions"]
