"""A study: the typed configuration, and running it."""

from coupling.study.alone import detect, score
from coupling.study.configuration import Study, load_study
from coupling.study.running import load_panel, run

__all__ = ["Study", "detect", "load_panel", "load_study", "run", "score"]
