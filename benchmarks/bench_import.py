"""How long `import coupling` takes beside `import pandas`, each in fresh interpreters that take turns."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

REPEATS = 9
STATEMENTS = ["pass", "import pandas", "import coupling", "import coupling, pandas"]


def seconds(statement: str) -> float:
    """Return how long a fresh interpreter takes for a statement."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main() -> None:
    """Print a table of times and of their ratios to pandas."""
    turns = [{statement: seconds(statement) for statement in STATEMENTS} for _ in range(REPEATS + 1)]
    times = {statement: median(turn[statement] for turn in turns[1:]) for statement in STATEMENTS}
    print("| statement | seconds | ratio to pandas |\n|---|---|---|")
    for statement, taken in times.items():
        print(f"| `{statement}` | {taken:.3f} | {taken / times['import pandas']:.2f} |")


if __name__ == "__main__":
    main()
