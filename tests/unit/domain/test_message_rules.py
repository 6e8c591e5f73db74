from itertools import pairwise
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recado_core.engine.wire import Outcome
from recado_domain.messages.rules import (
    advance,
    proves_arrival,
    request_hash,
    state_after_outcome,
    state_of_receipt,
    without_nul,
)
from recado_domain.messages.views import MessageState

STATES: tuple[MessageState, ...] = get_args(MessageState)
states = st.sampled_from(STATES)
WAY: tuple[MessageState, ...] = ("queued", "sending", "sent", "delivered", "read", "played")


@given(st.lists(states), states)
def test_the_order_of_evidence_does_not_matter_for_how_far_a_message_came(
    evidence: list[MessageState], start: MessageState
) -> None:
    """Receipts overtake each other; states that mean the same progress (failed, unknown) may differ."""
    forward = backward = start
    for state in evidence:
        forward = advance(forward, state)
    for state in reversed(evidence):
        backward = advance(backward, state)
    assert forward == backward or {forward, backward} in ({"failed", "unknown"}, {"received", "cancelled"})


@given(states, states)
def test_evidence_never_takes_anything_back(current: MessageState, evidence: MessageState) -> None:
    after = advance(current, evidence)
    assert after in {current, evidence}
    assert advance(after, current) == after
    assert advance(after, evidence) == after


def test_a_message_goes_its_way() -> None:
    for earlier, later in pairwise(WAY):
        assert advance(earlier, later) == later
        assert advance(later, earlier) == later


@pytest.mark.parametrize("ended", ["cancelled", "received"])
@pytest.mark.parametrize("evidence", STATES)
def test_what_is_over_stays(ended: MessageState, evidence: MessageState) -> None:
    assert advance(ended, evidence) == ended


@pytest.mark.parametrize("assumed", ["failed", "unknown"])
def test_a_receipt_proves_more_than_an_assumed_failure(assumed: MessageState) -> None:
    assert advance(assumed, "delivered") == "delivered"
    assert advance("sent", assumed) == "sent"


def test_arrival_is_proved_from_sent_on() -> None:
    assert {state for state in STATES if proves_arrival(state)} == {"sent", "delivered", "read", "played"}


def test_every_outcome_has_a_state() -> None:
    outcomes: tuple[Outcome, ...] = get_args(Outcome)
    assert [state_after_outcome(outcome) for outcome in outcomes] == [
        "sent", "queued", "failed", "failed", "sending", "unknown",
    ]  # fmt: skip


def test_receipts_of_other_kinds_say_nothing() -> None:
    assert [state_of_receipt(kind) for kind in ("delivered", "read", "played", "other")] == [
        "delivered", "read", "played", None,
    ]  # fmt: skip


@given(st.text())
def test_nul_is_replaced_and_nothing_else(text: str) -> None:
    clean = without_nul(text)
    assert "\0" not in clean
    assert len(clean) == len(text)
    assert clean == text or "\0" in text


@given(st.uuids(), st.text(), st.uuids(), st.text())
def test_requests_are_the_same_when_ticket_and_text_are(one: UUID, text: str, other: UUID, words: str) -> None:
    assert (request_hash(one, text) == request_hash(other, words)) == ((one, text) == (other, words))
