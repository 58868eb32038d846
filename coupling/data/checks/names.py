"""What the checks call their findings that put the verdicts of a series in doubt."""

from __future__ import annotations

__all__ = ["BLOCK", "END", "EXCURSION", "FINDINGS", "FLIP", "JUMP", "UNIT", "YIELD_UNIT"]

UNIT = "change of unit or split"
YIELD_UNIT = "change of unit"
JUMP = "level jump that stays"
EXCURSION = "values out of scale"
END = "first or last value out of scale"
FLIP = "sign flip"
BLOCK = "repeated block"

FINDINGS = (UNIT, YIELD_UNIT, JUMP, EXCURSION, END, FLIP, BLOCK)
