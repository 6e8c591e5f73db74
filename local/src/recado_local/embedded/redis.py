"""Redis as a child process on a Unix socket. Everything in it may be lost, so it is allowed to forget."""

import signal
import socket
import subprocess
import time
from pathlib import Path

from recado_core.errors import ConfigurationError
from recado_local.embedded import child, places

START_SECONDS = 10.0


class EmbeddedRedis:
    def __init__(self, data: Path, *, log: Path | None = None) -> None:
        self.log = log or data / "redis.log"
        self.socket = places.socket_directory(data) / "redis.sock"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        return f"unix://{self.socket}?db=0"

    def start(self) -> subprocess.Popen[bytes]:
        """`spawn`, and waits until it answers. Raises ConfigurationError."""
        process = self.spawn()
        self._wait(process)
        return process

    def spawn(self) -> subprocess.Popen[bytes]:
        self.socket.unlink(missing_ok=True)
        self.process = child.spawn(self._command(), log=self.log)
        return self.process

    def _command(self) -> child.Command:
        listen = ["--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        forget = ["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"]
        return [str(places.redis_server()), *listen, *forget]

    def stop(self) -> None:
        if self.process is not None:
            child.stop(self.process, signal.SIGTERM, grace=5)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise ConfigurationError(f"Redis does not start; the end of {self.log} says why")
            time.sleep(0.02)

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(7) == b"+PONG\r\n"
        except OSError:
            return False
