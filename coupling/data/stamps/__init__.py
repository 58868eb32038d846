"""What the dates and times of a column mean: sessions of a clock, or instants at which bars end."""

from coupling.data.stamps.law import MEANINGS, REACH, Stamps, read_stamps

__all__ = ["MEANINGS", "REACH", "Stamps", "read_stamps"]
