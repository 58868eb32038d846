"""Today against the last run: what changed, why, and what is told of it."""

from coupling.watch.record import Morning, WatchRecord, watch_schema

__all__ = ["Morning", "WatchRecord", "watch_schema"]
