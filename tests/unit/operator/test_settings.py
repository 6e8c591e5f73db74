import pytest

from recado_core.errors import ConfigurationError
from recado_core.settings import load
from recado_operator.settings import OperatorSettings

GOOD = {"RECADO_SESSION_CATALOGUE": '{"1.0": "image:1.0"}', "RECADO_SESSION_STABLE": "1.0"}


def test_the_catalogue_says_what_sessions_run() -> None:
    more = {"RECADO_SESSION_IMAGE_PULL_SECRETS": "one, two", "FRONTEND_URL": "https://inbox.example.com"}
    fleet = load(OperatorSettings, {**GOOD, **more}).fleet()
    assert (fleet.catalogue, fleet.stable, fleet.pull_secrets) == ({"1.0": "image:1.0"}, "1.0", ("one", "two"))
    assert fleet.inbox_url == "https://inbox.example.com"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"RECADO_SESSION_CATALOGUE": "1.0=image"}, "RECADO_SESSION_CATALOGUE is not a JSON object"),
        ({"RECADO_SESSION_CATALOGUE": '{"1.0": 7}'}, "RECADO_SESSION_CATALOGUE is not a JSON object"),
        ({"RECADO_SESSION_STABLE": "2.0"}, "RECADO_SESSION_STABLE is 2.0, RECADO_SESSION_CATALOGUE holds 1.0"),
        ({"RECADO_SESSION_CANARY": "2.0"}, "RECADO_SESSION_CANARY is 2.0"),
    ],
)
def test_a_catalogue_that_does_not_fit_is_refused_by_name(changed: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        load(OperatorSettings, {**GOOD, **changed}).fleet()


@pytest.mark.parametrize(
    ("listed", "namespaces"), [("", ["recado"]), ("b, a,b", ["a", "b"])], ids=["its own", "those listed"]
)
def test_which_namespaces_are_served(listed: str, namespaces: list[str]) -> None:
    settings = load(OperatorSettings, {**GOOD, "RECADO_WATCH_NAMESPACES": listed})
    assert settings.namespaces("recado") == namespaces
