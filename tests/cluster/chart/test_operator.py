"""The operator with nothing but what the chart gave it: its account's rights and its Deployment's settings."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cluster.chart import uninstalling
from tests.cluster.chart.helm import Helm, Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.operator.office import Office
from tests.cluster.operator.operators import Operator
from tests.cluster.waiting import wait_for
from tests.integration.database import drop_database, make_database, make_template, run_blocking, seed_company
from tests.unit.chart.charts import CHART, named

from recado_local.embedded.postgres import EmbeddedPostgres
from recado_local.embedded.redis import EmbeddedRedis


@pytest.fixture
def office(chart_cluster: ControlPlane, place: str, postgres_server: EmbeddedPostgres) -> Iterator[Office]:
    run_blocking(make_template(postgres_server))
    database = run_blocking(make_database(postgres_server))
    office = Office(chart_cluster, database, run_blocking(seed_company(database.owner)))
    office.namespace = place
    yield office
    office.close()
    run_blocking(drop_database(postgres_server, database))


def test_it_makes_a_pod_that_restricted_namespaces_admit(
    helm: Helm, office: Office, redis_server: EmbeddedRedis, tmp_path: Path
) -> None:
    helm.install(CHART, {"firstAdmin": {"email": "ana@example.com"}, "simulator": {"enabled": True}})
    deployment = named(helm.manifest(), "Deployment", "recado-operator")
    with Operator(office, tmp_path, redis_server.uri, **_settings(deployment)) as operator:
        operator.wait_ready()
        office.declare_company()
        office.declare("support")
        wait_for("a pod is made", lambda: "wa-support-e1" in office.pods())
        (container,) = office.client.get(office.core("pods", "wa-support-e1"))["spec"]["containers"]
        assert container["image"] == "ghcr.io/recado/recado-session:0.1.0"
        assert {"secretRef": {"name": "recado-session-settings"}} in container["envFrom"]
        office.client.delete(office.resources("whatsappconnections", "support"))
        gone = office.resources("whatsappconnections", "support")
        wait_for("the connection is gone", lambda: office.client.absent(gone))
        assert 'code="403"' not in operator.page("metrics").text


FORCED: Object = {"firstAdmin": {"email": "ana@example.com"}, "operator": {"replicas": 1}, "uninstall": {"force": True}}


def test_uninstalling_by_force_waits_for_the_operator_and_then_releases_for_good(
    helm: Helm, office: Office, redis_server: EmbeddedRedis, tmp_path: Path
) -> None:
    """The operator is a process of its own here; a finalizer keeps its pod as long as that runs."""
    helm.install(CHART, FORCED)
    uninstalling.apply_hooks(office.control, helm)
    pod = _operator_pod(office)
    office.client.merge(pod, {"metadata": {"finalizers": ["recado.dev/test"]}})
    deployment = named(helm.manifest(), "Deployment", "recado-operator")
    with Operator(office, tmp_path, redis_server.uri, **_settings(deployment)) as operator:
        operator.wait_ready()
        office.declare_company()
        office.declare("support", deletionPolicy="Logout")
        wait_for("it is held", lambda: _held(office))
        with uninstalling.start(office.control, office.namespace, tmp_path, "--force") as job:
            wait_for("the pod is told to end", lambda: "deletionTimestamp" in office.client.get(pod)["metadata"])
            assert _held(office)
            assert operator.stop() == 0
            office.client.merge(pod, {"metadata": {"finalizers": None}})
            _, said = job.communicate(timeout=uninstalling.SECONDS)
    assert job.returncode == 0, said
    assert not _held(office)


def _operator_pod(office: Office) -> str:
    """The path of the pod that the Deployment made."""

    def made() -> list[str]:
        return [name for name in office.pods() if name.startswith("recado-operator-")]

    wait_for("its pod is made", lambda: len(made()) == 1)
    return office.core("pods", made()[0])


def _held(office: Office) -> bool:
    found = office.client.get(office.resources("whatsappconnections", "support"))
    return bool(found["metadata"].get("finalizers"))


def _settings(deployment: Object) -> dict[str, str]:
    """What the Deployment says, but for where databases are and what only a pod knows."""
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    elsewhere = ("DB_", "REDIS_", "RECADO_METRICS_", "RECADO_LOG_LEVEL")
    return {
        one["name"]: one["value"]
        for one in container["env"]
        if "value" in one and not one["name"].startswith(elsewhere)
    }
