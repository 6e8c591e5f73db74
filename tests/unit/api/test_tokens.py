"""A token is accepted exactly when we issued it: every other variant is refused in the same words."""

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.unit.api.forgeries import Forger

from recado_api.auth.errors import UnauthenticatedError
from recado_api.auth.tokens import AccessTokens
from recado_core.clock import SystemClock
from recado_core.ids import new_id

SECRET = "k7Yp-unit-test-secret-that-is-long-enough-for-every-algorithm-of-hmac-1"
USER, SESSION = new_id(), new_id()
FORGERIES = Forger(SECRET, USER, SESSION, 7).table()


def tokens() -> AccessTokens:
    return AccessTokens(SECRET, SystemClock())


def test_an_issued_token_tells_who_asks() -> None:
    token, expires = tokens().issue(user_id=USER, company_id=7, session_id=SESSION, token_version=3)
    principal = tokens().read(token)
    assert (principal.user_id, principal.company_id) == (USER, 7)
    assert (principal.session_id, principal.token_version) == (SESSION, 3)
    assert principal.expires_at == expires.timestamp()
    assert expires - datetime.now(UTC) <= timedelta(minutes=10)


def test_what_the_forger_signs_unchanged_is_accepted() -> None:
    assert tokens().read(Forger(SECRET, USER, SESSION, 7).signed()).user_id == USER


def test_the_table_is_long() -> None:
    assert len(FORGERIES) >= 20
    assert len(set(FORGERIES.values())) == len(FORGERIES)


@pytest.mark.parametrize("token", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_token_is_refused(token: str) -> None:
    with pytest.raises(UnauthenticatedError) as refused:
        tokens().read(token)
    assert str(refused.value) == str(UnauthenticatedError())


def test_a_token_carries_nothing_secret() -> None:
    token, _ = tokens().issue(user_id=USER, company_id=7, session_id=UUID(int=1), token_version=3)
    payload = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert set(payload) == {"typ", "iss", "aud", "iat", "exp", "sub", "sid", "cid", "ver"}
