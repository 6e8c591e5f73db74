"""The whole product through its front doors: a phone is linked, a customer writes, an agent answers, parts die."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.simulator import wait_until
from tests.support.stack import RecadoStack

from .people import exchange, online

PARTS = ("api", "worker", "operator", "redis", "postgres", "simulator")
READY_SECONDS = 15.0


def environment_of(pid: int) -> dict[str, str]:
    raw = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(line.split("=", 1) for line in raw if "=" in line)


@pytest.mark.usefixtures("linked")
def test_a_customer_writes_and_an_agent_answers(stack: RecadoStack) -> None:
    exchange(stack, "Oi, tudo bem?")


def test_the_ready_line_has_everything_one_needs(stack: RecadoStack) -> None:
    ready = stack.ready
    assert ready["email"] == "admin@recado.local"
    assert ready["company_id"] == 1
    assert ready["data_dir"] == str(stack.data)
    assert {*PARTS, "sessions"} <= set(ready["pids"])
    assert httpx.get(ready["phones_url"]).status_code == httpx.codes.OK


def test_secrets_stay_with_their_owner(stack: RecadoStack, linked: dict[str, Any]) -> None:
    for name in ("secrets.json", "status.json", "postgres.password"):
        assert stat.S_IMODE((stack.data / name).stat().st_mode) == 0o600
    session = environment_of(stack.status()["pids"]["sessions"][linked["name"]])
    assert session["DB_USER"] == f"wa_{linked['id'].replace('-', '')}"
    assert (session["GOMEMLIMIT"], session["NEONIZE_BOT_TAG"]) == ("64MiB", "off")
    assert "JWT_SECRET" not in session
    operator = environment_of(stack.status()["pids"]["operator"])
    assert session["DB_PASS"] not in operator.values()
    assert operator["DB_PASS"] not in session.values()


def test_logs_hold_no_secret(stack: RecadoStack, linked: dict[str, Any]) -> None:
    api = environment_of(stack.status()["pids"]["api"])
    session = environment_of(stack.status()["pids"]["sessions"][linked["name"]])
    planted = [api["DB_PASS"], api["JWT_SECRET"], session["DB_PASS"], stack.ready["password"]]
    for log in (stack.data / "logs").iterdir():
        text = log.read_text(errors="replace")
        assert not any(secret in text for secret in planted), log


def test_the_inbox_and_the_api_share_one_address(stack: RecadoStack) -> None:
    page = httpx.get(f"{stack.ready['url']}/tickets/some-ticket")
    assert page.headers["content-type"].startswith(("text/html", "text/plain"))
    assert "script-src" not in page.headers["content-security-policy"]
    refused = httpx.get(f"{stack.ready['url']}/api/me")
    assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")


@pytest.mark.parametrize("name", PARTS)
def test_a_killed_part_comes_back_and_messages_flow(stack: RecadoStack, linked: dict[str, Any], name: str) -> None:
    stack.wait_for_new(name, stack.kill(name), READY_SECONDS)
    for url in (f"{stack.ready['url']}/api/health/ready", stack.ready["phones_url"]):
        wait_until(f"{url} answers", partial(answers, url), READY_SECONDS)
    online(stack, linked["id"])
    exchange(stack, f"after {name} was killed")


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False


def test_a_killed_session_comes_back_still_linked(stack: RecadoStack, linked: dict[str, Any]) -> None:
    name = linked["name"]
    stack.wait_for_new(name, stack.kill(name), READY_SECONDS)
    online(stack, linked["id"])
    exchange(stack, "after the session was killed")
    assert (stack.data / "sessions" / "unclean-exits.jsonl").exists()


def test_api_workers_leave_nobody_behind(stack: RecadoStack) -> None:
    """Granian's worker is a child of the process that we kill: it must go too, or two would answer on one port."""
    before = listeners(stack)
    stack.wait_for_new("api", stack.kill("api"), READY_SECONDS)
    wait_until("the API answers", lambda: answers(f"{stack.ready['url']}/api/health/ready"), READY_SECONDS)
    wait_until("the old worker is gone", lambda: not any(Path(f"/proc/{pid}").exists() for pid in before))


def listeners(stack: RecadoStack) -> list[int]:
    """The processes of the API: the one that the supervisor started and its children."""
    parent = stack.status()["pids"]["api"]
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    assert children, "granian has a worker process"
    return [parent, *map(int, children)]


@contextmanager
def edited(stack: RecadoStack, connection: dict[str, Any], before: str, after: str) -> Iterator[None]:
    """Somebody edits the connection's manifest by hand, and takes it back at the end."""
    manifest = stack.data / "resources" / f"{connection['name']}.yaml"
    text = manifest.read_text()
    assert before in text
    manifest.write_text(text.replace(before, after))
    try:
        yield
    finally:
        manifest.write_text(text)


def test_pausing_by_hand_stops_the_session_and_resuming_starts_it(stack: RecadoStack, linked: dict[str, Any]) -> None:
    with edited(stack, linked, "spec:\n", "spec:\n  suspend: true\n"):
        wait_until("the session is gone", lambda: linked["name"] not in stack.status()["pids"]["sessions"])
        wait_until("people see it", lambda: stack.api.connection(linked["id"])["stateReason"] == "paused")
        assert stack.api.connection(linked["id"])["paused"] is True
    online(stack, linked["id"])


def test_an_invalid_edit_disturbs_nobody(stack: RecadoStack, linked: dict[str, Any]) -> None:
    refused = stack.data / "resources" / ".status" / f"{linked['name']}.refused"
    with edited(stack, linked, "displayName", "dispalyName"):
        wait_until("the refusal is written", refused.exists)
        assert "dispalyName" in refused.read_text()
        exchange(stack, "while the manifest is invalid")
    wait_until("the refusal is taken back", lambda: not refused.exists())


def test_a_manifest_dropped_in_by_hand_becomes_a_connection_and_its_removal_ends_it(stack: RecadoStack) -> None:
    manifest = stack.data / "resources" / "sales.yaml"
    manifest.write_text(
        "# dropped in by hand\napiVersion: recado.dev/v1alpha1\nkind: WhatsAppConnection\n"
        "metadata:\n  name: sales\nspec:\n  companyRef: {name: demo}\n  deletionPolicy: Logout\n"
    )

    def found() -> dict[str, Any] | None:
        items = stack.api.call("GET", "/connections")["items"]
        return next((item for item in items if item["name"] == "sales"), None)

    connection = wait_until("the connection is declared", found)
    assert connection["managedBy"] == "kubectl"
    wait_until("it shows a code", lambda: stack.api.pairing(connection["id"])["qr"])
    assert manifest.read_text().startswith("# dropped in by hand\n")
    manifest.unlink()
    wait_until("it is gone", lambda: found() is None)
    wait_until("its session is gone", lambda: "sales" not in stack.status()["pids"]["sessions"])
    wait_until("its journal is gone", lambda: not (stack.data / "sessions" / "sales").exists())
    wait_until("nothing is left of it", lambda: not any((stack.data / "resources" / ".departed").iterdir()))


def test_a_connection_of_a_missing_company_says_so(stack: RecadoStack) -> None:
    manifest = stack.data / "resources" / "lost.yaml"
    manifest.write_text(
        "apiVersion: recado.dev/v1alpha1\nkind: WhatsAppConnection\n"
        "metadata: {name: lost}\nspec: {companyRef: {name: nobody}}\n"
    )
    status = stack.data / "resources" / ".status" / "lost.yaml"
    wait_until("the status says why", lambda: status.exists() and "There is no Company nobody" in status.read_text())
    manifest.unlink()
    accepted = stack.data / "resources" / ".accepted" / "lost.yaml"
    wait_until("it is missed", lambda: not accepted.exists())
    wait_until("nothing is left of it", lambda: not any((stack.data / "resources" / ".departed").iterdir()))
