"""Container images that need no builder: one static program, one layer, as a Docker archive that containerd imports."""

import hashlib
import io
import json
import platform
import tarfile
from pathlib import Path

from tests.cluster.node_settings import PAUSE_IMAGE
from tests.cluster.programs import program

VISITOR_IMAGE = "localhost/visitor:1"


def built_in(directory: Path) -> list[Path]:
    """Archives of the images that every node has: what holds a pod, and what tests run in pods."""
    return [archive(directory, name, program("runtime", name.split("/")[1].split(":")[0])) for name in IMAGES]


IMAGES = (PAUSE_IMAGE, VISITOR_IMAGE)


def archive(directory: Path, image: str, binary: str) -> Path:
    name = Path(binary).name
    path = directory / f"{name}.tar"
    layer = _tar({name: Path(binary).read_bytes()})
    config = json.dumps(
        {
            "architecture": _machine(),
            "os": "linux",
            "config": {"Entrypoint": [f"/{name}"], "User": "65532:65532"},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
        }
    ).encode()
    manifest = json.dumps([{"Config": "config.json", "RepoTags": [image], "Layers": ["layer.tar"]}]).encode()
    path.write_bytes(_tar({"manifest.json": manifest, "config.json": config, "layer.tar": layer}))
    return path


def _tar(files: dict[str, bytes]) -> bytes:
    """The same files make the same bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _machine() -> str:
    """In Go's words."""
    return {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
