"""The frozen result types; one file per room."""

from coupling.results.base import Failure, Origin, Provenance, Result, RoomResult

__all__ = ["Failure", "Origin", "Provenance", "Result", "RoomResult"]
