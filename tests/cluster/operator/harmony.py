"""Whether the world is as it was declared, seen with other eyes than the operator's, and whether it is quiet then.

Cluster and database are read by the admin and the superuser. What should run is said by the test; that exactly this
runs, with the epoch that the database knows, and that nothing else is left, is found out here.
"""

import time
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from tests.cluster.client import Object
from tests.cluster.fault_proxy.proxy import FaultProxy
from tests.cluster.operator import ledger
from tests.cluster.operator.office import Office
from tests.cluster.operator.operators import Operator
from tests.cluster.waiting import wait_for

from recado_operator.conditions.settling import SETTLING_SECONDS

PATIENCE_SECONDS = 90.0
QUIET_SECONDS = SETTLING_SECONDS + 1.0
"""The first seconds of a start are told together, and the roll-out decides two seconds after the last news."""


def differences(office: Office, running: Collection[str]) -> list[str]:
    """What is not as it should be when the connections `running`, and no others, should have a session.

    The Secret of a session that rests stays until the next one begins.
    """
    connections = {found["metadata"]["name"]: found for found in office.connections()}
    epochs = office.epochs()
    uids = {UUID(found["metadata"]["uid"]) for found in connections.values()}
    told = [f"nothing is declared as {name}" for name in set(running) - connections.keys()]
    told += [f"the database has a session for {uid}, nobody declared it" for uid in epochs.keys() - uids]
    for name, connection in connections.items():
        told += _told_wrong(name, connection, epochs, runs=name in running)
    pods = {f"wa-{name}-e{epochs.get(UUID(connections[name]['metadata']['uid']))}" for name in running}
    resting = {f"wa-{name}-e{epochs.get(UUID(found['metadata']['uid']))}" for name, found in connections.items()}
    secrets = [name for name in office.session_secrets() if name in pods or name not in resting]
    return told + _differ("pods", pods, office.pods()) + _differ("Secrets", pods, secrets)


def settle(office: Office, running: Collection[str], seconds: float = PATIENCE_SECONDS) -> None:
    """Waits until there are no differences; says which are left when that takes too long."""
    deadline = time.monotonic() + seconds
    while found := differences(office, running):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s as declared: {found}"
        time.sleep(0.1)  # between two looks at cluster and database


def assert_at_rest(office: Office, proxy: FaultProxy, leader: Operator, seconds: float = 0.0) -> None:
    """A look at every connection, and `seconds` of waiting, bring about not one write."""
    wait_until_quiet(proxy)
    looked, calls = leader.metric("recado_reconcile_total"), len(proxy.calls)
    expected = looked + len(office.poke()) + 1
    wait_for("all were looked at", lambda: leader.metric("recado_reconcile_total") >= expected)
    wait_for("the queue is empty", lambda: leader.metric("workqueue_unfinished_work_seconds") == 0)
    time.sleep(seconds)  # that nothing is written shows only when time passes
    written = ledger.writes(proxy.calls[calls:])
    assert written == [], written


def wait_until_quiet(proxy: FaultProxy) -> None:
    """What was put off for a moment (counting a company, a look at what acting has brought) may be done first, and a
    full line of events takes 50 s.
    """

    def quiet() -> bool:
        calls = len(proxy.calls)
        time.sleep(QUIET_SECONDS)  # the measure itself
        return not ledger.writes(proxy.calls[calls:])

    wait_for("nothing is written any more", quiet, PATIENCE_SECONDS)


def _differ(what: str, wanted: Collection[str], found: Collection[str]) -> list[str]:
    missing, unwanted = sorted(set(wanted) - set(found)), sorted(set(found) - set(wanted))
    return [f"{what}: {missing or 'none'} missing, {unwanted or 'none'} unwanted"] if missing or unwanted else []


def _told_wrong(name: str, connection: Object, epochs: Mapping[UUID, int], *, runs: bool) -> list[str]:
    """The status says what is, of the present generation."""
    status: dict[str, Any] = connection.get("status", {})
    generation = connection["metadata"]["generation"]
    told = [
        f"{name}: {condition['type']} is of generation {condition.get('observedGeneration')}, not {generation}"
        for condition in status.get("conditions", [])
        if condition.get("observedGeneration") != generation
    ]
    if status.get("observedGeneration") != generation or "conditions" not in status:
        return [*told, f"{name}: nothing is told of generation {generation}"]
    epoch = epochs.get(UUID(connection["metadata"]["uid"]))
    if runs and status.get("session", {}).get("epoch") != epoch:
        told.append(f"{name}: the status tells of session {status.get('session')}, the database of epoch {epoch}")
    return told
