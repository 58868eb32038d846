"""Requests that got no usable answer: what happened, said in plain words, and what the user can do."""

from __future__ import annotations

import socket
import zlib
from dataclasses import dataclass

import requests
from urllib3.exceptions import DecodeError, IncompleteRead, InvalidHeader, ProtocolError, ReadTimeoutError

__all__ = ["BUSY", "LATER", "HostError", "Policy", "TransferError", "explain", "refusal", "unpack"]

BUSY = 429
LATER = "try again later"
CHECK_NETWORK = "check the network, or use what the store holds with --offline"
DAMAGED = "the compressed answer is damaged"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How patient a session is: seconds, numbers of further attempts, bytes.

    Parameters
    ----------
    connect, read, whole : float
        Longest wait for a connection, between two pieces of an answer, and for a whole answer.
    attempts : int
        Further attempts after 429, 5xx or an answer that breaks off.
    connect_attempts : int
        Further attempts after a connection that fails.
    backoff, jitter : float
        Wait before the second further attempt, doubled each time; a random share of `jitter` is added.
    patience : float
        Longest ``Retry-After`` that is waited for; a longer one is a refusal.
    size_limit : int
        Largest answer.
    """

    connect: float = 3.0
    read: float = 20.0
    whole: float = 120.0
    attempts: int = 3
    connect_attempts: int = 1
    backoff: float = 0.5
    jitter: float = 0.5
    patience: float = 30.0
    size_limit: int = 64 * 1024 * 1024


class TransferError(OSError):
    """A request that got no usable answer.

    Parameters
    ----------
    reason : str
        What happened.
    next_step : str
        What the user can do.
    """

    def __init__(self, reason: str, next_step: str) -> None:
        self.reason, self.next_step = reason, next_step
        super().__init__(f"{reason}; {next_step}")


class HostError(TransferError):
    """There is no use in asking this host again soon."""


def unpack(body: bytes, limit: int) -> bytes:
    """Unpack gzip or deflate, of at most one byte more than the limit."""
    unpacker = zlib.decompressobj(wbits=47)
    try:
        whole = unpacker.decompress(body, limit + 1)
    except zlib.error:
        raise TransferError(DAMAGED, LATER) from None
    if len(whole) <= limit and (not unpacker.eof or unpacker.unused_data):
        raise TransferError(DAMAGED, LATER)
    return whole


def explain(host: str, error: Exception, policy: Policy) -> TransferError:
    """Say in plain words why a request to a host failed."""
    if isinstance(error, requests.exceptions.ProxyError):
        return HostError(f"the proxy does not lead to {host}", "check the proxy (HTTPS_PROXY)")
    if isinstance(error, requests.exceptions.SSLError):
        return TransferError(f"the certificate of {host} is not accepted", "check the clock and the proxy")
    if isinstance(error, requests.ReadTimeout | ReadTimeoutError) or "Read timed out" in str(error):
        return TransferError(f"{host} sent nothing for {policy.read:g} s", LATER)
    if isinstance(error, requests.exceptions.InvalidHeader | InvalidHeader | DecodeError):
        return TransferError(f"{host} sent an answer that cannot be read ({type(error).__name__})", LATER)
    if isinstance(error, IncompleteRead | ProtocolError):
        return TransferError(f"{host} broke off its answer", LATER)
    if "Connection aborted" in str(error) or "reset" in str(error):
        return TransferError(f"{host} broke off the connection", LATER)
    return HostError(_why_unreachable(host, error, policy), CHECK_NETWORK)


def _why_unreachable(host: str, error: Exception, policy: Policy) -> str:
    if isinstance(error, socket.gaierror):
        return f"{host} cannot be found"
    if isinstance(error, ConnectionRefusedError):
        return f"{host} refuses connections"
    if isinstance(error, TimeoutError | requests.ConnectTimeout):
        return f"{host} accepted no connection within {policy.connect:g} s"
    return f"{host} cannot be reached ({getattr(error, 'strerror', None) or type(error).__name__})"


def refusal(host: str, response: requests.Response) -> TransferError:
    """Say how a host refused a request: as too busy, or by an error of its own."""
    said = f"{host} answered {response.status_code} {response.reason or ''}".rstrip()
    kind = HostError if response.status_code == BUSY else TransferError
    wait = response.headers.get("Retry-After")
    return kind(said, LATER) if wait is None else kind(f"{said}, asking for a wait of {wait} s", "fetch again after it")
