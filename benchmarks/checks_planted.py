"""Finds of the checks of meaning: faults planted at random places of the last 3,000 values of real files."""

from __future__ import annotations

import numpy as np
import pandas as pd
from measured_series import REAL, real

from coupling.data.checks import check_meaning
from coupling.data.instrument import Kind
from tests.data.checks.planted import PRICES, YIELDS, Plant, observed

PLACES = 40
LENGTH = 3000
NEAR = 5  # rows: a percent after decimals near 0 is not dated to the day
GROUPS = {
    "Bitcoin": ("Bitcoin", "Ether"),
    "shares": ("S&P 500 from 1927", "Nasdaq Composite", "Nikkei 225"),
    "currencies": ("USD/JPY (H.10)", "USD/JPY (ECB)", "Dollar index"),
    "gold": ("Gold (LBMA)",),
    "VIX": ("VIX",),
}
YIELD_GROUPS = {name: (name,) for name in ("Treasury 10Y", "JGB 30Y", "JGB 10Y", "JGB 2Y")}


def share(names: tuple[str, ...], plant: Plant) -> float:
    """Return the share of planted faults that were found within five rows."""
    hits = [hit for name in names for hit in tried(name, plant)]
    return float(np.mean(hits))


def tried(name: str, plant: Plant) -> list[bool]:
    values, dates, kind = real(name)
    values, dates = values[-LENGTH:], dates[-LENGTH:]
    places = np.random.default_rng(7).integers(60, len(values) - 60, PLACES)
    return [found(plant(values, int(place)), dates, kind, int(place)) for place in places]


def found(values: np.ndarray, dates: pd.DatetimeIndex, kind: Kind, place: int) -> bool:
    frame = check_meaning(observed(values, dates[: len(values)], kind), kind)
    rows = dates.normalize().get_indexer(pd.DatetimeIndex(frame["date"]), method="nearest") if len(frame) else []
    return any(abs(int(row) - place) <= NEAR for row in rows)


def table(groups: dict[str, tuple[str, ...]], plants: dict[str, Plant]) -> None:
    print(f"| planted, % found | {' | '.join(groups)} |")
    print("|---|" + "---:|" * len(groups))
    for fault, plant in plants.items():
        cells = " | ".join(f"{100 * share(names, plant):.0f}" for names in groups.values())
        print(f"| {fault} | {cells} |")


def main() -> None:
    assert all(name in REAL for names in (GROUPS | YIELD_GROUPS).values() for name in names)
    table(GROUPS, PRICES)
    print()
    table(YIELD_GROUPS, YIELDS)


if __name__ == "__main__":
    main()
