"""Lock, ports, secrets, data directory: what `recado up` decides before it starts anything."""

import os
import shutil
import socket
import stat
from collections import namedtuple
from pathlib import Path

import pytest

from recado_core.errors import ConfigurationError
from recado_local import layout as layouts
from recado_local import lock, ports
from recado_local.down import down, reset
from recado_local.embedded import places
from recado_local.environment import Environment, Simulator
from recado_local.generated import load_or_make
from recado_local.layout import Layout, write_atomically
from recado_local.up import NEEDED_BYTES, check_disk

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - shutil's own shape


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(tmp_path / "data")
    made.make()
    return made


def test_a_second_recado_up_is_told_who_is_first(layout: Layout) -> None:
    with lock.locked(layout.lock):
        assert lock.holder(layout.lock) == os.getpid()
        told = rf"already runs .*process {os.getpid()}.*recado down"
        with pytest.raises(ConfigurationError, match=told), lock.locked(layout.lock):
            raise AssertionError("two hold the same lock")
    assert lock.holder(layout.lock) is None
    with lock.locked(layout.lock):
        assert lock.holder(layout.lock) == os.getpid()


def test_nobody_holds_a_lock_that_was_never_made(tmp_path: Path) -> None:
    assert lock.holder(tmp_path / "lock") is None


@pytest.mark.parametrize("which", [0, 1])
def test_a_port_in_use_is_named_with_the_way_out(which: int, tmp_path: Path) -> None:
    first, _ = ports.pair(0, tmp_path, with_phones=True)
    with socket.socket() as other:
        other.bind((ports.HOST, first + which))
        other.listen()
        with pytest.raises(ConfigurationError, match=rf"Port {first + which} is in use.*recado up --port"):
            ports.pair(first, tmp_path, with_phones=True)


@pytest.mark.parametrize("wanted", [-5, 65535, 99999])
def test_what_is_not_a_port_is_not_called_in_use(wanted: int, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=rf"{wanted} is not a port. Choose one from 1 to 65534"):
        ports.pair(wanted, tmp_path, with_phones=True)


def test_a_data_directory_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    for wanted in (tmp_path / "taken", tmp_path / "taken" / "below"):
        with pytest.raises(ConfigurationError, match=r"cannot be used: .*--data-dir"):
            Layout(wanted).make()


def test_without_phones_only_the_first_port_counts(tmp_path: Path) -> None:
    first, second = ports.pair(0, tmp_path, with_phones=True)
    with socket.socket() as other:
        other.bind((ports.HOST, second))
        other.listen()
        assert ports.pair(first, tmp_path, with_phones=False) == (first, second)


def test_secrets_are_made_once_and_only_their_owner_reads_them(layout: Layout) -> None:
    made = load_or_make(layout.secrets)
    assert load_or_make(layout.secrets) == made
    assert stat.S_IMODE(layout.secrets.stat().st_mode) == 0o600
    assert len({made.owner_password, made.app_password, made.operator_password, made.jwt_secret}) == 4


def test_damaged_secrets_are_not_replaced_silently(layout: Layout) -> None:
    layout.secrets.write_text('{"owner_password": "x"}')
    with pytest.raises(ConfigurationError, match="recado reset"):
        load_or_make(layout.secrets)


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_disk(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(NEEDED_BYTES, NEEDED_BYTES, NEEDED_BYTES // 2))
    with pytest.raises(ConfigurationError, match=r"Only 250 MB are free .* Free some space"):
        check_disk(tmp_path)


def test_root_is_moved_to_where_postgresql_can_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(places, "reachable_by_nobody", lambda _: False)
    chosen, note = layouts.choose(None)
    assert chosen.data.parent == Path("/var/tmp")  # noqa: S108 - named, not used
    assert str(chosen.data) in note
    monkeypatch.setattr(places, "reachable_by_nobody", lambda _: True)
    chosen, note = layouts.choose(None)
    assert (chosen.data, note) == (tmp_path / ".data", "")


def test_readers_never_see_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    write_atomically(path, "old")
    with path.open() as reader:
        write_atomically(path, "new")
        assert reader.read() == "old"
    assert (path.read_text(), [file.name for file in tmp_path.iterdir()]) == ("new", ["status.json"])


def test_reset_removes_our_directory_and_no_other(layout: Layout, tmp_path: Path) -> None:
    load_or_make(layout.secrets)
    with lock.locked(layout.lock), pytest.raises(ConfigurationError, match="recado down"):
        reset(layout)
    reset(layout)
    assert not layout.data.exists()
    reset(layout)
    foreign = tmp_path / "photos"
    foreign.mkdir()
    (foreign / "holiday.jpg").touch()
    with pytest.raises(ConfigurationError, match="not a data directory of Recado"):
        reset(Layout(foreign))
    assert (foreign / "holiday.jpg").exists()


def test_down_says_when_nothing_runs(layout: Layout) -> None:
    assert down(layout) is False


def test_each_part_gets_its_own_role_and_nothing_from_outside(layout: Layout) -> None:
    secrets = load_or_make(layout.secrets)
    outside = {"PATH": "/bin", "DB_USER": "postgres", "DB_SSL": "true", "JWT_SECRET": "weak", "LANG": "C.UTF-8"}
    environment = Environment(layout, secrets, "/sockets", "unix:///redis", outside)
    worker, api = environment.worker(), environment.api("http://127.0.0.1:1", 1, "/dist")
    assert (worker["DB_USER"], worker["DB_PASS"], worker["PATH"]) == ("recado_app", secrets.app_password, "/bin")
    assert "DB_SSL" not in worker
    assert "JWT_SECRET" not in worker
    assert api["JWT_SECRET"] == secrets.jwt_secret


def test_only_the_simulator_replaces_the_pinned_key(layout: Layout) -> None:
    environment = Environment(layout, load_or_make(layout.secrets), "/sockets", "unix:///redis", {})
    assert "RECADO_SIMULATOR_ROOT_KEY" not in environment.operator(None)
    simulator = Simulator(phones_url="http://127.0.0.1:2", proxy="http://127.0.0.1:3", ca_file="/ca", root_key="00")
    simulated = environment.operator(simulator)
    assert (simulated["RECADO_SIMULATOR_ROOT_KEY"], simulated["SSL_CERT_FILE"]) == ("00", "/ca")
