"""``python -m coupling`` is the command ``coupling``."""

from __future__ import annotations

from coupling.cli import main

if __name__ == "__main__":
    main()
