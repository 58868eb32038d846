"""Two columns in an order of their own, so that which of them stands first changes no bit of what they share."""

from __future__ import annotations

from coupling._typing import Floats

__all__ = ["in_order"]


def in_order(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the two columns, the one first that is lower where both are there and first differ.

    Sums of products are rounded by the order in which they are formed; what is symmetric begins with this.

    Examples
    --------
    >>> import numpy as np
    >>> [column.tolist() for column in in_order(np.array([1.0, 3.0]), np.array([1.0, 2.0]))]
    [[1.0, 2.0], [1.0, 3.0]]
    """
    differ = (x < y) | (y < x)
    first = int(differ.argmax()) if differ.size else 0
    return (y, x) if differ.any() and y[first] < x[first] else (x, y)
