"""images/build/compress.mjs on real files."""

import gzip
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]
TEXT = b"answer customers as a team; " * 200
LONG_AGO = 1_700_000_000


def test_texts_get_smaller_copies_with_the_same_time(tmp_path: Path) -> None:
    folder = tmp_path / "assets"
    folder.mkdir()
    script = folder / "app.js"
    script.write_bytes(TEXT)
    os.utime(script, (LONG_AGO, LONG_AGO))
    (folder / "small.css").write_bytes(b"a{}")
    (folder / "photo.png").write_bytes(TEXT)
    node = ROOT / ".cache/node/node"
    subprocess.run([node, ROOT / "images/build/compress.mjs", tmp_path], check=True)  # noqa: S603 - our own script
    assert sorted(file.name for file in folder.iterdir()) == [
        "app.js",
        "app.js.br",
        "app.js.gz",
        "photo.png",
        "small.css",
    ]
    assert gzip.decompress((folder / "app.js.gz").read_bytes()) == TEXT
    assert (folder / "app.js.br").stat().st_size < len(TEXT) / 10
    assert {file.stat().st_mtime for file in folder.glob("app.js*")} == {LONG_AGO}
