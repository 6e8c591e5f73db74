"""The control API as a stranger, a mistyped test and a browser meet it."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from tests.contract.simulator.processes import SimulatorProcess


def ask(
    simulator: SimulatorProcess, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(simulator.url + path, body, named)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read().decode()


def refused(simulator: SimulatorProcess, path: str, body: Any = None, **headers: str) -> tuple[int, str, str]:
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    status, _, text = ask(simulator, path, data, **({"Content_Type": "application/json"} | headers))
    told = json.loads(text)
    return status, told["code"], told["detail"]


def test_other_hosts_and_origins_are_refused(simulator: SimulatorProcess) -> None:
    assert refused(simulator, "/control/state", Host="evil.example")[:2] == (403, "foreign_host")
    assert refused(simulator, "/control/state", Origin="https://evil.example")[:2] == (403, "foreign_origin")
    assert ask(simulator, "/control/state", Origin=simulator.url)[0] == 200


def test_a_client_in_another_pod_learns_whom_to_trust(simulator: SimulatorProcess) -> None:
    status, _, text = ask(simulator, "/control/identity")
    told = json.loads(text)
    assert status == 200
    assert told["root_key"] == simulator.told["root_key"]
    assert told["authority"] == Path(simulator.told["ca_file"]).read_text()


def test_it_answers_to_the_names_that_it_was_given(tmp_path: Path) -> None:
    named = SimulatorProcess(tmp_path / "named", "--name", "recado-simulator", "--host", "127.0.0.1")
    try:
        assert ask(named, "/control/state", Host="recado-simulator:8090")[0] == 200
        assert refused(named, "/control/state", Host="evil.example")[:2] == (403, "foreign_host")
    finally:
        named.kill()


def test_a_form_of_another_page_is_refused(simulator: SimulatorProcess) -> None:
    assert refused(simulator, "/control/unlink", b"{}", Content_Type="text/plain")[:2] == (415, "not_json")


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("customers", {"phone": "+55 11", "name": "x"}, 422, "not_valid"),
        ("customers", {"phone": "5511988887777", "nome": "x"}, 422, "not_valid"),
        ("messages", {"customer": "5599999999999", "text": "x"}, 404, "unknown_phone"),
        ("messages", {"customer": "5511988887777"}, 422, "empty_message"),
        ("messages", {"customer": "5511988887777", "content": {"kind": "dance"}}, 422, "unknown_content"),
        ("link", {"qr": "hello"}, 422, "qr_not_valid"),
        ("link", {}, 422, "qr_not_valid"),
        ("link", {"code": "0000-0000"}, 422, "pairing_code_not_valid"),
        ("link", {"code": "ABCD-EFGH"}, 422, "pairing_code_not_valid"),
        ("unlink", {"account": "5511988887777"}, 404, "unknown_account"),
        ("faults", {"kind": "earthquake"}, 422, "not_valid"),
        ("faults", b"{", 400, "not_json"),
        ("faults", b'{"kind":"\xff"}', 400, "not_json"),
        ("nothing", {}, 404, "http"),
    ],
)
def test_a_wrong_question_is_told_what_to_do(
    simulator: SimulatorProcess, path: str, body: Any, status: int, code: str
) -> None:
    told = refused(simulator, f"/control/{path}", body)
    assert told[:2] == (status, code)
    assert len(told[2]) > 20


def test_the_page_needs_nothing_from_elsewhere(simulator: SimulatorProcess) -> None:
    status, headers, page = ask(simulator, "/")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "http://" not in page
    assert "https://" not in page
    for part in ("phones.js", "words.js", "network.js", "pieces.js", "phones.css", "icon.svg"):
        assert ask(simulator, f"/page/{part}")[0] == 200


def test_the_stream_tells_what_happens(simulator: SimulatorProcess) -> None:
    simulator.post("customers", phone="5541900000001", name="Bia")
    with urllib.request.urlopen(f"{simulator.url}/control/stream", timeout=10) as stream:  # noqa: S310 - loopback
        assert json.loads(stream.readline().removeprefix(b"data: ")) == {"kind": "reset"}
        stream.readline()
        simulator.post("messages", customer="5541900000001", text="oi")
        news = json.loads(stream.readline().removeprefix(b"data: "))
    assert (news["kind"], news["phone"], news["bubble"]["text"]) == ("bubble", "5541900000001", "oi")


def test_many_at_once_are_numbered(simulator: SimulatorProcess) -> None:
    simulator.post("customers", phone="5541900000002", name="Caio")
    ids = simulator.post("messages", customer="5541900000002", text="m", count=3)["ids"]
    written = [(entry["id"], entry["text"]) for entry in simulator.ledger("written", phone="5541900000002")]
    assert written == list(zip(ids, ["m 1", "m 2", "m 3"], strict=True))


def test_an_id_may_be_given_again(simulator: SimulatorProcess) -> None:
    simulator.post("customers", phone="5541900000003", name="Davi")
    for _ in range(2):
        assert simulator.post("messages", customer="5541900000003", text="m", id="3ADAVI")["ids"] == ["3ADAVI"]
    assert len(simulator.ledger("written", id="3ADAVI")) == 2


def test_a_second_burst_waits_for_the_first(simulator: SimulatorProcess) -> None:
    asked = {"customers": 1, "messages": 30, "rate": 20, "prefix": "slow"}
    assert simulator.post("burst", **asked)["messages"] == 30
    assert refused(simulator, "/control/burst", asked)[:2] == (409, "burst_running")
    simulator.await_ledger("burst_done", prefix="slow")
    texts = [entry["text"] for entry in simulator.ledger("written") if entry["text"].startswith("slow ")]
    assert texts == [f"slow 1 {number}" for number in range(1, 31)]
