"""False alarms of the checks of meaning: on sound real files, also where they end on a large move, and simulated."""

from __future__ import annotations

import numpy as np
from measured_series import DAYS, REAL, real, simulated

from coupling.data.checks import check_meaning
from coupling.data.instrument import Kind
from tests.data.checks.planted import observed

LARGEST = 40
SIMULATED = 400


def ends(name: str) -> tuple[int, int]:
    """Let a file end one to three rows after each of its largest moves; return how often that was, and the alarms."""
    values, dates, kind = real(name)
    path = np.log(values) if kind in (Kind.PRICE, Kind.INDEX, Kind.VOLATILITY) else values
    largest = np.argsort(-np.abs(np.diff(path)))[:LARGEST] + 1
    tried = alarms = 0
    for place in largest:
        for stop in range(place + 1, min(place + 4, len(values) + 1)):
            start = max(0, stop - 500)
            tried += 1
            alarms += len(check_meaning(observed(values[start:stop], dates[start:stop], kind), kind)) > 0
    return tried, alarms


def main() -> None:
    print("| sound file | values | false alarms | ends on a large move | false alarms there |")
    print("|---|---:|---:|---:|---:|")
    whole = [0, 0, 0, 0]
    for name in REAL:
        values, dates, kind = real(name)
        found = len(check_meaning(observed(values, dates, kind), kind))
        row = [len(values), found, *ends(name)]
        whole = [one + other for one, other in zip(whole, row, strict=True)]
        print(f"| {name} | {row[0]:,} | {row[1]} | {row[2]} | {row[3]} |")
    print(f"| **all** | {whole[0]:,} | {whole[1]} | {whole[2]:,} | {whole[3]} |\n")
    print("| simulated GARCH, 1,500 days | series | with a false alarm |")
    print("|---|---:|---:|")
    for freedom in (6.0, 4.0, 3.0):
        made = list(simulated(SIMULATED, freedom))
        for kind, word in ((Kind.PRICE, "prices"), (Kind.YIELD, "yields")):
            series = [values for values, own in made if own is kind]
            alarms = sum(len(check_meaning(observed(each, DAYS, kind), kind)) > 0 for each in series)
            print(f"| {word}, Student shocks with {freedom:g} degrees of freedom | {len(series)} | {alarms} |")


if __name__ == "__main__":
    main()
