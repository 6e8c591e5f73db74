"""A process with guessable secrets does not start, and its refusal names the setting and the way out."""

import pytest

from recado_api.settings import ApiSettings
from recado_core.errors import ConfigurationError

GOOD = {
    "DB_HOST": "db.example.com",
    "JWT_SECRET": "f0Xo-first-secret-for-the-settings-test-aa",
    "JWT_REFRESH_SECRET": "q9Lm-second-secret-for-the-settings-test-b",
}


@pytest.mark.parametrize("name", ["JWT_SECRET", "JWT_REFRESH_SECRET"])
@pytest.mark.parametrize("value", ["", "mysecret", "short-but-random-9f", "a" * 64])
def test_a_bad_secret_stops_the_start(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        ApiSettings.from_environment(GOOD | {name: value})


def test_one_secret_for_both_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="JWT_REFRESH_SECRET"):
        ApiSettings.from_environment(GOOD | {"JWT_REFRESH_SECRET": GOOD["JWT_SECRET"]})


def test_good_settings_start() -> None:
    settings = ApiSettings.from_environment(GOOD | {"FRONTEND_URL": "https://inbox.example.com"})
    assert settings.web.cookies_are_secure
    assert settings.web.requests_per_minute == 3000


def test_secrets_are_not_in_the_refusal() -> None:
    with pytest.raises(ConfigurationError) as refused:
        ApiSettings.from_environment(GOOD | {"RECADO_API_PORT": "none"})
    assert GOOD["JWT_SECRET"] not in str(refused.value)
