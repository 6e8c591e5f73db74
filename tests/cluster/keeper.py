"""Keeps a cluster with Recado in it for people to try things in: `python -m tests.cluster.keeper FOLDER`, with options
for `helm install` after it. Ended by SIGTERM.

Writes `keeper.pid` at once, `kubeconfig` when the cluster is there, and `ready`, which tells people how to use it, when
everything is; `failed` when the chart could not be installed, and then the cluster stays, to be looked at. Removes the
folder at the end. `make cluster` and `make cluster-down` start and end it.
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.cluster.client import ApiRefusalError
from tests.cluster.installation import NAMESPACE, Installation
from tests.cluster.programs import folder
from tests.cluster.real_cluster import RealCluster

from recado_local.ports import free

INBOX_PORT, PHONES_PORT = 8080, 8090
READY = """\
Recado runs in a cluster on this machine, {seconds:.0f} s after the start.
  inbox     {inbox}    sign in as {email}, password {password}
  phones    {phones}    the simulated WhatsApp: customers, and the phone of the shop
  kubectl   export KUBECONFIG={kubeconfig} PATH={tools}:$PATH
            kubectl get pods; kubectl get co,wac
  remove    make cluster-down
"""


def main(directory: Path, arguments: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # wherever we are, everything is tidied up on the way out
    directory.mkdir(parents=True)
    (directory / "keeper.pid").write_text(f"{os.getpid()}\n")
    try:
        keep(directory, arguments)
    except (RuntimeError, AssertionError, ApiRefusalError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - the script that started us shows it
        return 1
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return 0


def keep(directory: Path, arguments: Sequence[str]) -> None:
    began = time.monotonic()
    with RealCluster(directory=directory / "parts") as cluster:
        kubeconfig = cluster.control.admin.write(directory / "kubeconfig", NAMESPACE)
        recado = Installation(cluster, inbox_port=_preferred(INBOX_PORT), phones_port=_preferred(PHONES_PORT))
        try:
            recado.install(*arguments)
        except AssertionError as error:
            _tell(directory / "failed", f"{error}\n")
        else:
            _tell(directory / "ready", _instructions(recado, kubeconfig, time.monotonic() - began))
        signal.pause()


def _instructions(recado: Installation, kubeconfig: Path, seconds: float) -> str:
    return READY.format(
        seconds=seconds,
        inbox=recado.url,
        email=recado.email,
        password=recado.password,
        phones=recado.phones_url,
        kubeconfig=kubeconfig.resolve(),
        tools=folder("control"),
    )


def _preferred(port: int) -> int:
    """0, any free one, when somebody has it."""
    return port if free(port) else 0


def _tell(path: Path, text: str) -> None:
    """Whoever sees the file sees all of it."""
    making = path.with_suffix(".new")
    making.touch(mode=0o600)  # it may hold a password
    making.write_text(text)
    making.rename(path)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
