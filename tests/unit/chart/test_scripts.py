"""The chart's own jobs, against an API server of a few lines; a real one sees them in tests/cluster."""

import importlib.util
import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.unit.chart.charts import CHART

FILES = CHART / "files"


class Server(HTTPServer):
    def __init__(self, stored: dict[str, Any]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.stored = stored
        self.patched: list[tuple[str, Any]] = []
        self.tokens: set[str] = set()


class Handler(BaseHTTPRequestHandler):
    @property
    def api(self) -> Server:
        assert isinstance(self.server, Server)
        return self.server

    def do_GET(self) -> None:
        self.api.tokens.add(self.headers["Authorization"])
        found = self.api.stored.get(self.path)
        self._answer(200 if found else 404, found)

    def do_PATCH(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.api.patched.append((self.path, body))
        self._answer(200, body)

    def _answer(self, status: int, body: Any) -> None:
        self.send_response(status)
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


CONNECTIONS = "/apis/recado.dev/v1alpha1/namespaces/desk/whatsappconnections"


def test_nothing_stands_in_the_way_of_an_empty_installation(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _load("uninstall", monkeypatch).main(["desk"]) == 0
    assert server.tokens == {"Bearer t0ken"}
    assert capsys.readouterr().err == ""


def test_connections_stand_in_the_way(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server.stored[CONNECTIONS] = {"items": [{"metadata": {"name": "support"}}]}
    assert _load("uninstall", monkeypatch).main(["desk", "other"]) == 1
    told = capsys.readouterr().err
    assert "whatsappconnections/support in desk" in told
    assert "kubectl delete wac,co --all" in told
    assert server.patched == []


def test_force_takes_the_finalizers_off(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.stored[CONNECTIONS] = {"items": [{"metadata": {"name": "support"}}]}
    assert _load("uninstall", monkeypatch).main(["--force", "desk"]) == 0
    assert server.patched == [(f"{CONNECTIONS}/support", {"metadata": {"finalizers": None}})]
