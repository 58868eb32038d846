"""A study: the typed configuration, and running it."""

from coupling.study.configuration import Study, load_study
from coupling.study.running import detect, load_panel, run, score

__all__ = ["Study", "detect", "load_panel", "load_study", "run", "score"]
