# ruff: noqa: INP001 - copied into a build and run there by its path
"""Run while an image is built: the engine's native library is the one that we tested, or there is no image.

The lock's hashes already cover the wheel; this covers what became of it on the way, and a lock that was changed without
running the engine's contract suite. `check.py SITE_PACKAGES DIGESTS VERSION` ends with one sentence if it disagrees.
"""

import ctypes
import hashlib
import sys
from pathlib import Path


def main(packages: Path, digests: Path, version: str) -> None:
    libraries = sorted((packages / "neonize").glob("neonize-*.so"))
    if len(libraries) != 1:
        raise SystemExit(f"There must be one native library of the engine, not {len(libraries)}.")
    library = libraries[0]
    wanted = expected(digests).get(library.name)
    found = hashlib.sha256(library.read_bytes()).hexdigest()
    if wanted != found:
        raise SystemExit(
            f"{library.name} has the digest {found}, not {wanted}. If the engine was upgraded on purpose, run its "
            f"contract suite and write the new digest into {digests.name}."
        )
    if (told := said_by(library)) != version:
        raise SystemExit(f"{library.name} says that it is version {told}, but the lock says {version}.")


def expected(digests: Path) -> dict[str, str]:
    """File name to SHA-256, from lines as sha256sum writes them."""
    lines = (line.split() for line in digests.read_text().splitlines())
    return {name: digest for digest, name in lines}


def said_by(library: Path) -> str:
    get_version = ctypes.CDLL(str(library)).GetVersion
    get_version.restype = ctypes.c_char_p
    answer: bytes = get_version()
    return answer.decode()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
