"""The process itself: what it refuses to start with, how it serves, and how it ends."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from http import HTTPStatus

import httpx
import pytest
from tests.integration.api.sockets import free_port

from recado_api.settings import ApiSettings
from recado_core.session_states import ExitCode

COMMAND = [sys.executable, "-m", "recado_api"]


@pytest.fixture
def environment(api_settings: ApiSettings) -> dict[str, str]:
    database = api_settings.database
    return {
        "PATH": os.environ["PATH"],
        "DB_HOST": database.host,
        "DB_USER": database.user,
        "DB_PASS": database.password,
        "DB_NAME": database.name,
        "REDIS_URI": api_settings.redis.uri,
        "JWT_SECRET": api_settings.web.jwt_secret,
        "JWT_REFRESH_SECRET": api_settings.web.jwt_refresh_secret,
        "RECADO_API_PORT": str(free_port()),
        "RECADO_METRICS_PORT": str(free_port()),
    }


@pytest.fixture
def process(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603 - ours
        COMMAND, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    )
    yield process
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # granian's worker process too, which outlives a killed server
    process.wait()


def until_ready(port: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/api/health/ready").status_code == HTTPStatus.OK:
                return
        except httpx.TransportError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_it_serves_measures_and_ends_when_told(
    process: subprocess.Popen[bytes], environment: Mapping[str, str]
) -> None:
    until_ready(environment["RECADO_API_PORT"])
    metrics = httpx.get(f"http://127.0.0.1:{environment['RECADO_METRICS_PORT']}/metrics").text
    assert 'recado_http_requests_total{method="GET",route="/api/health/ready",status="200"}' in metrics
    assert "recado_sockets 0.0" in metrics
    big = httpx.get(f"http://127.0.0.1:{environment['RECADO_API_PORT']}/api/me", headers={"X-Big": "x" * 100_000})
    assert big.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE}
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0


@pytest.mark.parametrize("name", ["JWT_SECRET", "JWT_REFRESH_SECRET", "DB_HOST"])
def test_it_does_not_start_without_what_it_needs(environment: dict[str, str], name: str) -> None:
    del environment[name]
    ended = subprocess.run(  # noqa: S603 - ours
        COMMAND, env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.returncode == ExitCode.CONFIGURATION
    assert name in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(("role", "route", "sockets"), [("http", 401, False), ("realtime", 404, True)])
def test_one_image_serves_either_half(environment: dict[str, str], role: str, route: int, *, sockets: bool) -> None:
    environment["RECADO_API_ROLE"] = role
    process = subprocess.Popen(COMMAND, env=environment, stderr=subprocess.DEVNULL)  # noqa: S603 - ours
    url = f"http://127.0.0.1:{environment['RECADO_API_PORT']}"
    try:
        until_ready(environment["RECADO_API_PORT"])
        assert httpx.get(f"{url}/api/me").status_code == route
        asked = httpx.get(f"{url}/socket.io/", params={"EIO": "4", "transport": "polling"})
        assert (asked.status_code != HTTPStatus.NOT_FOUND) == sockets
    finally:
        process.terminate()
        assert process.wait(timeout=10) == 0


def test_a_role_that_does_not_exist_is_refused(environment: dict[str, str]) -> None:
    environment["RECADO_API_ROLE"] = "sockets"
    ended = subprocess.run(  # noqa: S603 - ours
        COMMAND, env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.returncode == ExitCode.CONFIGURATION
    assert "RECADO_API_ROLE" in ended.stderr
