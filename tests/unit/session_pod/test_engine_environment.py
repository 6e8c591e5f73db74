"""The checks before the engine runs: environment, root key, database address, placeholder library."""

import importlib
import logging
import sys
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from recado_core.errors import ConfigurationError
from recado_core.settings import DatabaseSettings
from recado_session.engine import environment, library, root_key
from recado_session.engine.store import connection_string, write_authority


def test_the_exec_environment_is_not_what_python_made_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEONIZE_BOT_TAG", "set too late")
    assert environment.exec_environment().get("NEONIZE_BOT_TAG") != "set too late"


def test_the_exec_environment_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "environ"
    file.write_bytes(b"NEONIZE_BOT_TAG=off\0A=b=c\0\0")
    assert environment.exec_environment(file) == {"NEONIZE_BOT_TAG": "off", "A": "b=c"}


@pytest.mark.parametrize("given", [{}, {"NEONIZE_BOT_TAG": "on"}, {"NEONIZE_BOT_TAG": ""}])
def test_a_missing_bot_tag_switch_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="NEONIZE_BOT_TAG must be 'off'"):
        environment.check(given, simulated=False)


def test_a_simulated_whatsapp_needs_its_certificate_authority() -> None:
    good = {"NEONIZE_BOT_TAG": "off"}
    environment.check(good, simulated=False)
    environment.check(good | {"SSL_CERT_FILE": "/ca.pem"}, simulated=True)
    with pytest.raises(ConfigurationError, match="SSL_CERT_FILE"):
        environment.check(good, simulated=True)


@pytest.mark.parametrize("places", [0, 2])
def test_the_root_key_is_replaced_only_where_it_stands_exactly_once(
    places: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = [(number, b"before" + root_key.PINNED + b"after") for number in range(places)]
    monkeypatch.setattr(root_key, "_writable_library_memory", lambda: iter(memory))
    with pytest.raises(ConfigurationError, match=f"found {places} times"):
        root_key.replace_root_key(bytes(32))


def test_memory_beside_the_library_is_not_the_librarys() -> None:
    """What Python holds there has a copy of the pinned key: this module's own."""
    maps = """\
7fca00400000-7fca00c00000 rw-p 00000000 00:00 0 
7fca00c00000-7fca00df0000 r--p 00000000 fe:00 10037654                   /lib/neonize/neonize-linux-amd64.so
7fca00df0000-7fca01516000 r-xp 001f0000 fe:00 10037654                   /lib/neonize/neonize-linux-amd64.so
7fca01d6e000-7fca01ded000 rw-p 0116d000 fe:00 10037654                   /lib/neonize/neonize-linux-amd64.so
7fca01ded000-7fca03e3c000 rw-p 00000000 00:00 0 
7fca03e3c000-7fca03e3d000 rw-p 00000000 00:00 0                          [heap]
"""  # noqa: W291 - as the kernel writes it
    assert list(root_key.writable_library_ranges(maps)) == [range(0x7FCA01D6E000, 0x7FCA01DED000)]


def test_occurrences_may_overlap() -> None:
    assert list(root_key.occurrences(b"aaa", b"aa")) == [0, 1]


def test_the_engine_reaches_a_unix_socket_with_any_password() -> None:
    settings = DatabaseSettings(host="/tmp/a b", port=5433, user="wa_1", password="p@ss/:?#", name="recado")  # noqa: S108
    text = connection_string(settings)
    parts = urlsplit(text)
    assert text.startswith("postgres://")
    assert unquote(parts.password or "") == "p@ss/:?#"
    assert parts.path == "/recado"
    asked = {"host": "/tmp/a b", "port": "5433", "sslmode": "disable", "search_path": "wa_1"}  # noqa: S108 - a socket's folder
    assert parse_qs(parts.query) == {name: [value] for name, value in asked.items()}


@pytest.mark.parametrize(
    ("ssl", "verify", "mode"), [(False, True, "disable"), (True, True, "verify-full"), (True, False, "require")]
)
def test_the_engine_trusts_postgresql_as_we_do(ssl: bool, verify: bool, mode: str) -> None:  # noqa: FBT001
    settings = DatabaseSettings(host="db", ssl=ssl, ssl_reject_unauthorized=verify)
    assert f"sslmode={mode}" in connection_string(settings)


def test_the_engine_loads_without_the_libraries_of_its_helpers(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def load_engine(name: str) -> None:
        assert name == "neonize.aioze.client"
        import magic  # noqa: PLC0415 - as the engine does it, on a machine without libmagic
        from requests.exceptions import HTTPError  # noqa: PLC0415

        seen.extend([magic, HTTPError])

    httpx = sys.modules.get("httpx")
    monkeypatch.setattr(importlib, "import_module", load_engine)
    library.load()
    assert isinstance(seen[0], library.Placeholder)
    assert isinstance(seen[1], type)
    assert issubclass(seen[1], Exception)
    assert sys.modules.get("httpx") is httpx
    assert not isinstance(sys.modules.get("magic"), library.Placeholder)


def test_a_wheel_without_its_native_part_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "find_spec", lambda _name: None)
    with pytest.raises(ConfigurationError, match="native part"):
        library.load()


def test_a_placeholder_has_no_secrets_from_the_import_system() -> None:
    with pytest.raises(AttributeError):
        library.Placeholder("magic").__path__  # noqa: B018 - looked at


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Failed for 5511988887777:3@lid", "Failed for …:3@lid"),
        (
            'in the middle of <message notify="Maria Silva" t="1"><enc/></message>, closing',
            "in the middle of <…>, closing",
        ),
        ("stream error 515", "stream error 515"),
    ],
)
def test_nobody_is_named_in_a_log(said: str, kept: str) -> None:
    record = logging.LogRecord("whatsmeow", 30, "", 0, "%s", (said,), None)
    library._clean(record)
    assert record.getMessage() == kept


def test_the_engines_driver_is_given_the_authority_as_a_file(tmp_path: Path) -> None:
    settings = DatabaseSettings(host="db", ssl=True, ssl_ca="-----BEGIN CERTIFICATE-----")
    file = write_authority(settings, tmp_path)
    assert file
    assert file.read_text() == settings.ssl_ca
    assert parse_qs(urlsplit(connection_string(settings, file)).query)["sslrootcert"] == [str(file)]


def test_without_an_authority_the_system_decides(tmp_path: Path) -> None:
    assert write_authority(DatabaseSettings(host="db", ssl=True), tmp_path) is None
    assert "sslrootcert" not in connection_string(DatabaseSettings(host="db", ssl=True))
