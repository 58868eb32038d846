"""Tables: from the bytes of a file to a heading, columns of cells and the lines that they stand on."""

from coupling.data.tables.opening import SIZE_LIMIT, load
from coupling.data.tables.table import Table

__all__ = ["SIZE_LIMIT", "Table", "load"]
