"""Which login to Redis sessions get: one of their own wherever there is one, and a warning where there is none."""

import base64
from pathlib import Path

import pytest
from helm_python import HelmError
from tests.unit.chart.charts import Object, named, notes, render, with_cluster

WARNING = "Sessions hold the platform's login to Redis"
GIVEN: Object = {"secrets": {"existingSecret": "given"}}
OLD = {"redis-password": "platforms"}
EXTERNAL: Object = {"mode": "external", "external": {"existingSecret": "theirs"}}
URIS = {"uri": "redis://:all@redis.example.com", "session-uri": "redis://session:bells@redis.example.com"}


def own(redis: Object) -> Object:
    return {"redis": {**redis, "external": {**redis["external"], "sessionKey": "session-uri"}}}


@pytest.mark.parametrize(
    ("values", "secrets", "uri", "warned"),
    [
        (GIVEN, {"given": OLD}, "redis://:platforms@recado-redis.desk.svc:6379/0", True),
        (
            GIVEN,
            {"given": OLD | {"redis-session-password": "bells"}},
            "redis://session:bells@recado-redis.desk.svc:6379/0",
            False,
        ),
        ({"redis": EXTERNAL}, {"theirs": URIS}, URIS["uri"], True),
        (own(EXTERNAL), {"theirs": URIS}, URIS["session-uri"], False),
        ({"redis": {"mode": "external", "external": {"uri": "redis://r"}}}, {}, "redis://r", True),
    ],
    ids=["earlier Secret", "own Secret", "external", "external with a user", "external without a password"],
)
def test_it_is_their_own_or_somebody_is_told(
    tmp_path: Path, values: Object, secrets: dict[str, dict[str, str]], uri: str, *, warned: bool
) -> None:
    chart = with_cluster(tmp_path, secrets)
    assert named(render(values, chart), "Secret", "recado-session-settings")["stringData"]["REDIS_URI"] == uri
    assert (WARNING in notes(values, chart)) == warned


def test_an_upgrade_adds_their_password_and_keeps_the_others(tmp_path: Path) -> None:
    chart = with_cluster(tmp_path, {"recado-secrets": OLD})
    objects = render({}, chart)
    made = named(objects, "Secret", "recado-secrets")["data"]
    assert base64.b64decode(made["redis-password"]).decode() == OLD["redis-password"]
    own = base64.b64decode(made["redis-session-password"]).decode()
    assert len(own) == 48
    told = named(objects, "Secret", "recado-session-settings")["stringData"]
    assert told["REDIS_URI"] == f"redis://session:{own}@recado-redis.desk.svc:6379/0"
    assert WARNING not in notes({}, chart)


def test_a_key_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(HelmError, match="key session-uri of the Secret theirs cannot be read"):
        render(own(EXTERNAL), with_cluster(tmp_path, {"theirs": {"uri": "redis://r"}}))


def test_who_makes_the_secret_of_sessions_is_not_warned(tmp_path: Path) -> None:
    values = {"redis": EXTERNAL, "session": {"existingSettingsSecret": "b"}}
    assert WARNING not in notes(values, with_cluster(tmp_path))
