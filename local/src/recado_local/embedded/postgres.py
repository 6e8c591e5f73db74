"""PostgreSQL as a child process: Unix socket only, real passwords, nothing left behind when we are killed."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from recado_core.errors import ConfigurationError
from recado_local.embedded import child, places, release

SUPERUSER = "postgres"
START_SECONDS = 30.0


class EmbeddedPostgres:
    """One cluster in `data`/postgres. `durable=False` is for tests: no fsync, everything else the same."""

    def __init__(self, data: Path, *, durable: bool = True, log: Path | None = None) -> None:
        self.data = data / "postgres"
        self.log = log or data / "postgres.log"
        self.socket_directory = places.socket_directory(data)
        self._password_file = data / "postgres.password"
        self._durable = durable
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def password(self) -> str:
        return self._password_file.read_text()

    def start(self) -> subprocess.Popen[bytes]:
        """`spawn`, and waits until it answers. Raises ConfigurationError."""
        self.spawn()
        self._wait()
        return self._process()

    def spawn(self) -> subprocess.Popen[bytes]:
        """Makes the cluster when there is none and starts it. Raises ConfigurationError."""
        release.check(self.data.parent)
        binaries = places.postgres_binaries()
        if not self.data.exists():
            self._initialise(binaries)
        self.process = child.spawn(
            [binaries / "postgres", "-D", self.data, *self._options()],
            log=self.log,
            death_signal=signal.SIGINT,  # "fast": ends the backends, writes a checkpoint
            drop_root=True,
        )
        return self.process

    def answers(self) -> bool:
        """Whether it takes connections now; not yet during recovery."""
        ready: child.Command = [places.postgres_binaries() / "pg_isready", "-q", "-h", self.socket_directory]
        return subprocess.run(ready, check=False).returncode == 0  # noqa: S603 - the command is ours

    def stop(self) -> None:
        if self.process is not None:
            child.stop(self.process, signal.SIGINT, grace=20)

    def _initialise(self, binaries: Path) -> None:
        """Under another name first: a cluster that was interrupted while it was made must not be taken for one."""
        making = self.data.with_name("postgres.new")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        places.give_to_nobody(making)
        if not self._password_file.exists():
            self._password_file.touch(mode=0o600)
            self._password_file.write_text(secrets.token_urlsafe(32))
        self._run_initdb(binaries, making)
        making.rename(self.data)

    def _run_initdb(self, binaries: Path, making: Path) -> None:
        with tempfile.NamedTemporaryFile("w", dir=self.socket_directory, prefix="password-") as handed:
            handed.write(self.password)
            handed.flush()
            if os.geteuid() == 0:
                os.chown(handed.name, child.NOBODY, child.NOBODY)
            command: child.Command = [binaries / "initdb", "-D", making, "-U", SUPERUSER, f"--pwfile={handed.name}"]
            made = child.spawn(
                [*command, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
                log=self.log,
                drop_root=True,
            )
            if made.wait() != 0:
                raise ConfigurationError(
                    f"PostgreSQL could not make its data directory; the end of {self.log} says why"
                )

    def _options(self) -> list[str]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_directory),
            "max_connections": "200",
            "shared_buffers": "256MB",
            "log_min_messages": "warning",
            "track_commit_timestamp": "on",  # tells benches and diagnostics when a row really was there
        }
        if not self._durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self._process().poll() is not None or time.monotonic() > deadline:
                raise ConfigurationError(f"PostgreSQL does not start; the end of {self.log} says why")
            time.sleep(0.03)

    def _process(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            raise AssertionError("PostgreSQL was not spawned")
        return self.process
