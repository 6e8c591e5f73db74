"""Keeps a cluster for people to try things in: `python -m tests.cluster.keeper FOLDER`, ended by SIGTERM.

Writes `keeper.pid` at once and `kubeconfig` when everything is ready; removes the folder at the end. `make cluster` and
`make cluster-down` start and end it.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

from tests.cluster.client import ApiRefusalError
from tests.cluster.programs import ROOT
from tests.cluster.real_cluster import RealCluster


def main(directory: Path) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # wherever we are, everything is tidied up on the way out
    directory.mkdir(parents=True)
    (directory / "keeper.pid").write_text(f"{os.getpid()}\n")
    try:
        keep(directory)
    except (RuntimeError, AssertionError, ApiRefusalError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - the script that started us shows it
        return 1
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return 0


def keep(directory: Path) -> None:
    with RealCluster(directory=directory / "parts") as cluster:
        for archive in sorted(ROOT.joinpath(".cache", "images").glob("*.tar")):
            cluster.import_image(archive)
        making = cluster.control.admin.write(directory / "kubeconfig.new")
        making.rename(directory / "kubeconfig")
        signal.pause()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
