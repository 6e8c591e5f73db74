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
        ({"RECADO_ROLLOUT_WAVES": "1, 10"}, "RECADO_ROLLOUT_WAVES cannot be read"),
        ({"RECADO_ROLLOUT_WAVES": '[{"percent": 1, "pause": 3}, {"percent": 100}]'}, "unknown field `pause`"),
        ({"RECADO_ROLLOUT_WAVES": '[{"percent": 50}]'}, r"has the percents \[50\]. Let them grow, up to 100"),
        ({"RECADO_ROLLOUT_WAVES": '[{"percent": 50}, {"percent": 1}, {"percent": 100}]'}, "Let them grow"),
        ({"RECADO_ROLLOUT_WAVES": "[]"}, "Let them grow"),
    ],
)
def test_a_catalogue_that_does_not_fit_is_refused_by_name(changed: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        load(OperatorSettings, {**GOOD, **changed}).fleet()


def test_waves_end_with_everybody_and_nodes_are_looked_at_only_when_asked() -> None:
    settings = load(OperatorSettings, GOOD)
    assert [wave.percent for wave in settings.fleet().rollout.waves] == [0, 1, 10, 50, 100]
    assert not settings.drain
    assert "karpenter.sh/disrupted" in settings.taints()


@pytest.mark.parametrize(
    ("listed", "namespaces"), [("", ["recado"]), ("b, a,b", ["a", "b"])], ids=["its own", "those listed"]
)
def test_which_namespaces_are_served(listed: str, namespaces: list[str]) -> None:
    settings = load(OperatorSettings, {**GOOD, "RECADO_WATCH_NAMESPACES": listed})
    assert settings.namespaces("recado") == namespaces
