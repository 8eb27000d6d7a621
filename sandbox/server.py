"""Sockets: HTTP/1.1 requests are read, and deliveries written as whole, late, cut or broken as ordered."""

import logging
import socket
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sandbox.api import Sandbox
from sandbox.control import PREFIX, Control
from sandbox.exchange import Refusal, Reply, Request, message_reply
from sandbox.faults import Delivery
from sandbox.gateway import http_date

LARGEST_BODY = 1_000_000
KEEP_ALIVE_SECONDS = 75
_PHRASES = {int(status): status.phrase for status in HTTPStatus}
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)

logger = logging.getLogger(__name__)


class Handler(BaseHTTPRequestHandler):
    """Serves one connection, request after request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = KEEP_ALIVE_SECONDS
    server: "SandboxServer"

    def answer(self) -> None:
        """Read the request, have it answered and deliver the answer."""
        try:
            request = self._request()
        except Refusal as refusal:
            self.close_connection = True
            self._deliver(Delivery(reply=message_reply(refusal.status, refusal.message)))
            return
        self._deliver(self.server.answer(request))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = answer

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the truth log knows every request."""

    def _request(self) -> Request:
        path, _mark, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(method=self.command, path=path, query=query, headers=headers, body=self._body(headers))

    def _body(self, headers: dict[str, str]) -> bytes:
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers or not (length.isascii() and length.isdigit()):
            raise Refusal(411, "a Content-Length is required")
        if len(length) > 9 or int(length) > LARGEST_BODY:
            raise Refusal(413, "request body is too large")
        return self.rfile.read(int(length))

    def _deliver(self, sent: Delivery) -> None:
        time.sleep(sent.wait)
        if not sent.silent:
            self._write(sent)
        if sent.silent or sent.reset or sent.keep is not None:
            self.close_connection = True
        if sent.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self.rfile.close()
            self.connection.close()

    def _write(self, sent: Delivery) -> None:
        body = b"" if self.command == "HEAD" else sent.reply.body[: sent.keep]
        head = self._head(sent.reply)
        if not sent.pause:
            self.connection.sendall(head + body)
            return
        self.connection.sendall(head)
        for place in range(len(body)):
            self.connection.sendall(body[place : place + 1])
            time.sleep(sent.pause)

    def _head(self, reply: Reply) -> bytes:
        sandbox = self.server.sandbox
        headers = {"Server": "sandbox", "Content-Length": str(len(reply.body)), **reply.headers}
        if sandbox.options.date_header:
            headers.setdefault("Date", http_date(sandbox.clock.now()))
        if not headers["Content-Length"]:
            self.close_connection = True
        if self.close_connection:
            headers["Connection"] = "close"
        reason = _PHRASES.get(reply.status, "Ordered")
        fields = [f"{name}: {value}" for name, value in headers.items() if value]
        return "\r\n".join([f"HTTP/1.1 {reply.status} {reason}", *fields, "", ""]).encode("latin-1", "replace")


class SandboxServer(ThreadingHTTPServer):
    """Listens, one thread a connection; closing it ends every connection."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, sandbox: Sandbox, host: str, port: int) -> None:
        self.sandbox = sandbox
        self._control = Control(sandbox) if sandbox.options.control_token else None
        self._open: set[socket.socket] = set()
        super().__init__((host, port), Handler)

    @property
    def base_url(self) -> str:
        """Where the API is, without a slash at its end."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def answer(self, request: Request) -> Delivery:
        """An order of the control plane is answered by it, everything else by the API."""
        if self._control and request.path.startswith(PREFIX):
            return Delivery(reply=self._control.answer(request))
        return self.sandbox.answer(request)

    def server_bind(self) -> None:
        """Bind without asking a name server for this machine's name, as HTTPServer would."""
        socketserver.TCPServer.server_bind(self)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection and remember it."""
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """End a connection and forget it."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error; anything else is."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            logger.exception("a request failed inside the sandbox")

    def close(self) -> None:
        """Stop listening and end every connection that is still open."""
        self.shutdown()
        self.server_close()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                self._open.discard(connection)


@contextmanager
def running(sandbox: Sandbox, *, host: str = "127.0.0.1", port: int = 0, poll_seconds: float = 0.2) -> Iterator[str]:
    """Serve a sandbox in a thread; gives its base URL. Port 0 takes a free one.

    `poll_seconds` is how long stopping may take.
    """
    server = SandboxServer(sandbox, host, port)
    thread = threading.Thread(target=server.serve_forever, args=(poll_seconds,), daemon=True)
    thread.start()
    try:
        yield server.base_url
    finally:
        server.close()
        thread.join()
