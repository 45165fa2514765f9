"""Measure a real server: start it, send it requests over kept connections, read the CPU time of its processes.

Machines are noisy, so every figure is CPU time, and every ratio is against a yardstick of the same run.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

TICKS = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).parents[2]


class Row(NamedTuple):
    """One line of the bench."""

    what: str
    size: str
    figure: str
    ratio: str
    yardstick: str


@dataclass(frozen=True)
class Server:
    """A server under measure, with one web worker so that its CPU time is one process's."""

    port: int
    process: int

    def cpu(self) -> float:
        """CPU seconds used so far by the server and its children."""
        return sum(_cpu(pid) for pid in _family(self.process))

    def memory(self) -> float:
        """Megabytes held by the largest process of the family: the web worker."""
        return max(_rss(pid) for pid in _family(self.process))


@contextmanager
def granian(target: str, environ: Mapping[str, str], *, factory: bool = True, ready: str = "/") -> Iterator[Server]:
    """Serve `module:name` with one worker until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
               "--workers", "1", "--blocking-threads", "1", "--no-ws", "--log-level", "warning",
               *(["--factory"] if factory else []), target]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, **environ}, cwd=ROOT)
    try:
        _await(port, ready)
        yield Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(port: int, path: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5):
                return
        except OSError as error:
            if getattr(error, "code", None):
                return
            time.sleep(0.05)
    raise TimeoutError(f"nothing answers on port {port}")


def raw(path: str, *, method: str = "GET", headers: Sequence[str] = (), body: bytes = b"") -> bytes:
    """A request as bytes, sent as it is again and again."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Connection:
    """One kept connection; reads whole answers by their Content-Length or chunks."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """(status, head, body)."""
        self.socket.sendall(request)
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        status = int(head[9:12])
        lower = head.lower()
        if b"transfer-encoding: chunked" in lower:
            return status, head, self._chunks()
        mark = lower.find(b"content-length:")
        length = int(lower[mark + 15 :].split(b"\r\n", 1)[0]) if mark >= 0 else 0
        while len(self.buffer) < length:
            self._more()
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return status, head, body

    def _chunks(self) -> bytes:
        parts = []
        while True:
            while b"\r\n" not in self.buffer:
                self._more()
            size, _, self.buffer = self.buffer.partition(b"\r\n")
            length = int(size, 16)
            while len(self.buffer) < length + 2:
                self._more()
            parts.append(self.buffer[:length])
            self.buffer = self.buffer[length + 2 :]
            if length == 0:
                return b"".join(parts)

    def _more(self) -> None:
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.buffer += data

    def close(self) -> None:
        self.socket.close()


def cpu_per_request(server: Server, request: bytes, *, seconds: float = 2.0, least: int = 50) -> float:
    """CPU seconds of the server for one request, over as many as fit into `seconds` of wall time."""
    connection = Connection(server.port)
    for _ in range(5):
        status, _, _ = connection.ask(request)
        if status >= 400:
            raise RuntimeError(f"the server answers {status}")
    before, end, count = server.cpu(), time.monotonic() + seconds, 0
    while time.monotonic() < end or count < least:
        connection.ask(request)
        count += 1
    used = server.cpu() - before
    connection.close()
    return used / count


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [each for child in task.read_text().split() for each in _family(int(child))]
        except OSError:
            continue
    return found


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def _rss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def table(rows: Sequence[Row]) -> str:
    """The rows as a table in plain text."""
    heads = Row("what", "size", "figure", "ratio", "yardstick")
    widths = [max(len(row[n]) for row in (heads, *rows)) for n in range(5)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (heads, *rows)]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])
