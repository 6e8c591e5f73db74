"""A token is accepted exactly when we issued it: every other variant is refused in the same words."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest

from recado_api.auth.errors import UnauthenticatedError
from recado_api.auth.tokens import AccessTokens
from recado_core.clock import SystemClock
from recado_core.ids import new_id

SECRET = "k7Yp-unit-test-secret-that-is-long-enough-for-every-algorithm-of-hmac-1"
OTHER = "Zq2x-another-secret-that-is-long-enough-22"
USER, SESSION = new_id(), new_id()


def tokens() -> AccessTokens:
    return AccessTokens(SECRET, SystemClock())


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    valid = {
        "typ": "access",
        "iss": "recado",
        "aud": "recado-api",
        "iat": now,
        "exp": now + 600,
        "sub": str(USER),
        "sid": str(SESSION),
        "cid": 7,
        "ver": 1,
    } | changed
    return {name: value for name, value in valid.items() if value is not None}


def signed(
    secret: str = SECRET, algorithm: str = "HS256", headers: dict[str, Any] | None = None, **changed: Any
) -> str:
    return jwt.encode(claims(**changed), secret, algorithm=algorithm, headers=headers)


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def unsigned(algorithm: str) -> str:
    return f"{encoded({'alg': algorithm, 'typ': 'JWT'})}.{encoded(claims())}."


def with_payload_replaced(**changed: Any) -> str:
    header, _, signature = signed().split(".")
    return f"{header}.{encoded(claims(**changed))}.{signature}"


FORGERIES = {
    "empty": "",
    "no token": "hello",
    "two parts": "a.b",
    "alg none": unsigned("none"),
    "alg None": unsigned("None"),
    "alg nOnE": unsigned("nOnE"),
    "no signature": signed().rsplit(".", 1)[0] + ".",
    "other secret": signed(OTHER),
    "HS384": signed(algorithm="HS384"),
    "HS512": signed(algorithm="HS512"),
    "company swapped after signing": with_payload_replaced(cid=8),
    "user swapped after signing": with_payload_replaced(sub=str(new_id())),
    "expired": signed(exp=int(time.time()) - 1),
    "expired long ago": signed(exp=1),
    "issued in the future": signed(iat=int(time.time()) + 3600),
    "not yet valid": signed(nbf=int(time.time()) + 3600),
    "refresh token": signed(typ="refresh"),
    "without typ": signed(typ=None),
    "other issuer": signed(iss="somebody"),
    "without issuer": signed(iss=None),
    "other audience": signed(aud="recado-media"),
    "list of audiences": signed(aud=["recado-api", "recado-media"]),
    "without audience": signed(aud=None),
    "without expiry": signed(exp=None),
    "without iat": signed(iat=None),
    "without subject": signed(sub=None),
    "without company": signed(cid=None),
    "without session": signed(sid=None),
    "without version": signed(ver=None),
    "company as text": signed(cid="7"),
    "company zero": signed(cid=0),
    "company negative": signed(cid=-7),
    "company as list": signed(cid=[7]),
    "company as truth": signed(cid=True),
    "version as text": signed(ver="1"),
    "subject no uuid": signed(sub="admin"),
    "subject with newline": signed(sub=f"{USER}\n"),
    "subject in braces": signed(sub="{" + str(USER) + "}"),
    "session no uuid": signed(sid="1"),
    "a claim more": signed(role="admin"),
    "critical header": signed(headers={"crit": ["b64"], "b64": False}),
    "trailing part": signed() + ".x",
    "with space": signed().replace(".", ". ", 1),
}


def test_an_issued_token_tells_who_asks() -> None:
    token, expires = tokens().issue(user_id=USER, company_id=7, session_id=SESSION, token_version=3)
    principal = tokens().read(token)
    assert (principal.user_id, principal.company_id) == (USER, 7)
    assert (principal.session_id, principal.token_version) == (SESSION, 3)
    assert principal.expires_at == expires.timestamp()
    assert expires - datetime.now(UTC) <= timedelta(minutes=10)


def test_the_table_signs_valid_tokens() -> None:
    assert tokens().read(signed()).user_id == USER


@pytest.mark.parametrize("token", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_token_is_refused(token: str) -> None:
    with pytest.raises(UnauthenticatedError) as refused:
        tokens().read(token)
    assert str(refused.value) == str(UnauthenticatedError())


def test_a_token_carries_nothing_secret() -> None:
    token, _ = tokens().issue(user_id=USER, company_id=7, session_id=UUID(int=1), token_version=3)
    payload = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert set(payload) == {"typ", "iss", "aud", "iat", "exp", "sub", "sid", "cid", "ver"}
