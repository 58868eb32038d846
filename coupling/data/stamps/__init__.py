"""What the dates and times of a column mean: sessions of a clock, or instants at which bars end."""

from coupling.data.stamps.law import MEANINGS, REACH, Stamps, read_stamps
from coupling.data.stamps.sessions import require_days_of

__all__ = ["MEANINGS", "REACH", "Stamps", "read_stamps", "require_days_of"]
