"""Runs our images with Docker or Podman as a strict cluster runs them: read-only root, no capability, no new privilege.

They share the machine's network, so that what listens on loopback can be reached without bridges or firewall rules.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

STRICT = ("--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges", "--network", "host")
SCRATCH = ("--tmpfs", "/tmp:rw,nosuid,nodev,mode=1777")  # noqa: S108 - a path inside the container
START_SECONDS = 60.0
UNLIMITED = ("--ulimit", "nofile=1024:4096", "--ulimit", "nproc=1024:1024")


def find_engine() -> list[str] | None:
    """The command of an engine that builds *and* runs, or None. A docker command without a daemon is none."""
    docker = shutil.which("docker")
    if docker and subprocess.run([docker, "info"], check=False, capture_output=True).returncode == 0:  # noqa: S603
        return [docker]
    podman = shutil.which("podman")
    if not podman or os.geteuid() != 0:
        return None
    # crun refuses machines that mix both versions of cgroups; runc does not.
    mixed = not Path("/sys/fs/cgroup/cgroup.controllers").exists() and shutil.which("runc")
    return [podman, "--runtime", "runc"] if mixed else [podman]


class Container:
    """A running container."""

    def __init__(self, engine: list[str], identity: str) -> None:
        self._engine = engine
        self._identity = identity

    def logs(self) -> str:
        ended = subprocess.run(  # noqa: S603 - our own command
            [*self._engine, "logs", self._identity], check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        return ended.stdout.decode()

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own command
            [*self._engine, "exec", self._identity, *command], check=False, capture_output=True, text=True
        )

    def running(self) -> bool:
        answer = subprocess.run(  # noqa: S603 - our own command
            [*self._engine, "inspect", "--format", "{{.State.Running}}", self._identity],
            check=True,
            capture_output=True,
        )
        return answer.stdout.strip() == b"true"

    def until(self, ready: Callable[[], object]) -> float:
        """Seconds until `ready` is true. Fails with the container's log when it ends before, or takes too long."""
        began = time.monotonic()
        while not ready():
            if not self.running() or time.monotonic() - began > START_SECONDS:
                raise AssertionError(self.logs())
            time.sleep(0.05)
        return time.monotonic() - began

    def stop(self) -> int:
        """Ends it politely; its exit code."""
        subprocess.run([*self._engine, "stop", "--time", "20", self._identity], check=True, capture_output=True)  # noqa: S603
        wait = subprocess.run([*self._engine, "wait", self._identity], check=True, capture_output=True)  # noqa: S603
        return int(wait.stdout)

    def remove(self) -> None:
        subprocess.run([*self._engine, "rm", "--force", "--volumes", self._identity], check=True, capture_output=True)  # noqa: S603


class Containers:
    """Starts containers of `localhost/recado-<name>:<tag>` and removes them all at the end."""

    def __init__(self, engine: list[str], tag: str) -> None:
        self._engine = engine
        self._tag = tag
        self._started: list[Container] = []

    def image(self, name: str) -> str:
        return f"localhost/recado-{name}:{self._tag}"

    def once(
        self, name: str, *arguments: str, entrypoint: str = "", environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs it to its end."""
        options = [*self._options(environment or {}, {}), *(["--entrypoint", entrypoint] if entrypoint else [])]
        command = [*self._engine, "run", "--rm", *options, self.image(name), *arguments]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=90)  # noqa: S603

    def start(
        self,
        name: str,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        volumes: Mapping[str, str] | None = None,
    ) -> Container:
        """`volumes`: directory to path inside."""
        options = self._options(environment or {}, volumes or {})
        command = [*self._engine, "run", "--detach", *options, self.image(name), *arguments]
        started = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command
        container = Container(self._engine, started.stdout.strip())
        self._started.append(container)
        return container

    def configuration(self, name: str) -> dict[str, Any]:
        """The image's own settings: User, Entrypoint, Env, Labels."""
        answer = subprocess.run(  # noqa: S603 - our own command
            [*self._engine, "image", "inspect", self.image(name)], check=True, capture_output=True
        )
        configuration: dict[str, Any] = json.loads(answer.stdout)[0]["Config"]
        return configuration

    def remove_all(self) -> None:
        for container in self._started:
            container.remove()

    def _options(self, environment: Mapping[str, str], volumes: Mapping[str, str]) -> list[str]:
        limits = UNLIMITED if os.geteuid() == 0 else ()
        variables = [f"--env={name}={value}" for name, value in environment.items()]
        mounts = [f"--volume={outside}:{inside}" for outside, inside in volumes.items()]
        return [*STRICT, *SCRATCH, *limits, *variables, *mounts]
