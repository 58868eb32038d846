"""Names of the array types that modules share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["Days", "Flags", "Floats", "Instants", "Integers", "Places"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Instants = npt.NDArray[np.int64]
Places = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
