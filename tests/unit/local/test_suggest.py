"""Commands that people are told to type work as they are printed."""

import shlex
import socket
import sys
from pathlib import Path

import pytest

from recado_core.errors import ConfigurationError
from recado_local import layout as layouts
from recado_local import lock, ports, suggest
from recado_local.down import reset
from recado_local.generated import load_or_make
from recado_local.layout import Layout
from recado_local.status import Status
from recado_local.up import welcome


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A data directory that is not the usual one, and whose name a shell would take apart."""
    data = tmp_path / "my data"
    data.mkdir()
    return data


def arguments(sentence: str) -> list[str]:
    """What the shell makes of the suggestion at the end of `sentence`, without the program."""
    program, _, rest = sentence.rpartition("recado ")
    assert program.endswith((": ", "/"))
    return shlex.split(rest.rstrip("."))


def test_the_usual_data_need_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    usual, _ = layouts.choose(None)
    assert suggest.recado(usual.data, "down") == "recado down"
    assert suggest.recado(tmp_path / "other", "down") == f"recado down --data-dir {tmp_path / 'other'}"


def test_a_program_that_is_not_on_the_path_is_named_by_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", "/elsewhere")
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv" / "bin" / "python"))
    monkeypatch.chdir(tmp_path)
    assert suggest.recado(tmp_path / ".data", "up").startswith(".venv/bin/recado up")
    monkeypatch.chdir("/")
    monkeypatch.setattr(sys, "executable", "/opt/recado/bin/python")
    assert suggest.recado(tmp_path, "up").startswith("opt/recado/bin/recado up")


def test_every_hint_names_the_data_it_is_about(elsewhere: Path) -> None:
    layout, place = Layout(elsewhere), ["--data-dir", str(elsewhere)]
    layout.secrets.write_text("{")
    with pytest.raises(ConfigurationError) as damaged:
        load_or_make(layout.secrets)
    assert arguments(damaged.value.detail) == ["reset", *place]
    with lock.locked(layout.lock), pytest.raises(ConfigurationError) as running:
        reset(layout)
    assert arguments(running.value.detail) == ["down", *place]
    status = Status(url="", phones_url=None, email="", password="", company_id=1, data_dir=str(elsewhere))
    assert arguments(welcome(status, 1.0)[-1]) == ["down", *place]


def test_another_port_is_a_free_one_and_keeps_what_was_asked(elsewhere: Path) -> None:
    first, _ = ports.pair(0, elsewhere, with_phones=True)
    with socket.socket() as other:
        other.bind((ports.HOST, first))
        other.listen()
        with pytest.raises(ConfigurationError) as refused:
            ports.pair(first, elsewhere, with_phones=False)
    verb, _, port, *rest = arguments(refused.value.detail)
    assert (verb, rest) == ("up", ["--no-simulator", "--data-dir", str(elsewhere)])
    assert int(port) == 0 or ports.free(int(port))


def test_above_the_highest_port_any_is_suggested(elsewhere: Path) -> None:
    assert arguments(": " + ports.elsewhere(ports.HIGHEST - 1, elsewhere))[:3] == ["up", "--port", "0"]
