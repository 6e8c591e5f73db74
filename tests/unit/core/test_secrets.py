"""Which keys may sign tokens: none that somebody could know or guess."""

import secrets
from collections.abc import Callable

import pytest

from recado_core.errors import ConfigurationError
from recado_core.secrets import KNOWN_SECRETS, MINIMUM_BYTES, require_secret

GUESSABLE = [
    *KNOWN_SECRETS,
    "kZaOTd+YZpjRUyyuQUpigJaEMk4vcW4YOymKPZX0Ts8=\n",
    " MySecret ",
    "a" * 64,
    "ab" * 32,
    "0110100110010110" * 2 + "1001011001101001",
    "changemechangemechangemechangeme",
    "0123456789012345678901234567890123456789",
    "your-super-secret-64-char-string-for-jwt-signing",
    "your_jwt_secret_key_here_min_32_characters_long",
    "change-this-secret-in-production-min-32-chars",
    "CHANGE ME before going live, this is only a default 1234",
    "gere-um-valor-aqui-com-openssl-rand-base64-48",
    "SUA_CHAVE_SECRETA_COM_PELO_MENOS_32_CARACTERES",
]


@pytest.mark.parametrize("value", GUESSABLE)
def test_what_others_know_or_guess_is_refused_with_the_way_out(value: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        require_secret("JWT_SECRET", value)
    assert refused.value.detail.startswith("JWT_SECRET is a published or guessable default. ")
    assert refused.value.detail.endswith("openssl rand -base64 48")
    assert value.strip() not in refused.value.detail


@pytest.mark.parametrize(("value", "why"), [(None, "is missing"), ("", "is missing"), ("  \n", "is missing")])
def test_nothing_is_no_secret(value: str | None, why: str) -> None:
    with pytest.raises(ConfigurationError, match=f"JWT_REFRESH_SECRET {why}. .*openssl rand -base64 48"):
        require_secret("JWT_REFRESH_SECRET", value)


def test_a_short_one_is_told_its_length() -> None:
    with pytest.raises(ConfigurationError, match="JWT_SECRET has 31 bytes, too few"):
        require_secret("JWT_SECRET", secrets.token_hex(16)[:31])


@pytest.mark.parametrize("make", [secrets.token_urlsafe, secrets.token_hex])
def test_random_ones_are_handed_back_unchanged(make: Callable[[int], str]) -> None:
    for value in (make(MINIMUM_BYTES) for _ in range(500)):
        assert require_secret("JWT_SECRET", value) == value
