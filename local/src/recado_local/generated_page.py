"""Pages of the documentation that are written from code."""

import sys
from pathlib import Path


def write_or_check(target: Path, text: str, *, check: bool) -> int:
    """Writes `text`, or only tells whether the file is stale. Answers the exit code."""
    if not check:
        target.write_text(text)
    elif not target.exists() or target.read_text() != text:
        sys.stderr.write(f"{target} is stale. Write it anew with: make openapi\n")
        return 1
    return 0
