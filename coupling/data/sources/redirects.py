"""Where an answer may send us on to: https, and the domain of the host that was asked."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from coupling.data.sources.transfer import TransferError

__all__ = ["MOST", "require_own_domain"]

MOST = 5
SHOWN = 60
SECOND_LEVELS = ("ac", "co", "com", "edu", "go", "gov", "ne", "net", "or", "org")


def require_own_domain(url: str, target: str) -> None:
    """Raise `TransferError` unless an answer of `url` sends on to https on its own domain.

    Examples
    --------
    >>> require_own_domain("https://fred.stlouisfed.org/x", "/y")
    >>> require_own_domain("https://fred.stlouisfed.org/x", "file:///etc/hosts")
    Traceback (most recent call last):
        ...
    coupling.data.sources.transfer.TransferError: fred.stlouisfed.org sends on to 'file:///etc/hosts', which is not \
https on stlouisfed.org; look at the address in a browser
    """
    host = urlsplit(url).hostname or ""
    own = _domain(host)
    try:
        parts = urlsplit(urljoin(url, target))
        allowed = parts.scheme == "https" and _domain(parts.hostname or "") == own
    except ValueError:
        allowed = False
    if not allowed:
        shown = target if len(target) <= SHOWN else target[:SHOWN] + "…"
        reason = f"{host} sends on to {shown!r}, which is not https on {own}"
        raise TransferError(reason, "look at the address in a browser")


def _domain(host: str) -> str:
    """Return the registered domain of a host: two labels, or three under a country's own second level.

    Examples
    --------
    >>> _domain("query2.finance.yahoo.com"), _domain("www.mof.go.jp"), _domain("127.0.0.1")
    ('yahoo.com', 'mof.go.jp', '127.0.0.1')
    """
    labels = host.lower().rstrip(".").split(".")
    if labels[-1].isdigit():
        return host
    national = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVELS
    return ".".join(labels[-3:] if national else labels[-2:])
