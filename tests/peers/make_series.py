"""Make ``series.csv``: three linked, clustered, autocorrelated series whose links turn at row 150.

Run it beside itself.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

rng = np.random.default_rng(20251121)
rows, burn = 240, 50
shocks = rng.standard_t(5, size=(rows + burn, 3))
before = np.array([[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.2, 0.3, 0.9]])
after = np.array([[1.0, 0.0, 0.0], [-0.5, 0.8, 0.0], [0.0, 0.4, 0.5]])
own, led = np.array([0.2, -0.1, 0.3]), np.array([0.0, 0.3, 0.0])
x, variance = np.zeros((rows + burn, 3)), np.ones(3)
for t in range(1, rows + burn):
    variance = 0.1 + 0.1 * x[t - 1] ** 2 + 0.8 * variance
    mixed = (before if t < 200 else after) @ shocks[t]
    x[t] = own * x[t - 1] + led * x[t - 1, 0] + np.sqrt(variance) * mixed * 0.6
if __name__ == "__main__":  # not where a test run only looks at it
    place = Path(__file__).with_name("series.csv")
    np.savetxt(place, x[burn:], delimiter=",", fmt="%.4f", header="a,b,c", comments="")
