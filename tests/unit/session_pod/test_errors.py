"""The engine's error texts, word by word as they were observed, and what each one says about a message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recado_session.engine.errors import outcome_of
from recado_session.gateway import NoSuchRecipient, NotSent, Rejected, Restricted, SendOutcome, Uncertain


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("failed to send message node: websocket not connected", NotSent("not_connected")),
        ("failed to prefetch sessions: dial tcp 127.0.0.1:5432: connect: refused", NotSent("store_unavailable")),
        ("failed to get device list: websocket not connected", NotSent("not_connected")),
        ("failed to get device list: info query timed out", NotSent("recipient_lookup_failed")),
        ("failed to get user info: info query timed out", NotSent("recipient_lookup_failed")),
        ("failed to get LID for PN 5511988887777@s.whatsapp.net: timeout", NotSent("recipient_lookup_failed")),
        ("the store doesn't contain a device JID", NotSent("not_linked")),
        ("client is nil", NotSent("not_started")),
        ("timed out waiting for message send response", Uncertain("no_answer")),
        ("websocket disconnected before message send returned response", Uncertain("connection_lost")),
        ("websocket disconnected before message send returned response (retry)", Uncertain("connection_lost")),
        ("server returned error 463", Restricted("reach_out_restricted")),
        ("server returned error 479", Rejected("refused:479")),
        ("server returned error 400", Rejected("refused:400")),
        ("no LID found for 5511000000000@s.whatsapp.net from server", NoSuchRecipient("not_on_whatsapp")),
        ("message recipient must be a user JID with no device part", Rejected("bad_address")),
        ("can't send message to unknown server example.com", Rejected("bad_address")),
        ("an error nobody has seen yet", Uncertain("unknown_error")),
        ("", Uncertain("unknown_error")),
    ],
)
def test_texts(text: str, outcome: SendOutcome) -> None:
    assert outcome_of(text) == outcome


@given(st.text())
def test_an_unknown_error_is_never_a_reason_to_send_again(text: str) -> None:
    assert isinstance(outcome_of(f"zz{text.encode().hex()}"), Uncertain)
