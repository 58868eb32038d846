"""The gate of all estimators: any table of changes in, a frame of floats in time order out, or one sentence."""

from coupling.data.gate.changes import Changes, read_changes

__all__ = ["Changes", "read_changes"]
