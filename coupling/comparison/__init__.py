"""Comparisons: several configurations side by side, one under every reasonable choice, and two runs of one.

The bootstrap draws whole calendar weeks, the same in every study and specification (`coupling.comparison.weeks`).
"""

from coupling.comparison.comparing import compare
from coupling.comparison.folders import compare_folders

__all__ = ["compare", "compare_folders"]
