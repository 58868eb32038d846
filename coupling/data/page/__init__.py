"""The parts of the room's page, one file each: its maker, its result, its sentence, its figure."""

from coupling.data.page import alignment, checks, instruments, levels, meaning, overlap, revisions, sources, truth

__all__ = ["alignment", "checks", "instruments", "levels", "meaning", "overlap", "revisions", "sources", "truth"]
