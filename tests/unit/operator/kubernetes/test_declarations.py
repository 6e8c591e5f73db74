"""What is written into a status, and which transitions become events, whoever tells of a write first."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY
from tests.unit.operator.worlds import KNOWN, NOW, process, seen, world

from recado_core.resources.conditions import Condition, ConditionStatus, ConditionType, Reason
from recado_core.resources.connection import PairingStatus, SessionStatus, WhatsAppConnectionStatus
from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.errors import AbsentError
from recado_kubernetes.kinds import COMPANIES, CONNECTIONS, PODS
from recado_operator.conditions.connection import describe
from recado_operator.kubernetes.cluster import Cluster, Key
from recado_operator.kubernetes.declarations import KubernetesDeclarations
from recado_operator.runtime.events import EventRecorder, Happening
from recado_operator.world import ObservedSession, World

from . import objects


class Server:
    """Takes each write; `first` hears of it before the writer does."""

    def __init__(self, first: Cluster | None) -> None:
        self.written: list[dict[str, Any]] = []
        self._first = first
        self._version = 10

    async def patch(
        self, _kind: object, _namespace: str, name: str, operations: list[dict[str, Any]], part: str
    ) -> bytes:
        if part != "status":
            raise AbsentError(f"there is no {name}")
        self.written.append(json.loads(json.dumps(operations[-1]["value"])))
        self._version += 1
        stored = {**objects.connection(self._version), "status": self.written[-1]}
        if self._first is not None:
            self._first.notice(CONNECTIONS, stored, gone=False)
        return json.dumps(stored).encode()


class Line:
    def __init__(self) -> None:
        self.told: list[str] = []

    def record(self, happening: Happening) -> None:
        self.told.append(happening.reason)


def ready(reason: Reason, **facts: Any) -> WhatsAppConnectionStatus:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    told = Condition(
        type=ConditionType.READY,
        status="False",
        reason=reason,
        message="x",
        last_transition_time=now,
        observed_generation=1,
    )
    return WhatsAppConnectionStatus(conditions=[told], **facts)


@pytest.mark.parametrize("first", [True, False], ids=["the watch is first", "the answer is first"])
async def test_each_transition_is_told_once(first: bool) -> None:  # noqa: FBT001 - both orders
    cluster, line = Cluster(lambda *_: None, lambda _: None), Line()
    cluster.notice(CONNECTIONS, objects.connection(), gone=False)
    server = Server(cluster if first else None)
    declarations = KubernetesDeclarations(cast("KubernetesClient", server), cluster, cast("EventRecorder", line))
    for reason in (Reason.CONNECTING, Reason.AWAITING_PAIRING, Reason.AWAITING_PAIRING, Reason.CONNECTED):
        (key,) = await declarations.keys()
        resource = await declarations.get(key)
        assert resource is not None
        await declarations.write_status(replace(resource, status=ready(reason)))
    assert line.told == ["Connecting", "AwaitingPairing", "Connected"]


async def test_a_company_counts_anew_when_one_of_its_connections_becomes_ready() -> None:
    woken: list[Key] = []
    cluster = Cluster(lambda key, *_: woken.append(key), lambda _: None)
    cluster.notice(COMPANIES, objects.company(), gone=False)
    cluster.notice(CONNECTIONS, objects.connection(), gone=False)
    server = cast("KubernetesClient", Server(None))
    declarations = KubernetesDeclarations(server, cluster, cast("EventRecorder", Line()))
    company = Key(COMPANIES.plural, UUID(objects.COMPANY_UID))
    for status, wakes in (("False", [company]), ("False", []), ("True", [company])):
        resource = await declarations.get(UUID(objects.UID))
        assert resource is not None
        woken.clear()
        (told,) = ready(Reason.CONNECTED).conditions
        said = WhatsAppConnectionStatus(conditions=[replace(told, status=status)])
        await declarations.write_status(replace(resource, status=said))
        assert woken == wakes


@pytest.mark.parametrize(
    "found",
    [
        world(),
        world(process(version="1.0", started_at=NOW.wall), observed=seen(linked=True, phone="+5511999990000")),
        world(process(), observed=seen(state="qr")),
        world(observed=seen(exit_code=75), memory=replace(KNOWN, failures=3, not_before=2000.0)),
        world(observed=seen(state="banned", exit_code=0, reason="until 2026-11-23T13:30:00Z")),
    ],
)
async def test_what_was_written_is_known_at_once_as_it_was_written(found: World) -> None:
    """Else the operator would keep each status twice."""
    cluster = Cluster(lambda *_: None, lambda _: None)
    cluster.notice(CONNECTIONS, objects.connection(), gone=False)
    server = cast("KubernetesClient", Server(None))
    declarations = KubernetesDeclarations(server, cluster, cast("EventRecorder", Line()))
    resource = await declarations.get(UUID(objects.UID))
    assert resource is not None
    wanted = describe(NOW, found)
    await declarations.write_status(replace(resource, status=wanted))
    known = await declarations.get(UUID(objects.UID))
    assert known is not None
    assert known.status == wanted


async def test_the_state_of_pairing_is_told_also_when_it_is_idle() -> None:
    cluster = Cluster(lambda *_: None, lambda _: None)
    cluster.notice(CONNECTIONS, objects.connection(), gone=False)
    server = Server(None)
    declarations = KubernetesDeclarations(cast("KubernetesClient", server), cluster, cast("EventRecorder", Line()))
    (key,) = await declarations.keys()
    resource = await declarations.get(key)
    assert resource is not None
    await declarations.write_status(replace(resource, status=ready(Reason.CONNECTING, pairing=PairingStatus())))
    assert server.written[0]["pairing"] == {"state": "Idle"}


@pytest.mark.parametrize(
    ("found", "row", "gone"),
    [(None, 1, True), ("another", 1, True), (objects.UID, 1, False), (None, 2, False)],
    ids=["nobody has the name", "another one has the name", "it is there", "of somebody else's company"],
)
async def test_a_resource_has_vanished_when_the_api_server_says_so(found: str | None, row: int, gone: bool) -> None:  # noqa: FBT001 - a table
    class Asked:
        async def named(self, _kind: object, namespace: str, name: str) -> bytes | None:
            assert (namespace, name) == ("acme", "support")
            return None if found is None else json.dumps({"metadata": {"name": name, "uid": found}}).encode()

    cluster = Cluster(lambda *_: None, lambda _: None)
    cluster.notice(COMPANIES, {**objects.company(), "status": {"companyID": 1}}, gone=False)
    declarations = KubernetesDeclarations(cast("KubernetesClient", Asked()), cluster, cast("EventRecorder", Line()))
    seen = ObservedSession(company_id=row, connection_id=UUID(objects.UID), name="support")
    assert await declarations.vanished(seen) is gone


async def test_what_went_away_unnoticed_is_forgotten_before_anything_is_done_for_it() -> None:
    cluster = Cluster(lambda *_: None, lambda _: None)
    cluster.notice(CONNECTIONS, objects.connection(), gone=False)
    server = cast("KubernetesClient", Server(None))
    declarations = KubernetesDeclarations(server, cluster, cast("EventRecorder", Line()))
    (key,) = await declarations.keys()
    resource = await declarations.get(key)
    assert resource is not None
    with pytest.raises(AbsentError):
        await declarations.hold(resource, held=True)
    assert await declarations.get(key) is None


MADE = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""When the pod of `objects.pod` was."""


def told(kind: ConditionType, reason: Reason, second: int, status: ConditionStatus = "True") -> Condition:
    at = MADE + timedelta(seconds=second)
    return Condition(
        type=kind, status=status, reason=reason, message="x", last_transition_time=at, observed_generation=1
    )


async def tell(*statuses: Sequence[Condition]) -> None:
    """Each is written by an operator that knows the one before."""
    cluster = Cluster(lambda *_: None, lambda _: None)
    cluster.notice(CONNECTIONS, objects.connection(), gone=False)
    cluster.notice(PODS, objects.pod(status=objects.running()), gone=False)
    server, line = cast("KubernetesClient", Server(None)), cast("EventRecorder", Line())
    declarations = KubernetesDeclarations(server, cluster, line)
    for conditions in statuses:
        resource = await declarations.get(UUID(objects.UID))
        assert resource is not None
        session = SessionStatus(epoch=3, pod_name="wa-support-e3")
        status = WhatsAppConnectionStatus(session=session, conditions=list(conditions))
        await declarations.write_status(replace(resource, status=status))


def measured(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


ON_THE_WAY = told(ConditionType.READY, Reason.CONNECTING, -60, "False")
LINKED = told(ConditionType.PAIRED, Reason.PAIRED, -3600)


@pytest.mark.parametrize(
    ("statuses", "seconds"),
    [
        ([[ON_THE_WAY, LINKED], [told(ConditionType.READY, Reason.CONNECTED, 9), LINKED]], [9]),
        ([[told(ConditionType.READY, Reason.CONNECTED, 9)]], [9]),
        (
            [
                [told(ConditionType.READY, Reason.CONNECTING, 100, "False"), LINKED],
                [told(ConditionType.READY, Reason.CONNECTED, 104), LINKED],
            ],
            [4],
        ),
        (
            [
                [told(ConditionType.READY, Reason.AWAITING_PAIRING, -60, "False")],
                [told(ConditionType.READY, Reason.CONNECTED, 500), told(ConditionType.PAIRED, Reason.PAIRED, 498)],
            ],
            [2],
        ),
        (
            [
                [told(ConditionType.READY, Reason.RATE_LIMITED, -60, "False"), LINKED],
                [told(ConditionType.READY, Reason.CONNECTED, 900), LINKED],
            ],
            [],
        ),
        ([[told(ConditionType.READY, Reason.CONNECTED, 9)], [told(ConditionType.READY, Reason.DEGRADED, 9)]], [9]),
    ],
    ids=["a new pod", "never told", "lost for a moment", "scanned late", "limited by WhatsApp", "ready all the time"],
)
async def test_the_time_to_ready_is_that_in_which_only_we_were_in_the_way(
    statuses: Sequence[Sequence[Condition]], seconds: Sequence[float]
) -> None:
    count, total = "recado_time_to_ready_seconds_count", "recado_time_to_ready_seconds_sum"
    before = measured(count), measured(total)
    await tell(*statuses)
    assert (measured(count) - before[0], measured(total) - before[1]) == (len(seconds), sum(seconds))


async def test_each_number_that_whatsapp_logs_out_is_counted_once() -> None:
    name, out = "recado_connection_restrictions_total", told(ConditionType.READY, Reason.LOGGED_OUT, 9, "False")
    before = measured(name, reason="LoggedOut")
    await tell([ON_THE_WAY], [out], [out])
    assert measured(name, reason="LoggedOut") - before == 1
