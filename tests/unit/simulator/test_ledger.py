import json
from pathlib import Path

from recado_simulator.control.ledger import Ledger


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path, clock=lambda: 12.5)
    ledger.append("written", id="A", text="oi")
    ledger.append("handed", id="A")
    ledger.close()
    ledger = Ledger(path, clock=lambda: 13.0)
    ledger.append("acknowledged", id="A")
    assert ledger.after(0, 10) == [
        {"n": 1, "at": 12500, "kind": "written", "id": "A", "text": "oi"},
        {"n": 2, "at": 12500, "kind": "handed", "id": "A"},
        {"n": 3, "at": 13000, "kind": "acknowledged", "id": "A"},
    ]
    assert [json.loads(line)["n"] for line in path.read_text().splitlines()] == [1, 2, 3]
    ledger.close()


def test_a_line_that_a_kill_cut_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path)
    ledger.append("written", id="A")
    ledger.close()
    with path.open("ab") as file:
        file.write(b'{"n":2,"kind":"hand')
    ledger = Ledger(path)
    ledger.append("written", id="B")
    ledger.close()
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == ["A", "B"]


def test_pages(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for number in range(5):
        ledger.append("written", id=str(number))
    assert [entry["n"] for entry in ledger.after(2, 2)] == [3, 4]
    assert ledger.after(5, 2) == []
    assert len(ledger) == 5
    ledger.close()


def test_arrivals_are_counted_also_over_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"

    def arrive(ledger: Ledger, wa_id: str, text: str) -> tuple[int, int]:
        ledger.arrived(phone="55", sender="11", wa_id=wa_id, text=text, content="text")
        entry = ledger.after(len(ledger) - 1, 1)[0]
        return entry["same_id"], entry["same_text"]

    ledger = Ledger(path)
    assert arrive(ledger, "A", "oi") == (1, 1)
    assert arrive(ledger, "B", "oi") == (1, 2)
    ledger.close()
    ledger = Ledger(path)
    assert arrive(ledger, "A", "oi") == (2, 3)
    ledger.close()
