"""The in-memory door: frames and series become a panel by the same code as files."""

from coupling.data.frames.aligning import align
from coupling.data.frames.recognising import is_data

__all__ = ["align", "is_data"]
