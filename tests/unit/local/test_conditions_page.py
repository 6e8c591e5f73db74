"""The page of conditions names everything that a status may carry, and what to do about it."""

from pathlib import Path

import pytest

from recado_core.resources.conditions import ConditionType, Reason
from recado_local.conditions_page import main, page
from recado_operator.conditions.states import PURGE_NOT_CONFIRMED, WRONG_NUMBER

ROWS = {row.split("`")[1]: row for row in page().splitlines() if row.startswith("| `")}


@pytest.mark.parametrize("one", [*ConditionType, *Reason])
def test_each_is_explained(one: ConditionType | Reason) -> None:
    assert len(one.meaning) > len(one)
    assert one in ROWS


def test_messages_stand_beside_their_reason_and_those_for_people_are_bold() -> None:
    assert f"**{WRONG_NUMBER.message}**" in ROWS[Reason.PHONE_NUMBER_MISMATCH]
    assert PURGE_NOT_CONFIRMED.message.partition("<")[0] in ROWS[Reason.PURGE_NOT_CONFIRMED]
    assert "<its" not in page()


def test_a_stale_page_is_told(tmp_path: Path) -> None:
    target = tmp_path / "conditions.md"
    assert main(["--check", str(target)]) == 1
    assert main([str(target)]) == 0
    assert main(["--check", str(target)]) == 0
    target.write_text(page() + "stale")
    assert main(["--check", str(target)]) == 1
