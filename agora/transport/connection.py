"""Connections that know what was written on them, to whom they lead, and when one exchange must be over."""

import http.client
import io
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from . import address


class NotPublic(urllib3.exceptions.NewConnectionError):
    """The name led to an address where Agora cannot be."""


class Late(OSError):
    """The first byte was due after its deadline; nothing was written."""


@dataclass(kw_only=True)
class Watch:
    """The exchange that a session is busy with: its deadlines (monotonic seconds) and what it wrote (bytes)."""

    host: str
    allow_private: bool = False
    read_timeout: float = 75.0
    monotonic: Callable[[], float] = time.monotonic
    write_until: float = field(default=float("inf"), init=False)
    read_until: float = field(default=float("inf"), init=False)
    written: int = field(default=0, init=False)
    late: bool = field(default=False, init=False)

    def begin(self, *, write_until: float, read_until: float) -> None:
        """A new exchange starts: nothing is written yet."""
        self.write_until, self.read_until = write_until, read_until
        self.written, self.late = 0, False

    def writing(self, data: bytes) -> None:
        """Count before the write, so that a write that fails half-way counts; refuse a first byte too late."""
        if not self.written and self.monotonic() > self.write_until:
            self.late = True
            raise Late("signed too long ago")
        self.written += len(data)

    def patience(self) -> float:
        """How many seconds the next read may take; TimeoutError when the exchange had its time."""
        left = self.read_until - self.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        return min(left, self.read_timeout)


class _TimedReader(io.RawIOBase):
    """A socket's bytes, each read bounded by what is left of the exchange's time (a slow drip ends, too)."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, watch: Watch) -> None:
        super().__init__()
        self._sock, self._raw, self._watch = sock, raw, watch

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._watch.patience())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    """An answer that is read through a `_TimedReader`, from its status line on."""

    def __init__(self, sock: socket.socket, *args: Any, watch: Watch, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_TimedReader(sock, self.fp.detach(), watch))


class _Watched(HTTPConnection):
    """Tells the watch what is written, and looks at who answered before anything is."""

    def __init__(self, *args: Any, watch: Watch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._watch = watch
        self.response_class: Any = partial(_TimedResponse, watch=watch)

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        peer = sock.getpeername()[0]
        if not address.may_connect(peer, host=self._watch.host, allow_private=self._watch.allow_private):
            sock.close()
            raise NotPublic(self, "the name leads to an address that is not public")
        return sock

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self._watch.writing(data)
        super().send(data)


class _WatchedTls(_Watched, HTTPSConnection):
    """The same over TLS."""


class _Adapter(HTTPAdapter):
    """One connection, no retries below ours: they would send an old signature again."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=urllib3.Retry(0, read=False))

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = partial(_WatchedTls if pool.scheme == "https" else _Watched, watch=self._watch)
        return pool


class TooLarge(OSError):
    """The decoded body passed its bound; the answer's status was that."""

    def __init__(self, status: int) -> None:
        super().__init__("the answer is too large")
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Received:
    """An answer as it came: status, headers (any case), decoded body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


# What a fetch may raise; whether anything was written stands in the watch.
BROKEN = (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError)


class Line:
    """A connection to Agora: one answer at a time, no cookies, proxies, redirects or retries."""

    def __init__(self, watch: Watch, *, connect_timeout: float, max_bytes: int) -> None:
        self.watch = watch
        self._connect_timeout, self._max_bytes = connect_timeout, max_bytes
        self._adapter = _Adapter(watch)

    def fetch(self, request: requests.PreparedRequest) -> Received:
        """Send it and read the whole answer; raises one of BROKEN."""
        timeouts = (self._connect_timeout, self.watch.read_timeout)
        with self._adapter.send(request, stream=True, timeout=timeouts, verify=True) as response:
            body = bytearray()
            for part in response.iter_content(65536):
                body += part
                if len(body) > self._max_bytes:
                    raise TooLarge(response.status_code)
            return Received(status=response.status_code, headers=response.headers, body=bytes(body))

    def close(self) -> None:
        """Close the connection."""
        self._adapter.close()
