"""What kubectl prints, with what differs from run to run replaced by what it is: `<age>`, `<time>`, `<uid>` …"""

import re
from difflib import unified_diff
from pathlib import Path

PASSING = frozenset({"CompanyNotReady", "Connecting", "Pending"})
"""Events of a moment that is sometimes too short to be seen."""
GOLDEN = Path(__file__).parent / "golden"
_WORD = re.compile(r"\S+")
_GAP = re.compile(r" {2,}")
_VARYING = (
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<uid>"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z"), "<time>"),
    (re.compile(r"http://127\.0\.0\.1:\d+"), "<inbox>"),
    (re.compile(r"((?:Resource Version|Generation): +)\d+"), r"\1<number>"),
    (re.compile(r"(Template Hash: +)\S+"), r"\1<hash>"),
)


def table(printed: str) -> str:
    """A table of `kubectl get`, with every age replaced."""
    header, *lines = printed.strip("\n").splitlines()
    starts = [found.start() for found in _WORD.finditer(header)]
    rows = [[line[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)] for line in lines]
    columns = header.split()
    place = columns.index("AGE")
    for row in rows:
        row[place] = "<age>"
    return _align([columns, *rows])


def description(printed: str) -> str:
    """What `kubectl describe` prints about one resource; of its events type, reason and message, each once."""
    facts, _, events = printed.partition("\nEvents:")
    events = events.partition("\n")[2]
    for pattern, replacement in _VARYING:
        facts = pattern.sub(replacement, facts)
    rows = [_GAP.split(line.strip()) for line in events.splitlines()[2:]]
    told = [[kind, reason, message] for kind, reason, *_, message in rows if reason not in PASSING]
    facts = "\n".join(line.rstrip() for line in facts.splitlines())
    return f"{facts}\nEvents:\n{_align(told)}"


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
    difference = "\n".join(
        unified_diff(file.read_text().splitlines(), said.splitlines(), "committed", "said", lineterm="")
    )
    assert not difference, difference
