"""The frozen result types; one file per room."""

from coupling.results.base import Failure, LeftOut, Origin, Provenance, Result, RoomResult

__all__ = ["Failure", "LeftOut", "Origin", "Provenance", "Result", "RoomResult"]
