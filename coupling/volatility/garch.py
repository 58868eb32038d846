"""GARCH(1,1) and GJR for one series, normal or Student."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from coupling.errors import InputError
from coupling.limits.asked import require_level
from coupling.limits.keywords import plain_keywords
from coupling.limits.upper import require_limits
from coupling.volatility.estimation import GarchFit, fit_garch
from coupling.volatility.garch_result import GarchResult

__all__ = ["GarchModel"]

_DISTRIBUTIONS = ("normal", "student")
_ERRORS = ("robust", "hessian")


@plain_keywords
@dataclass(frozen=True, kw_only=True)
class GarchModel:
    """GARCH(1,1) with a constant mean (Bollerslev 1986), or GJR (Glosten, Jagannathan & Runkle 1993).

    ``x[t] = mu + e[t]``, ``h[t] = omega + (alpha + gamma 1{e[t-1] < 0}) e[t-1]**2 + beta h[t-1]``, by maximum
    likelihood over all rows with ``alpha + gamma / 2 + beta`` at most 0.999.

    Parameters
    ----------
    asymmetric : bool
        Whether falls move the variance by gamma more (GJR).
    distribution : {"normal", "student"}
        Law of the standardised residuals; normal is a quasi-likelihood that needs no normality.
    initial_variance : {"sample", "recursion", "backcast"} or float
        ``"sample"``: ``h[1]`` is the mean of ``e**2`` (R's rugarch).
        ``"recursion"``: ``h[1] = omega + (alpha + gamma / 2 + beta) m`` with m that mean (Bollerslev & Ghysels;
        Fiorentini, Calzolari & Panattoni 1996).
        ``"backcast"``: the same with m an exponentially weighted mean of the first 75 squares (the package arch).
        A number: the same with that m, in squared units of the changes.
    errors : {"robust", "hessian"}
        Standard errors of Bollerslev & Wooldridge (1992), or from the Hessian alone. A parameter bound that is reached
        counts as held, and the result says so; a parameter that is held has no error.
    level : float
        Coverage of the (normal) intervals of the parameters.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> result = GarchModel().fit(pd.Series(rng.standard_normal(500), name="BTC"))
    >>> result.frame["parameter"].tolist()
    ['mu', 'omega', 'alpha', 'beta']
    """

    asymmetric: bool = False
    distribution: str = "normal"
    initial_variance: str | float = "sample"
    errors: str = "robust"
    level: float = 0.95

    def fit(self, changes: pd.Series) -> GarchResult:
        """Fit the model to the changes of one instrument.

        Parameters
        ----------
        changes : Series
            At least 10 changes in time order, none missing.

        Returns
        -------
        GarchResult

        Raises
        ------
        InputError
            If the series is too short, has a missing or infinite value or does not vary, or an option is unknown.
        """
        self._check()
        fit = fit_garch(
            _values(changes),
            asymmetric=self.asymmetric,
            student=self.distribution == "student",
            initial_variance=self.initial_variance,
        )
        title = f"Volatility of {changes.name}" if changes.name is not None else "Volatility"
        return GarchResult(
            name="volatility-model",
            title=title,
            method=self._method(),
            frame=_frame(fit, self.errors, self.level),
            warnings=_warnings(fit),
            log_likelihood=fit.log_likelihood,
            volatility=pd.Series(np.sqrt(fit.path.variances) * fit.scale, index=changes.index, name=changes.name),
            standardized=pd.Series(fit.path.standardized, index=changes.index, name=changes.name),
        )

    def _check(self) -> None:
        require_limits(self)
        if self.distribution not in _DISTRIBUTIONS:
            raise InputError(f"distribution={self.distribution!r} is not known; use one of {_DISTRIBUTIONS}.")
        if self.errors not in _ERRORS:
            raise InputError(f"errors={self.errors!r} is not known; use one of {_ERRORS}.")
        require_level(self.level)

    def _method(self) -> str:
        model = "GJR-GARCH(1,1)" if self.asymmetric else "GARCH(1,1)"
        return (
            f"{model}, constant mean, {self.distribution} likelihood, initial variance {self.initial_variance}, "
            f"{self.errors} standard errors."
        )


def _values(changes: pd.Series) -> npt.NDArray[np.float64]:
    if not isinstance(changes, pd.Series):
        raise InputError(
            f"The model takes one series of changes, not a {type(changes).__name__}; give a pandas Series."
        )
    try:
        return np.asarray(changes.to_numpy(dtype=float))
    except (TypeError, ValueError):
        raise InputError(f"The changes {changes.name!r} hold values that are no numbers; convert them first.") from None


def _frame(fit: GarchFit, errors: str, level: float) -> pd.DataFrame:
    deviations = fit.std_errors(errors)
    reach = ndtri(0.5 + level / 2.0) * deviations
    columns = {
        "parameter": list(fit.names),
        "estimate": fit.parameters,
        "std_error": deviations,
        "lower": fit.parameters - reach,
        "upper": fit.parameters + reach,
        "n": fit.path.residuals.size,
    }
    return pd.DataFrame(columns)


def _warnings(fit: GarchFit) -> tuple[str, ...]:
    bounds = tuple(f"{name} is on its bound or not identified; standard errors hold it there" for name in fit.at_bound)
    return bounds if fit.converged else (*bounds, "the search for the maximum did not converge")
