"""Tokens that must never be accepted, each different in one way from one that is."""

import base64
import json
import time
from typing import Any
from uuid import UUID

import jwt

from recado_core.ids import new_id

OTHER_SECRET = "Zq2x-another-secret-that-is-long-enough-for-every-algorithm-of-hmac-2"


class Forger:
    """Knows everything that an issued token holds, even the secret: what is refused is refused for its shape."""

    def __init__(self, secret: str, user_id: UUID, session_id: UUID, company_id: int) -> None:
        self._secret = secret
        self._valid = {
            "typ": "access",
            "iss": "recado",
            "aud": "recado-api",
            "iat": int(time.time()),
            "exp": int(time.time()) + 600,
            "sub": str(user_id),
            "sid": str(session_id),
            "cid": company_id,
            "ver": 1,
        }

    def signed(self, algorithm: str = "HS256", headers: dict[str, Any] | None = None, **changed: Any) -> str:
        return self._signed(changed, algorithm, headers)

    def table(self) -> dict[str, str]:
        now = int(time.time())
        subject = self._valid["sub"]
        changes: dict[str, dict[str, Any]] = {
            "expired": {"exp": now - 1},
            "expired long ago": {"exp": 1},
            "issued in the future": {"iat": now + 3600},
            "not yet valid": {"nbf": now + 3600},
            "refresh token": {"typ": "refresh"},
            "other issuer": {"iss": "somebody"},
            "other audience": {"aud": "recado-media"},
            "list of audiences": {"aud": ["recado-api", "recado-media"]},
            "company as text": {"cid": str(self._valid["cid"])},
            "company zero": {"cid": 0},
            "company negative": {"cid": -7},
            "company as list": {"cid": [7]},
            "company as truth": {"cid": True},
            "version as text": {"ver": "1"},
            "subject no uuid": {"sub": "admin"},
            "subject with newline": {"sub": f"{subject}\n"},
            "subject in braces": {"sub": "{" + str(subject) + "}"},
            "session no uuid": {"sid": "1"},
            "a claim more": {"role": "admin"},
        }
        return {
            **{f"without {claim}": self._signed({claim: None}) for claim in self._valid},
            **{name: self.signed(**change) for name, change in changes.items()},
            **self._broken(),
        }

    def _signed(self, changed: dict[str, Any], algorithm: str = "HS256", headers: dict[str, Any] | None = None) -> str:
        return jwt.encode(self._claims(changed), self._secret, algorithm=algorithm, headers=headers)

    def _broken(self) -> dict[str, str]:
        good = self.signed()
        header, _, signature = good.split(".")
        other_secret = jwt.encode(self._claims({}), OTHER_SECRET, algorithm="HS256")
        return {
            "no token": "hello",
            "two parts": "a.b",
            "trailing part": good + ".x",
            "with space": good.replace(".", ". ", 1),
            "no signature": good.rsplit(".", 1)[0] + ".",
            "other secret": other_secret,
            "HS384": self.signed(algorithm="HS384"),
            "HS512": self.signed(algorithm="HS512"),
            "critical header": self.signed(headers={"crit": ["b64"], "b64": False}),
            "company swapped after signing": f"{header}.{_encoded(self._claims({'cid': 8}))}.{signature}",
            "user swapped after signing": f"{header}.{_encoded(self._claims({'sub': str(new_id())}))}.{signature}",
            **{f"alg {name}": self._unsigned(name) for name in ("none", "None", "NONE", "nOnE", "")},
        }

    def _unsigned(self, algorithm: str) -> str:
        return f"{_encoded({'alg': algorithm, 'typ': 'JWT'})}.{_encoded(self._claims({}))}."

    def _claims(self, changed: dict[str, Any]) -> dict[str, Any]:
        """None takes a claim away."""
        return {name: value for name, value in {**self._valid, **changed}.items() if value is not None}


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
