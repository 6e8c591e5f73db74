import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.unit.simulator.conftest import OpenStore

from recado_simulator.accounts.records import Setting
from recado_simulator.accounts.store import Collection


def test_what_was_committed_is_there_after_a_kill(tmp_path: Path, open_store: OpenStore) -> None:
    program = f"""
import os, signal
from pathlib import Path
from recado_simulator.accounts.records import Setting
from recado_simulator.accounts.store import Collection, Store
store = Store(Path({str(tmp_path / "network.sqlite")!r}))
settings = Collection(store, "setting", Setting)
settings["kept"] = Setting(b"1")
settings["gone"] = Setting(b"2")
store.commit()
del settings["gone"]
settings["kept"] = Setting(b"3")
store.commit()
settings["late"] = Setting(b"4")
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run([sys.executable, "-c", program], check=False, env=dict(os.environ))  # noqa: S603 - our own
    assert ended.returncode == -signal.SIGKILL
    assert dict(Collection[Setting](open_store(), "setting", Setting)) == {"kept": Setting(b"3")}


def test_kinds_do_not_mix(open_store: OpenStore) -> None:
    store = open_store()
    one: Collection[Setting] = Collection(store, "one", Setting)
    one["a"] = Setting(b"1")
    store.commit()
    assert dict(Collection[Setting](store, "two", Setting)) == {}
    assert len(Collection[Setting](store, "one", Setting)) == 1


def test_a_change_back_and_forth_leaves_the_last(open_store: OpenStore) -> None:
    store = open_store()
    one: Collection[Setting] = Collection(store, "one", Setting)
    one["a"] = Setting(b"1")
    del one["a"]
    one["a"] = Setting(b"2")
    store.commit()
    assert dict(Collection[Setting](open_store(), "one", Setting)) == {"a": Setting(b"2")}
