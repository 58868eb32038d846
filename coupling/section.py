"""Base of every typed section of a configuration."""

from __future__ import annotations

from pydantic import ConfigDict

from coupling.bounded import Bounded

__all__ = ["Section"]


class Section(Bounded):
    """A section of the configuration: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=False)
