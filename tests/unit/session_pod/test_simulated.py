"""How a session in a cluster learns to trust a simulated WhatsApp."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from recado_core.errors import ConfigurationError
from recado_session.simulated import SimulatorAwayError, introduce

KEY = "ab" * 32


class _Identity(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/control/identity" else 404)
        self.end_headers()
        self.wfile.write(json.dumps({"root_key": KEY, "authority": "PEM"}).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Tests are quiet."""


@pytest.fixture
def simulator() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Identity)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_learns_the_key_and_the_authority(simulator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    assert introduce(f"{simulator}/") == bytes.fromhex(KEY)
    assert (tmp_path / "ca.pem").read_text().endswith("PEM")


def test_a_simulator_that_does_not_answer_is_tried_later(
    simulator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with pytest.raises(SimulatorAwayError, match="Look at the simulator first"):
        introduce(f"{simulator}/elsewhere")


def test_a_place_that_cannot_be_written_is_told(
    simulator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path))
    with pytest.raises(ConfigurationError, match="SSL_CERT_FILE"):
        introduce(simulator)
