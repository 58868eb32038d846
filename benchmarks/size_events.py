"""How often event tests reject: a true null (size) and effects of a known size (power).

Run ``python benchmarks/size_events.py`` (about ten minutes); it prints the tables of docs/size.md. Five
instruments with common correlation, t5 tails of unit variance, 120 estimation days per date; on the dates the variance
is multiplied and an effect (in standard deviations of a calm day) added to every instrument. The date-level tests are
those of the first instrument, Westfall–Young that of any of the five; the classical tests pool all dates and
instruments, as papers do.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from coupling.events.studies.abnormal import Abnormal, EventWindows, regress
from coupling.events.studies.classical import classical_tests
from coupling.events.studies.dates import date_mean, sign_tests, t_p_value
from coupling.events.studies.placebo import draw_dates, placebo_t
from coupling.inference.randomisation import randomisation_p_value, smallest_sign_p

INSTRUMENTS, ROWS, LEVEL, DRAWS = 5, 120, 0.05, 399
LEADING = ("date_mean_t", "sign_flip", "placebo", "westfall_young")
CLASSICAL = ("csect", "patell", "bmp", "kp_bmp", "corrado", "corrado_zivney", "cowan", "grank")
TESTS = (*LEADING, *CLASSICAL)


@dataclass(frozen=True)
class World:
    """A design: number of dates, correlation, factor on the event variance, skewed responses, effect."""

    dates: int
    correlation: float
    variance: float
    skewed: bool = False
    effect: float = 0.0


def shocks(rng: np.random.Generator, shape: tuple[int, ...], correlation: float) -> np.ndarray:
    """Correlated t5 draws of unit variance, instruments along the last axis."""
    own, common = rng.standard_normal((*shape, INSTRUMENTS)), rng.standard_normal((*shape, 1))
    normal = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own
    return normal * np.sqrt(3 / rng.chisquare(5, size=(*shape, 1)))


def skewed_shocks(rng: np.random.Generator, shape: tuple[int, ...], correlation: float) -> np.ndarray:
    """Lognormal draws (skewness 6) around their mean, with unit variance, from correlated normal ones."""
    own, common = rng.standard_normal((*shape, INSTRUMENTS)), rng.standard_normal((*shape, 1))
    raised = np.exp(np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own)
    return (raised - np.exp(0.5)) / np.sqrt((np.e - 1) * np.e)


def draw(world: World, rng: np.random.Generator) -> tuple[Abnormal, np.ndarray]:
    """One study, and the calm days that serve as placebo dates."""
    calm = shocks(rng, (world.dates, ROWS), world.correlation)
    make = skewed_shocks if world.skewed else shocks
    event = make(rng, (world.dates,), world.correlation) * np.sqrt(world.variance) + world.effect
    windows = EventWindows(
        estimation=calm.transpose(0, 2, 1),
        event=event[..., None],
        design=np.ones((world.dates, 1, ROWS, 1)),
        event_design=np.ones((world.dates, 1, 1, 1)),
        keep=np.ones((world.dates, ROWS), dtype=bool),
    )
    return regress(windows), calm.reshape(-1, INSTRUMENTS)


def p_values(abnormal: Abnormal, placebo: np.ndarray, seed: int) -> dict[str, float]:
    responses = abnormal.total
    mean, error, n = date_mean(responses)
    signs = sign_tests(responses, random_state=seed)
    sets = draw_dates(len(placebo), len(responses), gap=1, replications=DRAWS, random_state=seed)
    table = classical_tests(abnormal, [str(k) for k in range(len(responses))], list("ABCDE"), 0, CLASSICAL)
    pooled = table[(table["scope"] == "pooled") & (table["day"] == "window")].set_index("test")["p_value"]
    return {
        "date_mean_t": t_p_value(mean, error, n)[0],
        "sign_flip": signs.p[0],
        "placebo": randomisation_p_value(mean[0] / error[0], placebo_t(placebo[:, 0], sets)),
        "westfall_young": signs.joint.min(),
        **pooled.to_dict(),
    }


def attainable(n: int) -> float:
    """Largest level not above 5 % that a two-sided sign test of n values can have."""
    step = smallest_sign_p(n)
    return np.floor(LEVEL / step + 1e-9) * step if step <= LEVEL else 0.0


def rejections(world: World, studies: int, seed: int = 0) -> dict[str, float]:
    """Share of studies in which each test rejects at 5 %."""
    rng = np.random.default_rng([seed, world.dates, int(10 * world.correlation), int(world.variance), world.skewed])
    found = [p_values(*draw(world, rng), seed=k) for k in range(studies)]
    return {test: float(np.mean([row[test] <= LEVEL + 1e-12 for row in found])) for test in TESTS}


SIZES = [World(d, r, v) for d in (6, 10, 20) for r in (0.0, 0.5) for v in (1.0, 4.0)]
SKEWED = [World(d, 0.5, 4.0, skewed=True) for d in (10, 20)]
POWERS = [World(d, 0.5, 4.0, effect=e) for d in (6, 10, 20) for e in (0.5, 1.0, 2.0)]


PAGE = """{studies} simulated studies for each row (standard error {error:.3f} at 5 %), five instruments with
correlation ρ, t5 tails, 120 estimation days for every date, the variance on the dates multiplied. Leading tests speak
of one instrument (`westfall_young`: of any of the five), classical tests of all dates and instruments pooled, as papers
print them.

A discrete test cannot do better than its largest attainable level, shown beside the number of dates: with six dates
`sign_flip` and `westfall_young` reject a true null at most 3.1 % of the time.
"""
READ = {
    "Size of the leading tests": "The nominal level is .05. Raised variance and correlation do not disturb them.",
    "Size of the classical tests": "Patell rejects a true null far too often as soon as instruments are correlated or "
    "the variance\nrises; `csect`, `bmp` and `cowan` when instruments are correlated; Corrado's ranks when the "
    "variance rises. `kp_bmp`\nand `grank` stay near .05.",
    "Power of the leading tests": "ρ = .5, variance ×4; the effect in standard deviations of a calm day. With six "
    "dates an effect of\none standard deviation is missed three times out of four.",
    "Power of the classical tests": "The same studies. Power means nothing where the size is wrong.",
    "A warning: skewed effects": "Lognormal shocks on the dates, and a true mean of 0. Every test rejects too often, "
    "which is why\n`tests()` prints a warning row where responses are skewed.",
}


def head(world: World) -> list[str]:
    """The first cells of a row: dates with the largest attainable level, and the design."""
    return [f"{world.dates} ({attainable(world.dates):.3f})", f"{world.correlation:.1f}", f"×{world.variance:.0f}"]


def print_table(title: str, worlds: list[World], found: dict[World, dict[str, float]], tests: tuple[str, ...]) -> None:
    """Print one table in markdown."""
    powered = worlds[0].effect > 0
    print(f"\n### {title}\n\n{READ[title]}\n")
    names = ["dates (attainable)", "ρ", "variance", *(["effect"] if powered else []), *tests]
    print("| " + " | ".join(names) + " |\n|" + "---|" * len(names))
    for world in worlds:
        cells = [*head(world), *([f"{world.effect:.1f}"] if powered else [])]
        print("| " + " | ".join([*cells, *(f"{found[world][test]:.3f}" for test in tests)]) + " |")


def main() -> None:
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    found = {world: rejections(world, studies) for world in (*SIZES, *SKEWED, *POWERS)}
    print(PAGE.format(studies=studies, error=(LEVEL * (1 - LEVEL) / studies) ** 0.5), end="")
    for kind, worlds in (("Size", SIZES), ("Power", POWERS)):
        print_table(f"{kind} of the leading tests", worlds, found, LEADING)
        print_table(f"{kind} of the classical tests", worlds, found, CLASSICAL)
    print_table("A warning: skewed effects", SKEWED, found, TESTS)


if __name__ == "__main__":
    main()
