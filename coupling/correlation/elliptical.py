"""Tails of elliptical laws with a given correlation: what a tail looks like when nothing but correlation is at work.

Both measures are integrals over the first variable's probability u in (0, q), with the law of the second one given the
first in closed form: normal, or Student's with one more degree of freedom.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from scipy import special

from coupling._typing import Floats
from coupling.errors import InputError

__all__ = [
    "elliptical_chi",
    "elliptical_exceedance_correlation",
    "fit_degrees_of_freedom",
    "student_tail_dependence",
]


NODES = 200
BEND = 8
"""Nodes lie at u = q v^8, so that powers of the far tail stay smooth in v."""


def student_tail_dependence(correlation: float, degrees_of_freedom: float) -> float:
    r"""Return the tail dependence of Student's t in the limit of ever smaller quantiles.

    .. math:: \lambda = 2\, t_{\nu+1}\!\left(-\sqrt{(\nu+1)(1-\rho)/(1+\rho)}\right)

    References
    ----------
    Demarta and McNeil (2005), International Statistical Review 73(1), equation (5).

    Examples
    --------
    >>> round(student_tail_dependence(0.5, 4), 10)
    0.2531699951
    """
    _check(correlation, 0.05, degrees_of_freedom)
    if correlation == -1 or np.isinf(degrees_of_freedom):
        return float(correlation == 1)
    reach = np.sqrt((degrees_of_freedom + 1) * (1 - correlation) / (1 + correlation))
    return float(2 * special.stdtr(degrees_of_freedom + 1, -reach))


def elliptical_chi(correlation: float, quantile: float, degrees_of_freedom: float = np.inf) -> float:
    """Return P(V ≤ q | U ≤ q) of the normal (or Student's) law with that correlation.

    Examples
    --------
    >>> round(elliptical_chi(0.5, 0.05), 4), round(elliptical_chi(0.5, 0.05, 4), 4)
    (0.2438, 0.3387)
    """
    _check(correlation, quantile, degrees_of_freedom)
    if abs(correlation) == 1:
        return float(correlation == 1)
    weight, _, chance, _ = _given_first(correlation, quantile, degrees_of_freedom)
    return float(weight @ chance / quantile)


def elliptical_exceedance_correlation(correlation: float, quantile: float, degrees_of_freedom: float = np.inf) -> float:
    """Return the correlation of the observations in which both variables lie below their q-quantile.

    Missing where that never happens (correlation -1) or the variance does not exist (2 or fewer degrees of freedom).

    References
    ----------
    Longin and Solnik (2001), Journal of Finance 56(2); Ang and Chen (2002), Journal of Financial Economics 63(3).

    Examples
    --------
    >>> round(elliptical_exceedance_correlation(0.5, 0.05), 4)
    0.1371
    """
    _check(correlation, quantile, degrees_of_freedom)
    if abs(correlation) == 1 or degrees_of_freedom <= 2:
        return 1.0 if correlation == 1 else float("nan")
    weight, x, chance, partial = _given_first(correlation, quantile, degrees_of_freedom)
    mass = weight @ chance
    mean, square, product = (weight @ term / mass for term in (x * chance, x * x * chance, x * partial))
    return float((product - mean**2) / (square - mean**2))


def _given_first(correlation: float, quantile: float, nu: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Return weights, the first variable x, P(Y ≤ c | x), and the mean of Y over Y ≤ c, given x."""
    v, w = _nodes()
    u, weight = quantile * v**BEND, quantile * BEND * w * v ** (BEND - 1)
    normal = np.isinf(nu)
    inverse = special.ndtri if normal else lambda p: special.stdtrit(nu, p)
    x, threshold = inverse(u), inverse(quantile)
    spread = np.full(len(x), np.sqrt(1 - correlation**2))
    if not normal:
        spread *= np.sqrt((nu + x**2) / (nu + 1))
    reach = (threshold - correlation * x) / spread
    if normal:
        chance, tail = special.ndtr(reach), np.exp(-(reach**2) / 2) / np.sqrt(2 * np.pi)
    else:
        chance, tail = special.stdtr(nu + 1, reach), _density(reach, nu + 1) * (nu + 1 + reach**2) / nu
    return weight, x, chance, correlation * x * chance - spread * tail


def _density(x: Floats, nu: float) -> Floats:
    """Return the density of Student's law."""
    scale = np.exp(special.gammaln((nu + 1) / 2) - special.gammaln(nu / 2)) / np.sqrt(nu * np.pi)
    return np.asarray(scale * (1 + x**2 / nu) ** (-(nu + 1) / 2))


@lru_cache(maxsize=1)
def _nodes() -> tuple[Floats, Floats]:
    points, weights = np.polynomial.legendre.leggauss(NODES)
    return (points + 1) / 2, weights / 2


def fit_degrees_of_freedom(left: Floats, right: Floats, correlation: float) -> float:
    """Fit the degrees of freedom of a Student copula with that correlation, by the likelihood of the ranks.

    Parameters
    ----------
    left, right : array of shape (n,)
        Observations, without missing values.
    correlation : float
        Held fixed; from Kendall's τ it is sin(π τ / 2).

    Returns
    -------
    float
        Between 2.1 and 200; at 200 the tails are those of a normal copula.

    References
    ----------
    Demarta and McNeil (2005), section 4.2; Genest, Ghoudi and Rivest (1995), Biometrika 82(3), for the ranks.
    """
    from scipy.optimize import minimize_scalar

    ranks, end = np.stack([pd.Series(values).rank().to_numpy() for values in (left, right)]), len(left) + 1.0
    low = np.minimum(ranks, end - ranks)  # Student's law is symmetric
    distinct, places = np.unique(low, return_inverse=True)  # both columns have the same ranks, but for ties
    sign = np.sign(2 * ranks - end)
    rho = float(np.clip(correlation, -0.999, 0.999))

    def cost(inverse: float) -> float:
        nu = 1 / inverse
        x, y = -sign * special.stdtrit(nu, distinct / end)[places.reshape(ranks.shape)]
        form = (x**2 - 2 * rho * x * y + y**2) / (1 - rho**2)
        joint = -(nu + 2) / 2 * np.log1p(form / nu) - 0.5 * np.log(1 - rho**2)
        margins = -(nu + 1) / 2 * (np.log1p(x**2 / nu) + np.log1p(y**2 / nu))
        constant = special.gammaln((nu + 2) / 2) + special.gammaln(nu / 2) - 2 * special.gammaln((nu + 1) / 2)
        return -float((joint - margins).sum() + len(x) * constant)

    return float(1 / minimize_scalar(cost, bounds=(1 / 200, 1 / 2.1), method="bounded").x)


def _check(correlation: float, quantile: float, degrees_of_freedom: float) -> None:
    if not -1 <= correlation <= 1:
        raise InputError(f"A correlation lies between -1 and 1, not {correlation!r}.")
    if not 0 < quantile < 0.5:
        raise InputError(f"quantile={quantile!r} must lie above 0 and below 0.5; use a share such as 0.05.")
    if not degrees_of_freedom > 0:
        raise InputError(f"Degrees of freedom must be above 0 (or infinite), not {degrees_of_freedom!r}.")
