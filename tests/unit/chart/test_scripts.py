"""The chart's own jobs, against an API server of a few lines; a real one sees them in tests/cluster."""

import importlib.util
import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from tests.unit.chart.charts import CHART

from recado_api.auth.schemas import SignedIn
from recado_api.companies.schemas import Bootstrap
from recado_api.connections.schemas import ConnectionList
from recado_domain.companies.views import CompanyView
from recado_domain.connections.views import ConnectionView, PairingView, QrView
from recado_domain.users.views import UserView

FILES = CHART / "files"
GROUP = "/apis/recado.dev/v1alpha1/namespaces/desk"
CONNECTIONS = f"{GROUP}/whatsappconnections"
COMPANIES = f"{GROUP}/companies"
SCALE = "/apis/apps/v1/namespaces/desk/deployments/recado-operator/scale"
PODS = "/api/v1/namespaces/desk/pods?labelSelector=app%3Doperator"
CONNECTION = UUID("01930000-0000-7000-8000-000000000001")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ADMIN = UserView(CONNECTION, "Admin", "ana@example.com", "admin")


class Server(HTTPServer):
    def __init__(self, stored: dict[str, Any]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.stored = stored
        self.patched: list[tuple[str, Any]] = []
        self.posted: list[tuple[str, Any]] = []
        self.answers: dict[str, Any] = {}
        self.busy = 0
        self.leaving: list[Any] = []
        self.tokens: set[str | None] = set()


class Handler(BaseHTTPRequestHandler):
    @property
    def api(self) -> Server:
        assert isinstance(self.server, Server)
        return self.server

    def do_GET(self) -> None:
        self.api.tokens.add(self.headers["Authorization"])
        if self.api.busy:
            self.api.busy -= 1
            self._answer(429, {}, {"Retry-After": "0"})
            return
        leaving = self.api.leaving.pop(0) if self.path == PODS else None
        found = leaving or self.api.stored.get(self.path)
        self._answer(200 if found else 404, found)

    def do_POST(self) -> None:
        body = self._body()
        self.api.posted.append((self.path, body))
        if self.path == CONNECTIONS:
            name = body["metadata"]["name"]
            ready = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
            self.api.stored[f"{CONNECTIONS}/{name}"] = body | ready
            view = ConnectionView(CONNECTION, name, "helm test", "qr", "", NOW, None, False, "kubectl", NOW)  # noqa: FBT003
            self.api.stored["/api/connections"] = msgspec.to_builtins(ConnectionList([view]))
        elif self.path == COMPANIES:
            self.api.stored[f"{COMPANIES}/{body['metadata']['name']}"] = body
        self._answer(200, self.api.answers.get(self.path, {}))

    def do_DELETE(self) -> None:
        self._answer(200, self.api.stored.pop(self.path))

    def _body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def do_PATCH(self) -> None:
        body = self._body()
        self.api.patched.append((self.path, body))
        if self.path == SCALE and SCALE not in self.api.answers:
            self._answer(404, {})
            return
        self._answer(200, self.api.answers.get(self.path, body))

    def _answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Tests are quiet."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    (tmp_path / "token").write_text("t0ken")
    monkeypatch.syspath_prepend(str(FILES))
    cluster = _load("cluster", monkeypatch)
    monkeypatch.setattr(cluster, "ACCOUNT", tmp_path)
    monkeypatch.setattr(cluster.ssl, "create_default_context", lambda **_: None)
    started = Server({})
    monkeypatch.setattr(cluster, "SERVER", f"http://127.0.0.1:{started.server_port}")
    thread = threading.Thread(target=started.serve_forever)
    thread.start()
    yield started
    started.shutdown()
    thread.join()
    started.server_close()


def _load(name: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    spec = importlib.util.spec_from_file_location(name, FILES / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


def test_nothing_stands_in_the_way_of_an_empty_installation(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _load("uninstall", monkeypatch).main(["desk"]) == 0
    assert server.tokens == {"Bearer t0ken"}
    assert capsys.readouterr().err == ""


def test_a_busy_api_server_is_asked_again(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server.busy = 5
    assert _load("uninstall", monkeypatch).main(["desk"]) == 0
    assert server.busy == 0
    server.busy = 1000
    with pytest.raises(SystemExit, match="The API server refuses GET"):
        _load("uninstall", monkeypatch).main(["desk"])
    assert capsys.readouterr().out == ""


def test_connections_stand_in_the_way(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server.stored[CONNECTIONS] = {"items": [{"metadata": {"name": "support"}}]}
    assert _load("uninstall", monkeypatch).main(["desk", "other"]) == 1
    told = capsys.readouterr().err
    assert "whatsappconnections/support in desk" in told
    assert "kubectl delete wac,co --all" in told
    assert server.patched == []


@pytest.fixture
def forced(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A connection that is held, and the variables that only --force reads."""
    server.stored[CONNECTIONS] = {"items": [{"metadata": {"name": "support"}}]}
    monkeypatch.setenv("RECADO_NAMESPACE", "desk")
    monkeypatch.setenv("RECADO_OPERATOR", "recado-operator")
    return server


RELEASED = (f"{CONNECTIONS}/support", {"metadata": {"finalizers": None}})


def test_force_takes_the_finalizers_off_once_the_operator_is_gone(
    forced: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced.answers[SCALE] = {"status": {"selector": "app=operator"}}
    forced.leaving = [{"items": [{"metadata": {"name": "recado-operator-x"}}]}, {"items": []}]
    assert _load("uninstall", monkeypatch).main(["--force", "desk"]) == 0
    assert forced.leaving == []
    assert forced.patched == [(SCALE, {"spec": {"replicas": 0}}), RELEASED]


def test_force_needs_no_operator(forced: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _load("uninstall", monkeypatch).main(["--force", "desk"]) == 0
    assert forced.patched[1:] == [RELEASED]


def test_force_releases_nothing_while_the_operator_stays(forced: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    forced.answers[SCALE] = {"status": {"selector": "app=operator"}}
    forced.leaving = [{"items": [{"metadata": {"name": "recado-operator-x"}}]}]
    uninstall = _load("uninstall", monkeypatch)
    monkeypatch.setattr(uninstall, "GONE_SECONDS", -1.0)
    with pytest.raises(SystemExit, match=r"recado-operator-x\. Delete them"):
        uninstall.main(["--force", "desk"])
    assert RELEASED not in forced.patched


def _inbox(server: Server) -> None:
    """What the API answers to the script: the same structs that it sends."""
    server.stored["/api/health/ready"] = {"status": "ok"}
    server.answers["/api/auth/sign-in"] = msgspec.to_builtins(SignedIn("t0ken", NOW, ADMIN))
    bootstrap = Bootstrap(ADMIN, CompanyView(7, "Loja"), [], [], [], {})
    server.stored["/api/bootstrap"] = msgspec.to_builtins(bootstrap)
    pairing = PairingView("qr", "", QrView("2@scan,me", NOW, 1), None, None)
    server.stored[f"/api/connections/{CONNECTION}/pairing"] = msgspec.to_builtins(pairing)
    server.answers["/control/link"] = {"device": "7:1"}


@pytest.mark.parametrize("companies", [[], [{"metadata": {"name": "loja"}, "spec": {"companyID": 7}}]])
def test_a_phone_is_linked_and_what_was_made_is_removed(
    server: Server, monkeypatch: pytest.MonkeyPatch, companies: list[Any]
) -> None:
    _inbox(server)
    server.stored[COMPANIES] = {"items": companies}
    here = f"http://127.0.0.1:{server.server_port}"
    told = {"API": here, "SIMULATOR": here, "NAMESPACE": "desk", "TIMEOUT_SECONDS": "5", "EMAIL": "e", "PASSWORD": "p"}
    for name, value in told.items():
        monkeypatch.setenv(f"RECADO_{name}", value)
    assert _load("link", monkeypatch).main() == 0
    posted = dict(server.posted)
    assert posted["/control/link"] == {"qr": "2@scan,me"}
    assert posted[CONNECTIONS]["spec"]["companyRef"] == {"name": "loja" if companies else "helm-test"}
    own = {"displayName": "Loja", "companyID": 7}  # it keeps its name
    assert posted.get(COMPANIES, {}).get("spec") == (None if companies else own)
    assert not [path for path in server.stored if path.startswith((f"{CONNECTIONS}/", f"{COMPANIES}/"))]
