"""What kubectl prints, with what differs from run to run replaced by what it is: `<age>`, `<time>`, `<uid>` …"""

import re
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"
_COLUMNS = re.compile(r" {2,}")
_VARYING = (
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<uid>"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z"), "<time>"),
    (re.compile(r"(Resource Version: +)\d+"), r"\1<number>"),
    (re.compile(r"(Template Hash: +)\S+"), r"\1<hash>"),
)


def table(printed: str) -> str:
    """A table of `kubectl get`, with every age replaced."""
    rows = [_COLUMNS.split(line.rstrip()) for line in printed.strip().splitlines()]
    place = rows[0].index("AGE")
    for row in rows[1:]:
        row[place] = "<age>"
    return _align(rows)


def description(printed: str) -> str:
    """What `kubectl describe` prints about one resource; of its events type, reason and message, each once."""
    facts, _, events = printed.partition("\nEvents:\n")
    for pattern, replacement in _VARYING:
        facts = pattern.sub(replacement, facts)
    rows = [_COLUMNS.split(line.strip()) for line in events.splitlines()[2:]]
    return f"{facts}\nEvents:\n{_align([[row[0], row[1], row[-1]] for row in rows])}"


def _align(rows: list[list[str]]) -> str:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ("   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines) + "\n"


def expect_golden(name: str, said: str) -> None:
    """Compares with the committed text. To accept another: delete the file, run the test, read what it wrote."""
    file = GOLDEN / f"{name}.txt"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        file.write_text(said)
        raise AssertionError(f"{file.name} was written anew: look at it, then run the test again")
    assert said == file.read_text()
