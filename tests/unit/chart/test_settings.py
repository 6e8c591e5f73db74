"""What the chart tells our processes is what they listen to: each variable is one of theirs, and they start with it."""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from tests.unit.chart.charts import CHART, Object, containers, named, pods, render, values_of, with_cluster

from recado_api.settings import ApiSettings, WebSettings
from recado_core.settings import DatabaseSettings, ObservabilitySettings, RedisSettings, describe, load
from recado_domain.migrate.settings import MigrationSettings
from recado_operator.settings import OperatorSettings, Settings
from recado_session.settings import SessionSettings
from recado_worker.settings import QueueSettings, WorkerSettings

EVERYBODY = (DatabaseSettings, RedisSettings, ObservabilitySettings)
KNOWN: Mapping[str, tuple[type[msgspec.Struct], ...]] = {
    "api": (*EVERYBODY, WebSettings),
    "migrate": (*EVERYBODY, MigrationSettings),
    "operator": (*EVERYBODY, OperatorSettings),
    "realtime": (*EVERYBODY, WebSettings),
    "wait-for-database": (DatabaseSettings, MigrationSettings),
    "worker": (*EVERYBODY, QueueSettings),
}
HELPERS = {"REDIS_PASSWORD"}
"""Variables that only make up others."""


def environment(container: Object) -> dict[str, str]:
    """With a word of fitting length in the place of what comes from a Secret, different for each."""
    given: dict[str, str] = {}
    for variable in container["env"]:
        name = variable["name"]
        value = variable.get("value", f"{name.lower()}-from-somewhere-else-and-long-enough")
        given[name] = re.sub(r"\$\((\w+)\)", lambda found: given[found[1]], value)
    return given


def variables(kinds: tuple[type[msgspec.Struct], ...]) -> set[str]:
    return {note.variable for kind in kinds for note, _ in describe(kind)}


def test_every_variable_is_one_that_the_process_knows(objects: list[Object]) -> None:
    checked = set()
    for name, pod in pods(objects):
        for container in containers(pod):
            if container["name"] in KNOWN:
                checked.add(container["name"])
                unknown = set(environment(container)) - variables(KNOWN[container["name"]]) - HELPERS
                assert unknown - {"RECADO_EXTRA"} == set(), (name, container["name"])
    assert checked >= {"api", "operator", "realtime", "wait-for-database", "worker"}


def test_processes_start_with_what_they_are_told(objects: list[Object]) -> None:
    for _, pod in pods(objects):
        (container, *_) = pod["spec"]["containers"]
        match container["name"]:
            case "api" | "realtime":
                settings = ApiSettings.from_environment(environment(container))
                assert settings.web.role == ("http" if container["name"] == "api" else "realtime")
                assert settings.database.user == "recado_app"
            case "worker":
                assert WorkerSettings.from_environment(environment(container)).observability.metrics_port == 9090
            case "migrate":
                assert load(DatabaseSettings, environment(container)).user == "recado_owner"
                load(MigrationSettings, environment(container))
            case "operator":
                operator = Settings.from_environment(environment(container))
                assert operator.database.user == "recado_operator"
                fleet = operator.operator.fleet()
                assert fleet.stable in fleet.catalogue


def test_the_operator_is_told_everything_that_it_can_be_told() -> None:
    objects = render(values_of(CHART / "ci" / "namespaces-values.yaml"))
    pod = named(objects, "Deployment", "inbox-operator")["spec"]["template"]
    told = environment(pod["spec"]["containers"][0])
    assert variables((OperatorSettings,)) <= set(told)
    settings = Settings.from_environment(told).operator
    assert settings.namespaces("desk") == ["acme", "globex"]
    assert settings.fleet().version(None) == "0.1.0"
    assert settings.fleet().catalogue["0.2.0"] == "mirror.example.com/recado-session:0.2.0"
    assert settings.fleet().catalogue["0.1.0"].startswith("mirror.example.com/recado/recado/recado-session@sha256:")


@pytest.mark.parametrize("simulated", [False, True])
def test_sessions_are_told_what_they_know(tmp_path: Path, *, simulated: bool) -> None:
    objects = render({"simulator": {"enabled": simulated}}, with_cluster(tmp_path))
    told = named(objects, "Secret", "recado-session-settings")["stringData"]
    unknown = set(told) - variables((*EVERYBODY, SessionSettings))
    assert unknown == ({"SSL_CERT_FILE"} if simulated else set())
    complete = told | {"RECADO_EPOCH": "1", "RECADO_JOURNAL_DIR": "/journal"}
    assert bool(load(SessionSettings, complete).simulator_url) == simulated
    assert load(DatabaseSettings, complete).host == "recado-postgres.desk.svc"
