"""What the columns of frames are called where they are read: the field's words for the names of code."""

from __future__ import annotations

__all__ = ["heading"]

_WORDS = {
    "after_n": "n after",
    "before_n": "n before",
    "brier models": "Brier score, models",
    "brier stated": "Brier score, stated",
    "changes_a_year": "annualisation factor",
    "cointegration_p_value": "cointegration p",
    "detectable": "minimum detectable",
    "fragile_on": "another verdict without",
    "happened": "observed frequency",
    "joint_p": "joint p",
    "left_out_holds": "events of the episode",
    "long_run_p": "long-run p",
    "long_run_p_adjusted": "long-run p adjusted",
    "long_run_detectable": "long-run minimum detectable",
    "n_effective": "effective n",
    "n_tail": "n in the tail",
    "net sent": "net (to − from)",
    "normal": "Gaussian copula",
    "null_quantile": "95 % quantile under independence",
    "outside": "share outside the band",
    "p_calibration": "calibration p",
    "past_horizons": "historical windows",
    "run_up": "run-up",
    "run_up_lower": "run-up lower",
    "run_up_upper": "run-up upper",
    "run_up_p": "run-up p",
    "run_up_joint_p": "run-up joint p",
    "said": "mean forecast",
    "same rule": "verdict by the same rule",
    "sign_p": "sign-flip p",
    "smallest_p": "minimum attainable p",
    "smallest_permutation_p": "minimum attainable p",
    "smallest_sign_p": "minimum attainable p",
    "struck at": "value as of",
    "student": "Student-t copula",
    "unequal_closes": "non-synchronous closes",
    "whole_net": "net (to − from)",
    "without_links": "expected under independence",
}
_BY_PLAIN = {name.replace("_", " "): words for name, words in _WORDS.items()}


def heading(name: str, *, numeric: bool = True) -> str:
    """Return the heading of a column.

    Parameters
    ----------
    name : str
        Name of the column.
    numeric : bool
        Whether it holds numbers: ``rows`` counts observations then, and else says what was tested.

    Examples
    --------
    >>> heading("n_effective"), heading("run up p"), heading("BTC"), heading("rows", numeric=False)
    ('effective n', 'run-up p', 'BTC', 'tested on')
    """
    plain = name.replace("_", " ")
    if plain == "rows":
        return "observations" if numeric else "tested on"
    return _BY_PLAIN.get(plain, plain.replace("(rows)", "(observations)"))
