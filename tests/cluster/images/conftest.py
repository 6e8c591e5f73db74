import json
import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cluster.images.containers import Containers, find_engine

ROOT = Path(__file__).parents[3]
TAG = "test"
BUILD_SECONDS = 1500


@pytest.fixture(scope="session")
def engine() -> list[str]:
    found = find_engine()
    if found is None:
        reason = "needs Docker, or Podman as root (Debian: apt-get install podman runc mmdebstrap)"
        assert not os.environ.get("CI"), reason  # there, nothing may be left out unseen
        pytest.skip(reason)
    return found


def build(engine: list[str]) -> str:
    """Builds what changed; what scripts/images said, one line per image."""
    environment = {**os.environ, "RECADO_IMAGE_TAG": TAG, "RECADO_CONTAINERS": Path(engine[0]).name}
    built = subprocess.run(  # noqa: S603 - our own script
        [ROOT / "scripts/images"], check=True, env=environment, stdout=subprocess.PIPE, text=True, timeout=BUILD_SECONDS
    )
    return built.stdout


def load(engine: list[str], archive: Path) -> None:
    """Gives the engine the image of the archive, unless its name stands for that very image already."""
    with tarfile.open(archive) as tar:
        member = tar.extractfile("manifest.json")
        assert member is not None
        (manifest,) = json.load(member)
    (name,) = manifest["RepoTags"]
    identity = Path(manifest["Config"]).stem
    known = subprocess.run([*engine, "image", "inspect", "--format", "{{.Id}}", name], capture_output=True, text=True)  # noqa: S603, PLW1510 - there may be none
    if known.stdout.strip().removeprefix("sha256:") != identity:
        subprocess.run([*engine, "load", "--quiet", "--input", archive], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own archive


@pytest.fixture(scope="session")
def containers(engine: list[str]) -> Iterator[Containers]:
    build(engine)
    for archive in sorted((ROOT / ".cache" / "images").glob("*.tar")):
        load(engine, archive)
    containers = Containers(engine, TAG)
    yield containers
    containers.remove_all()
