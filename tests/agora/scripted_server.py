"""A server that answers from a script, so that an answer can be as broken as the wire allows."""

import json
import os
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

Reply = Callable[[socket.socket], None]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(kw_only=True)
class ScriptedServer:
    """Answers each request with the next reply of the script, and the last one for ever after."""

    script: list[Reply]
    tls: ssl.SSLContext | None = None
    requests: list[Asked] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._stopping = False
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._stopping = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._open:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while not self._stopping:
                sock, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with suppress(OSError, ValueError):
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
            self._open.append(sock)
            with sock.makefile("rb") as stream:
                while line := stream.readline():
                    self._next_reply(read_request(line, stream))(sock)
        sock.close()

    def _next_reply(self, asked: Asked) -> Reply:
        with self._lock:
            self.requests.append(asked)
            return self.script[min(len(self.requests), len(self.script)) - 1]


def read_request(line: bytes, stream: Any) -> Asked:
    method, path, _ = line.decode().split()
    headers = {}
    while (header := stream.readline().decode().rstrip("\r\n")) != "":
        name, _, value = header.partition(": ")
        headers[name.lower()] = value
    body = stream.read(int(headers.get("content-length", 0)))
    return Asked(method=method, path=path, headers=headers, body=body)


def answer(status: int = 200, body: Any = None, **headers: str) -> Reply:
    """A whole answer; a body that is neither bytes nor text is sent as JSON, header names take `_` for `-`."""
    content = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    lines = [f"HTTP/1.1 {status} Scripted", f"Content-Length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return raw("\r\n".join(lines).encode() + b"\r\n\r\n" + content)


def raw(content: bytes) -> Reply:
    """Exactly these bytes, the connection left open."""
    return lambda sock: sock.sendall(content)


def cut(content: bytes) -> Reply:
    """These bytes, and then the end of the connection."""

    def reply(sock: socket.socket) -> None:
        sock.sendall(content)
        sock.shutdown(socket.SHUT_RDWR)

    return reply


def reset(content: bytes = b"") -> Reply:
    """These bytes, and then a TCP reset."""

    def reply(sock: socket.socket) -> None:
        if content:
            sock.sendall(content)
            time.sleep(0.05)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(sock.detach())

    return reply


def drip(content: bytes, *, seconds: float) -> Reply:
    """One byte at a time, with a pause after each."""

    def reply(sock: socket.socket) -> None:
        for byte in content:
            sock.sendall(bytes([byte]))
            time.sleep(seconds)

    return reply


def silence(sock: socket.socket) -> None:
    """No answer at all, for longer than any test waits."""
    time.sleep(30)
