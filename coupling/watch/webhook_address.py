"""Where alerts are posted: an address that holds a secret, read from the environment and shown nowhere."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from coupling.errors import ConfigurationError

__all__ = ["VARIABLE", "WebhookAddress", "webhook_address"]

VARIABLE = "COUPLING_WEBHOOK_URL"
"""The variable of the environment that is read where none is named."""
_NAMED = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")
_PRINTED = re.compile(r"[!-~]+")
_LONGEST = 4096


class WebhookAddress:
    """An address that alerts are posted to; printed, copied into a record or pickled it shows nothing.

    Parameters
    ----------
    url : str
        ``https://…``; ``http://`` to this machine alone.
    origin : str
        Where it was found, for what is said of it.

    Raises
    ------
    ConfigurationError
        If it is no such address; the sentence does not quote it.

    Examples
    --------
    >>> WebhookAddress("https://hooks.example.org/services/secret", origin="COUPLING_WEBHOOK_URL")
    WebhookAddress(COUPLING_WEBHOOK_URL)
    """

    __slots__ = ("_url", "origin")

    def __init__(self, url: str, *, origin: str) -> None:
        _require(url, origin)
        self._url, self.origin = url, origin

    def reveal(self) -> str:
        """Return the address itself, for the request alone."""
        return self._url

    @property
    def is_local(self) -> bool:
        """Whether it leads to this machine."""
        return _is_local(urlsplit(self._url).hostname or "")

    def holds(self, text: str) -> bool:
        """Whether a text is a part of the address."""
        return text.casefold() in self._url.casefold()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.origin})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("the address of a webhook is not written down")


def webhook_address(option: str | None, environment: Mapping[str, str] | None = None) -> WebhookAddress | None:
    """Return where alerts are posted: as an option says, else as ``COUPLING_WEBHOOK_URL`` does, else nowhere.

    Parameters
    ----------
    option : str, optional
        ``env:NAME``: the variable of the environment that holds the address. An address itself only where it leads
        to this machine: a command line is read by every user of it and kept in its history.
    environment : mapping, optional
        By default that of the process.

    Raises
    ------
    ConfigurationError
        If the variable is missing or holds no address, or the option is an address that is a secret.

    Examples
    --------
    >>> webhook_address("env:DESK_HOOK", {"DESK_HOOK": "https://hooks.example.org/services/secret"})
    WebhookAddress(DESK_HOOK)
    >>> webhook_address(None, {}) is None
    True
    """
    environment = os.environ if environment is None else environment
    if option is None:
        url = environment.get(VARIABLE, "").strip()
        return WebhookAddress(url, origin=VARIABLE) if url else None
    named = _NAMED.fullmatch(option.strip())
    if named:
        url = environment.get(named[1], "").strip()
        if not url:
            raise ConfigurationError(f"--webhook reads {named[1]}, which is not set; export it with the address.")
        return WebhookAddress(url, origin=named[1])
    if not _leads_here(option.strip()):
        raise ConfigurationError(
            f"--webhook takes env:NAME, a variable of the environment that holds the address, such as env:{VARIABLE}: "
            "an address is a secret, and a command line is not."
        )
    return WebhookAddress(option.strip(), origin="--webhook")


def _require(url: str, origin: str) -> None:
    """Refuse what is no address to post a secret to, without a word of it."""
    parts = _parts(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"{origin} holds no web address; it begins with https:// and a host.")
    if parts.scheme == "http" and not _is_local(parts.hostname):
        raise ConfigurationError(
            f"{origin} holds an address without encryption (http://); use its https:// form, http:// is for this "
            "machine alone."
        )


def _parts(url: str) -> SplitResult | None:
    """Return an address in its parts; nothing where it has none that can be used."""
    if len(url) > _LONGEST or not _PRINTED.fullmatch(url) or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.port != 0
    except ValueError:  # a port or an address of the sixth version that is none
        return None
    return parts if usable else None


def _leads_here(url: str) -> bool:
    parts = _parts(url)
    return parts is not None and parts.scheme in ("http", "https") and _is_local(parts.hostname or "")


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
