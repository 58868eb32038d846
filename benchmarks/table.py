"""Measure and write the tables of docs/speed.md and the other pages below: the only way for a figure there.

Run ``python benchmarks/table.py speed`` (or another page), or name sections to measure only those: ``python
benchmarks/table.py speed rolling spillover``. A section is what ``benchmarks/bench_<section>.py`` (for other pages
`SCRIPTS` has the first word) prints, put between the two marks of that section; the prose around them is kept. A script
that fails leaves the page as it was.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
SCRIPTS = {
    "speed": "bench",
    "coverage": "coverage",
    "data_checks": "checks",
    "size": "size",
    "predictions": "reliability",
    "how_it_compares": "peers",
}
BLOCK = "<!-- measured: {section} -->\n{text}\n<!-- end -->"
MARK = re.compile(r"<!-- measured: (?P<section>\w+) -->\n(?:(?!<!-- end -->).)*<!-- end -->", re.DOTALL)


def sections(text: str) -> list[str]:
    """Return the sections that a page has marks for."""
    return [match["section"] for match in MARK.finditer(text)]


def put(text: str, section: str, printed: str) -> str:
    """Return the page with what a script printed between the marks of its section."""

    def replace(match: re.Match[str]) -> str:
        return BLOCK.format(section=section, text=printed) if match["section"] == section else match[0]

    return MARK.sub(replace, text)


def measure(page: str, section: str) -> str:
    """Run the script of a section and return what it printed, with the machine where seconds are shown."""
    script = HERE / f"{SCRIPTS[page]}_{section}.py"
    load = os.getloadavg()[0]
    environment = os.environ | {"PYTHONPATH": str(HERE.parent), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(script)], cwd=HERE.parent, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{script.name} failed; the page is as it was.\n{done.stderr}")
    machine = (
        f"Measured on {os.cpu_count()} cores (load {load:.1f} at the start), Python {platform.python_version()}, "
        f"numpy {np.__version__}, pandas {pd.__version__}.\n\n"
    )
    return (machine if page == "speed" else "") + done.stdout.strip()


def main(page: str, chosen: list[str]) -> None:
    path = HERE.parent / "docs" / f"{page}.md"
    known = sections(path.read_text(encoding="utf-8"))
    unknown = sorted(set(chosen) - set(known))
    if unknown:
        raise SystemExit(f"{path.name} has no section {unknown[0]!r}; it has {', '.join(known)}.")
    for section in chosen or known:
        print(f"{page}: {section}", file=sys.stderr, flush=True)
        printed = measure(page, section)
        path.write_text(put(path.read_text(encoding="utf-8"), section, printed), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in SCRIPTS:
        raise SystemExit(f"Name a page: {' or '.join(SCRIPTS)}.")
    main(sys.argv[1], sys.argv[2:])
