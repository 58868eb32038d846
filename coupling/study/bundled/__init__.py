"""Configurations that ship with the package."""

from coupling.study.bundled.reading import bundled_study

__all__ = ["bundled_study"]
