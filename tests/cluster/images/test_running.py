"""The images run together, as strictly as a cluster runs them: databases, API, front end in a browser, refusals."""

import json
import logging
import secrets
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest
from tests.cluster.images.containers import Container, Containers
from tests.integration.api.sockets import free_port
from tests.support.browser import launched

pytestmark = pytest.mark.timeout(1800)

log = logging.getLogger(__name__)
"""How long starts took: `pytest --log-cli-level=info`."""
REFUSAL = 78
PREPARE = """
import asyncio, msgspec
from recado_core.settings import DatabaseSettings, load
from recado_domain.migrate import upgrade
from recado_domain.provision import Passwords, provision_database

async def prepare(admin):
    same = admin.password
    await provision_database(admin, "recado", Passwords(owner=same, app=same, operator=same))
    await upgrade(msgspec.structs.replace(admin, user="recado_owner", name="recado"))

asyncio.run(prepare(load(DatabaseSettings)))
"""
STARTING = [name for name in ("api", "worker", "session", "operator") if find_spec(f"recado_{name}.__main__")]


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def takes_connections(postgres: Container, port: str) -> bool:
    return postgres.run("pg_isready", "-q", "-p", port).returncode == 0


@pytest.fixture(scope="module")
def password() -> str:
    return secrets.token_urlsafe(24)


@pytest.fixture(scope="module")
def postgres_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def postgres(containers: Containers, password: str, postgres_port: int) -> Container:
    environment = {"POSTGRES_PASSWORD": password}
    container = containers.start("postgres", "postgres", "-c", f"port={postgres_port}", environment=environment)
    seconds = container.until(partial(takes_connections, container, str(postgres_port)))
    log.info("postgres answers after %.1f s, the first start included", seconds)
    return container


@pytest.fixture(scope="module")
def redis_uri(containers: Containers, password: str) -> str:
    port = free_port()
    container = containers.start("redis", "--port", str(port), environment={"REDIS_PASSWORD": password})
    ping = ("redis-cli", "-p", str(port), "-a", password, "ping")
    seconds = container.until(lambda: container.run(*ping).stdout == "PONG\n")
    log.info("redis answers after %.1f s", seconds)
    assert "NOAUTH" in container.run("redis-cli", "-p", str(port), "ping").stdout
    return f"redis://:{password}@127.0.0.1:{port}/0"


@pytest.fixture(scope="module")
def database(containers: Containers, postgres: Container, postgres_port: int, password: str) -> dict[str, str]:
    """The settings of a database that the worker's image has migrated."""
    settings = {"DB_HOST": "127.0.0.1", "DB_PORT": str(postgres_port), "DB_PASS": password}
    admin = {**settings, "DB_USER": "postgres", "DB_NAME": "postgres"}
    ended = containers.once("worker", "-c", PREPARE, entrypoint="python", environment=admin)
    assert ended.returncode == 0, ended.stderr
    return settings


@pytest.fixture(scope="module")
def api(containers: Containers, database: dict[str, str], redis_uri: str) -> Iterator[str]:
    """host:port of an API that is ready."""
    environment = {
        **database,
        "REDIS_URI": redis_uri,
        "JWT_SECRET": secrets.token_urlsafe(48),
        "JWT_REFRESH_SECRET": secrets.token_urlsafe(48),
        "RECADO_API_PORT": str(free_port()),
    }
    place = f"127.0.0.1:{environment['RECADO_API_PORT']}"
    container = containers.start("api", environment=environment)
    log.info("api is ready after %.1f s", container.until(lambda: answers(f"http://{place}/api/health/ready")))
    yield place
    assert container.stop() == 0


@pytest.fixture(scope="module")
def frontend(containers: Containers, api: str) -> Iterator[str]:
    port = str(free_port())
    environment = {"RECADO_FRONTEND_PORT": port, "RECADO_API_UPSTREAM": api}
    container = containers.start("frontend", environment=environment)
    url = f"http://127.0.0.1:{port}"
    log.info("frontend answers after %.1f s", container.until(lambda: answers(f"{url}/healthz")))
    yield url
    lines = [json.loads(line) for line in container.logs().splitlines()]
    assert {"/", "/api/health/ready"} <= {line["path"] for line in lines}
    assert "hidden" not in container.logs()
    assert container.stop() == 0


@pytest.mark.parametrize("name", STARTING)
def test_without_settings_it_says_what_is_missing(containers: Containers, name: str) -> None:
    ended = containers.once(name)
    assert ended.returncode == REFUSAL
    assert "is missing" in ended.stdout + ended.stderr


def test_the_simulator_says_that_it_is_ready(containers: Containers) -> None:
    container = containers.start("simulator", "--data-dir", "/tmp/simulator")  # noqa: S108 - inside the container
    seconds = container.until(lambda: "phones_url" in container.logs())
    log.info("simulator is ready after %.1f s", seconds)
    assert container.stop() == 0


def test_a_database_that_exists_is_left_alone(containers: Containers, password: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)  # as a volume with an fsGroup
    volume = {str(tmp_path): "/var/lib/postgresql/data"}
    for password_given, question in ((password, "create table kept ()"), ("other", "select count(*) from kept")):
        port = str(free_port())
        environment = {"POSTGRES_PASSWORD": password_given}
        container = containers.start("postgres", "-c", f"port={port}", environment=environment, volumes=volume)
        container.until(partial(takes_connections, container, port))
        url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        answer = container.run("psql", "-tAc", question, url)
        assert answer.returncode == 0, answer.stderr
        assert container.run("psql", "-tAc", "select 1", url.replace(password, "wrong")).returncode != 0
        container.stop()
        container.remove()


def test_a_database_without_a_password_is_refused(containers: Containers) -> None:
    ended = containers.once("postgres")
    assert ended.returncode == REFUSAL
    assert "POSTGRES_PASSWORD" in ended.stderr


@pytest.mark.parametrize("upstream", ["api", "api:80/x", "http://api:80", "a:1;b", "a:1\nb:2", "api:", ":80"])
def test_the_frontend_refuses_what_is_no_upstream(containers: Containers, upstream: str) -> None:
    ended = containers.once("frontend", environment={"RECADO_API_UPSTREAM": upstream})
    assert ended.returncode == REFUSAL
    assert "must be host:port" in ended.stderr


def test_the_page_opens_in_a_browser_without_a_complaint(frontend: str) -> None:
    with launched() as browser:
        page = browser.new_context(locale="pt-BR").new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{frontend}/inbox")
        page.get_by_role("button", name="Entrar").wait_for()
        assert page.title().startswith("Recado")
    assert complaints == []


def test_hashed_files_come_compressed_and_are_kept(frontend: str) -> None:
    page = httpx.get(f"{frontend}/", params={"token": "hidden"})
    script = page.text.split('type="module" crossorigin src="')[1].split('"')[0]
    sizes = {}
    for coding in ("br", "gzip", "identity"):
        answer = httpx.get(f"{frontend}{script}", headers={"Accept-Encoding": coding})
        sizes[coding] = int(answer.headers["content-length"])
        assert answer.headers.get("content-encoding", "identity") == coding
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["vary"] == "Accept-Encoding"
    assert sizes["br"] < sizes["gzip"] < sizes["identity"] / 2


def test_the_page_is_asked_for_again_and_answers_for_every_address(frontend: str) -> None:
    first = httpx.get(f"{frontend}/inbox/0190")
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["x-frame-options"] == "DENY"
    again = httpx.get(f"{frontend}/", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == httpx.codes.NOT_MODIFIED
    for path in ("/assets/missing.js", "/missing.txt", "/.vite/manifest.json"):
        answer = httpx.get(f"{frontend}{path}")
        assert answer.status_code == httpx.codes.NOT_FOUND
        assert "immutable" not in answer.headers.get("cache-control", "")


def test_the_api_is_reached_with_its_own_headers_only(frontend: str, api: str) -> None:
    through, straight = (httpx.get(f"http://{place}/api/health/ready") for place in (frontend.split("//")[1], api))
    assert through.json() == straight.json()
    for name in ("content-security-policy", "cache-control"):
        assert through.headers.get_list(name) == straight.headers.get_list(name)
