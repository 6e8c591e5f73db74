"""What the operator depends on is away for a while: the database, the API server, etcd. Sessions run on meanwhile."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from tests.cluster.fault_proxy.proxy import FaultProxy
from tests.cluster.operator import harmony
from tests.cluster.operator.conftest import Hire
from tests.cluster.operator.office import COMPANY, Office, condition
from tests.cluster.operator.replicas import Replicas
from tests.cluster.operator.witness import Witness
from tests.cluster.waiting import wait_for

from recado_local.embedded.postgres import EmbeddedPostgres

pytestmark = pytest.mark.timeout(300)
NAMES = [f"support-{number}" for number in range(5)]
LONG = [pytest.mark.full, pytest.mark.timeout(600)]


@pytest.fixture
def five(office: Office, hire: Hire) -> Replicas:
    """Two operators and five connections, at rest."""
    replicas = Replicas(office, hire)
    office.declare_company()
    for name in NAMES:
        office.declare(name)
    harmony.settle(office, NAMES)
    return replicas


@pytest.mark.parametrize("seconds", [14, pytest.param(60, marks=LONG)])
def test_without_the_database_sessions_run_on_and_conditions_say_so(
    office: Office, five: Replicas, fault_proxy: FaultProxy, template_server: EmbeddedPostgres, seconds: float
) -> None:
    with five, Witness(office) as witness:
        with _away(template_server):
            gone = time.monotonic()
            touched = {"metadata": {"labels": {"touched": "yes"}}}
            office.client.merge(office.resources("companies", COMPANY), touched)
            for name in NAMES:
                wait_for(f"{name} says it", partial(_says, office, name, "Unknown", "DatabaseUnavailable"), 60)
            for kind in ("TenantProvisioned", "Ready"):
                outage = partial(_company_says, office, kind, "Unknown", "DatabaseUnavailable")
                wait_for(f"the company's {kind} says it", outage, 60)
            time.sleep(max(0.0, seconds - (time.monotonic() - gone)))  # so long is the outage
        for name in NAMES:
            wait_for(f"{name} is known again", partial(_says, office, name, "False", "PodPending"), 60)
        for kind in ("TenantProvisioned", "Ready"):
            wait_for(
                f"the company's {kind} is known again", partial(_company_says, office, kind, "True", "Provisioned")
            )
        harmony.settle(office, NAMES)
        harmony.assert_at_rest(office, fault_proxy, five.leader())
    assert (witness.created, witness.ended, five.restarts) == ([], set(), [])


@pytest.mark.parametrize("restarts", [1, pytest.param(5, marks=LONG)])
def test_an_api_server_that_restarts_is_waited_for(
    office: Office, five: Replicas, fault_proxy: FaultProxy, restarts: int
) -> None:
    running = set(NAMES)
    with five, Witness(office) as witness:
        for number in range(restarts):
            office.control.restart_api_server()
            running = _change(office, running, number)
            harmony.settle(office, running)
        harmony.assert_at_rest(office, fault_proxy, five.leader())
    assert (witness.doubles, witness.repeated) == ([], set())
    assert len(witness.ended) == restarts


@pytest.mark.parametrize("seconds", [5, pytest.param(30, marks=LONG)])
def test_etcd_may_be_gone(office: Office, five: Replicas, fault_proxy: FaultProxy, seconds: float) -> None:
    with five, Witness(office) as witness:
        office.control.etcd.kill()
        time.sleep(seconds)  # so long is the outage
        office.control.etcd.start()
        office.control.wait_ready()
        running = _change(office, set(NAMES), 0)
        harmony.settle(office, running)
        harmony.assert_at_rest(office, fault_proxy, five.leader())
    print(f"operators started anew: {five.restarts}")  # noqa: T201 - a result
    assert (witness.doubles, witness.repeated) == ([], set())
    assert len(witness.ended) == 1


@contextmanager
def _away(server: EmbeddedPostgres) -> Iterator[None]:
    server.stop()
    try:
        yield
    finally:
        server.start()


def _change(office: Office, running: set[str], number: int) -> set[str]:
    """One comes and one goes; answers what should run then."""
    goes = min(running)
    office.remove(goes)
    office.declare(f"late-{number}")
    return {*running, f"late-{number}"} - {goes}


def _says(office: Office, name: str, status: str, reason: str) -> bool:
    told = condition(office.connection(name), "Ready")
    return (told.get("status"), told.get("reason")) == (status, reason)


def _company_says(office: Office, kind: str, status: str, reason: str) -> bool:
    company = office.client.get(office.resources("companies", COMPANY))
    told = condition(company, kind)
    return (told.get("status"), told.get("reason")) == (status, reason)
