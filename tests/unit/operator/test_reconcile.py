"""The loop around the planner, over ports that live in memory."""

# ruff: noqa: ARG002 - the ports name arguments that these stand-ins need not look at

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from recado_core.resources.company import Company, CompanyStatus
from recado_core.resources.connection import SessionStatus, WhatsAppConnection, WhatsAppConnectionStatus
from recado_core.resources.port import Resource
from recado_core.resources.session_options import SecretReference
from recado_kubernetes.errors import ForbiddenError
from recado_operator.carrying import Ports
from recado_operator.conditions.settling import SETTLING_SECONDS
from recado_operator.plan.departure import LOGOUT_SECONDS
from recado_operator.ports import DeclarationRefusedError, FirstAdminAnswer, SessionOrder, SessionRefusedError
from recado_operator.reconcile import AFTER_ACTING, Reconciler
from recado_operator.world import Drift, ObservedCompany, ObservedSession, OverdueConnection, SessionProcess

from .worlds import COMPANY, CONNECTION, NOW, RESOURCE, seen

ROW = ObservedCompany(company_id=1)
OTHER = UUID("01890000-0000-7000-8000-000000000002")
OTHER_RESOURCE = replace(RESOURCE, metadata=replace(RESOURCE.metadata, name="sales", uid=OTHER))


def key_of(resource: WhatsAppConnection) -> UUID:
    assert resource.metadata.uid is not None
    return resource.metadata.uid


@dataclass
class Manifests:
    resources: list[WhatsAppConnection]
    statuses: list[WhatsAppConnectionStatus] = field(default_factory=list)

    company_statuses: list[CompanyStatus] = field(default_factory=list)
    companies_here: list[Company] = field(default_factory=lambda: [COMPANY])
    held: list[tuple[str, bool]] = field(default_factory=list)
    finalizers: bool = False
    known_to_be_gone: set[UUID] = field(default_factory=set)

    async def keys(self) -> Collection[UUID]:
        return {key_of(resource) for resource in self.resources}

    async def get(self, connection_id: UUID) -> WhatsAppConnection | None:
        return next((resource for resource in self.resources if key_of(resource) == connection_id), None)

    async def company_of(self, resource: WhatsAppConnection) -> Company | None:
        name = resource.spec.company_ref.name
        return next((company for company in self.companies_here if company.metadata.name == name), None)

    async def company_keys(self) -> Collection[UUID]:
        return {uid for company in self.companies_here if (uid := company.metadata.uid)}

    async def company(self, uid: UUID) -> Company | None:
        return next((company for company in self.companies_here if company.metadata.uid == uid), None)

    async def companies(self) -> Sequence[Company]:
        return self.companies_here

    async def vanished(self, seen: ObservedSession) -> bool:
        return seen.connection_id in self.known_to_be_gone

    async def write_status(self, resource: Resource) -> None:
        if isinstance(resource, WhatsAppConnection):
            self.statuses.append(resource.status)
        else:
            self.company_statuses.append(resource.status)

    async def hold(self, resource: Resource, *, held: bool) -> None:
        self.held.append((resource.metadata.name, held))


class NoPolicies:
    exist = False

    def harmed(self, _: Company) -> bool:
        return False

    async def isolate(self, company: Company) -> None:
        raise AssertionError("there is nothing to isolate with")


@dataclass
class Vault:
    """Secrets, by name and key."""

    readable: bool = False
    values: dict[tuple[str, str], bytes] = field(default_factory=dict)
    forbidden: bool = False
    asked: int = 0

    async def value(self, namespace: str, reference: SecretReference) -> bytes | None:
        self.asked += 1
        if self.forbidden:
            raise ForbiddenError("secrets is forbidden")
        return self.values.get((reference.name, reference.key))


@dataclass
class Processes:
    running: dict[UUID, SessionProcess] = field(default_factory=dict)
    orders: list[SessionOrder] = field(default_factory=list)
    discarded: list[UUID] = field(default_factory=list)
    seconds_to_wait: float = 0.0
    refusal: str = ""
    corrections: int = 0

    async def keys(self) -> Collection[UUID]:
        return self.running.keys()

    async def of(self, connection_id: UUID) -> Sequence[SessionProcess]:
        return [process for process in self.running.values() if process.connection_id == connection_id]

    def expected(self, resource: WhatsAppConnection, company: Company | None) -> Mapping[str, Any]:
        return {}

    async def correct(self, resource: WhatsAppConnection, epoch: int, *, image: bool) -> None:
        self.corrections += 1
        if self.refusal:
            raise SessionRefusedError(self.refusal, again_after=120.0)
        uid = key_of(resource)
        self.running[uid] = replace(self.running[uid], drift=Drift.NONE)

    async def adopt(self, resource: WhatsAppConnection, name: str) -> None: ...

    def wait(self, connection_id: UUID) -> float:
        return self.seconds_to_wait

    async def start(self, order: SessionOrder) -> None:
        self.orders.append(order)
        if self.refusal:
            raise SessionRefusedError(self.refusal, again_after=120.0)
        self.running[order.connection_id] = SessionProcess(
            connection_id=order.connection_id, epoch=order.epoch, running=True, age_seconds=SETTLING_SECONDS
        )

    async def end(self, connection_id: UUID, epoch: int, grace: float) -> None:
        self.running[connection_id] = replace(self.running[connection_id], running=False, exit_code=0, stopping=True)

    async def forget(self, connection_id: UUID, epoch: int) -> None:
        self.running.pop(connection_id)

    async def discard(self, connection_id: UUID) -> None:
        self.discarded.append(connection_id)


@dataclass
class Database:
    rows: dict[UUID, ObservedSession] = field(default_factory=dict)
    refusal: str = ""
    broken: UUID | None = None
    faster: bool = False
    wishes: list[UUID] = field(default_factory=list)
    provisioned: list[Company] = field(default_factory=list)
    waiting: list[OverdueConnection] = field(default_factory=list)
    asked: list[timedelta] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)
    """E-mail → hash of the password."""
    first_admin: FirstAdminAnswer = "created"

    async def observe(self, connection_id: UUID) -> ObservedSession | None:
        return self.rows.get(connection_id)

    async def list(self) -> Sequence[ObservedSession]:
        return list(self.rows.values())

    async def fingerprints(self, silence: timedelta) -> Mapping[UUID, int]:
        ages = {key: row.heartbeat_age_seconds or 0.0 for key, row in self.rows.items()}
        return {
            key: hash((replace(row, heartbeat_age_seconds=None), ages[key] > silence.total_seconds()))
            for key, row in self.rows.items()
        }

    async def declare(self, resource: WhatsAppConnection, company_id: int, connection_id: UUID) -> None:
        if self.refusal:
            raise DeclarationRefusedError(self.refusal)
        if connection_id == self.broken:
            raise ConnectionError("the database went away")
        name, paused = resource.metadata.name, resource.spec.suspend
        row = ObservedSession(company_id=company_id, connection_id=connection_id, name=name)
        self.rows[connection_id] = replace(self.rows.get(connection_id, row), name=name, paused=paused, retained=False)

    async def take_over(self, connection_id: UUID, expected_epoch: int, password: str) -> int | None:
        if self.faster:
            return None
        self.rows[connection_id] = replace(self.rows[connection_id], epoch=expected_epoch + 1)
        return expected_epoch + 1

    async def fence(self, connection_id: UUID) -> None: ...

    async def record_exit(self, connection_id: UUID, epoch: int, exit_code: int) -> None:
        self.rows[connection_id] = replace(self.rows[connection_id], exit_code=exit_code)

    async def report_state(self, connection_id: UUID, epoch: int, state: str, reason: str) -> None:
        self.rows[connection_id] = replace(self.rows[connection_id], state=state, reason=reason)

    async def request_logout(self, connection_id: UUID) -> None:
        self.wishes.append(connection_id)

    async def retain(self, connection_id: UUID) -> None:
        self.rows[connection_id] = replace(self.rows[connection_id], retained=True)

    async def remove(self, connection_id: UUID, *, purge: bool) -> None:
        self.rows.pop(connection_id, None)

    async def overdue(self, retention: timedelta) -> Sequence[OverdueConnection]:
        self.asked.append(retention)
        return list(self.waiting)

    async def collect(self, connection_id: UUID, retention: timedelta) -> bool:
        if connection_id == self.broken:
            raise ConnectionError("the database went away")
        self.waiting = [each for each in self.waiting if each.connection_id != connection_id]
        return not self.faster

    async def observe_company(self, uid: UUID) -> ObservedCompany | None:
        return replace(ROW, resource_uid=uid, agents=len(self.people)) if self.provisioned else None

    async def provision(self, resource: Company) -> int:
        if self.refusal:
            raise DeclarationRefusedError(self.refusal)
        self.provisioned.append(resource)
        return 1

    async def make_first_admin(self, company_id: int, email: str, password_hash: str) -> FirstAdminAnswer:
        if self.first_admin == "created":
            self.people[email] = password_hash
        return self.first_admin

    async def purge_company(self, company_id: int) -> None:
        raise AssertionError("nobody purges a company here")


@dataclass
class Rings:
    heard: list[UUID] = field(default_factory=list)
    sessions: list[UUID] = field(default_factory=list)

    async def ring(self, company_id: int, connection_id: UUID) -> None:
        self.heard.append(connection_id)

    async def ring_session(self, connection_id: UUID) -> None:
        self.sessions.append(connection_id)


@dataclass
class Hands:
    """A clock whose hands the test moves."""

    seconds: float = 1000.0

    def now(self) -> datetime:
        return NOW.wall

    def monotonic(self) -> float:
        return self.seconds


@dataclass
class Bench:
    manifests: Manifests = field(default_factory=lambda: Manifests([RESOURCE]))
    processes: Processes = field(default_factory=Processes)
    database: Database = field(default_factory=Database)
    rings: Rings = field(default_factory=Rings)
    vault: Vault = field(default_factory=Vault)
    clock: Hands = field(default_factory=Hands)

    def reconciler(self, departed: Mapping[UUID, WhatsAppConnection] | None = None) -> Reconciler:
        return Reconciler(
            Ports(
                declarations=self.manifests,
                sessions=self.processes,
                leases=self.database,
                companies=self.database,
                policies=NoPolicies(),
                secrets=self.vault,
                bell=self.rings,
                clock=self.clock,
            ),
            departed,
        )


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_a_manifest_becomes_a_session_with_its_own_password(bench: Bench) -> None:
    await bench.reconciler().look()
    (order,) = bench.processes.orders
    assert (order.connection_id, order.epoch) == (CONNECTION, 1)
    assert len(order.password) >= 32


async def test_the_status_is_written_when_it_changes_and_only_then(bench: Bench) -> None:
    reconciler = bench.reconciler()
    for _ in range(4):
        await reconciler.look()
    assert [status.conditions[0].reason for status in bench.manifests.statuses] == ["Connecting"]
    assert bench.manifests.statuses[-1].session == SessionStatus(epoch=1)


async def test_a_new_operator_looks_once_at_each_session_that_is_as_declared(bench: Bench) -> None:
    await bench.reconciler().look()
    left = RESOURCE.spec.pairing.timeout_seconds - SETTLING_SECONDS
    assert await bench.reconciler().reconcile(CONNECTION) == left
    assert [status.conditions[0].reason for status in bench.manifests.statuses] == ["Connecting"]


async def test_a_new_operator_looks_again_at_what_it_changes(bench: Bench) -> None:
    await bench.reconciler().look()
    bench.manifests.resources = [replace(RESOURCE, spec=replace(RESOURCE.spec, suspend=True))]
    assert await bench.reconciler().reconcile(CONNECTION) == AFTER_ACTING
    assert bench.manifests.statuses == []


async def test_a_status_that_somebody_overwrote_is_written_again(bench: Bench) -> None:
    reconciler = bench.reconciler()
    await reconciler.look()
    await reconciler.look()
    told = bench.manifests.statuses[-1]
    bench.manifests.resources = [replace(RESOURCE, status=told)]
    await reconciler.look()
    assert bench.manifests.statuses == [told]
    bench.manifests.resources = [RESOURCE]
    await reconciler.look()
    assert bench.manifests.statuses == [told, told]


async def test_a_row_that_nobody_declares_is_retained_once_its_resource_is_known_to_be_gone(bench: Bench) -> None:
    bench.manifests.finalizers = True
    bench.database.rows[OTHER] = replace(seen(), connection_id=OTHER)
    reconciler = bench.reconciler()
    await reconciler.look()
    assert not bench.database.rows[OTHER].retained
    bench.manifests.known_to_be_gone.add(OTHER)
    for _ in range(2):
        await reconciler.look()
    assert bench.database.rows[OTHER].retained
    bench.manifests.known_to_be_gone.clear()
    assert await reconciler.reconcile(OTHER) is None


async def test_nothing_follows_a_pod_that_went_with_its_resource(bench: Bench) -> None:
    reconciler = bench.reconciler()
    await reconciler.look()
    bench.processes.running.clear()
    bench.manifests.known_to_be_gone = {CONNECTION}
    await reconciler.look()
    assert [order.epoch for order in bench.processes.orders] == [1]
    bench.manifests.known_to_be_gone = set()
    await reconciler.look()
    assert [order.epoch for order in bench.processes.orders] == [1, 2]


async def test_a_slower_operator_starts_nothing(bench: Bench) -> None:
    bench.database.faster = True
    await bench.reconciler().look()
    assert bench.processes.orders == []


async def test_one_failing_connection_does_not_hold_up_the_others(bench: Bench) -> None:
    bench.manifests.resources = [RESOURCE, OTHER_RESOURCE]
    bench.database.broken = CONNECTION
    reconciler = bench.reconciler()
    await reconciler.look()
    assert [order.connection_id for order in bench.processes.orders] == [OTHER]
    bench.database.broken = None
    await reconciler.look()
    assert [order.connection_id for order in bench.processes.orders] == [OTHER, CONNECTION]


async def test_a_refused_declaration_is_told_and_asked_again_later(bench: Bench) -> None:
    bench.database.refusal = "There is no company 1. Create it first, or correct spec.company."
    reconciler = bench.reconciler()
    assert await reconciler.look() is not None
    wake = await reconciler.look()
    assert bench.manifests.statuses[-1].conditions[0].message == bench.database.refusal
    assert wake is not None
    bench.database.refusal = ""
    bench.clock.seconds += wake
    await reconciler.look()
    assert len(bench.processes.orders) == 1


async def test_a_refused_pod_is_told_in_the_words_of_the_cluster_and_costs_few_epochs(bench: Bench) -> None:
    bench.processes.refusal = "no PriorityClass with name gold was found"
    reconciler = bench.reconciler()
    wake = [await reconciler.look() for _ in range(5)][-1]
    told = bench.manifests.statuses[-1].conditions[0]
    assert (told.reason, told.message) == ("DeclarationRefused", bench.processes.refusal)
    assert len(bench.processes.orders) == 1
    assert wake == 120.0
    bench.clock.seconds += 120.0
    await reconciler.look()
    assert len(bench.processes.orders) == 2
    bench.processes.refusal = ""
    bench.clock.seconds += 120.0
    for _ in range(2):
        await reconciler.look()
    assert bench.manifests.statuses[-1].conditions[0].reason == "Connecting"


async def test_a_refused_correction_is_told_and_not_tried_at_every_look(bench: Bench) -> None:
    reconciler = bench.reconciler()
    await reconciler.look()
    bench.processes.running[CONNECTION] = replace(bench.processes.running[CONNECTION], drift=Drift.METADATA)
    bench.processes.refusal = "a label's value must consist of letters"
    wake = [await reconciler.look() for _ in range(5)][-1]
    assert bench.manifests.statuses[-1].conditions[0].message == bench.processes.refusal
    assert (bench.processes.corrections, wake) == (1, 120.0)
    bench.processes.refusal = ""
    bench.clock.seconds += 120.0
    for _ in range(2):
        await reconciler.look()
    assert bench.manifests.statuses[-1].conditions[0].reason == "Connecting"
    assert len(bench.processes.orders) == 1


async def test_a_corrected_declaration_is_tried_at_once(bench: Bench) -> None:
    bench.processes.refusal = "no PriorityClass with name gold was found"
    reconciler = bench.reconciler()
    for _ in range(2):
        await reconciler.look()
    bench.processes.refusal = ""
    bench.manifests.resources = [replace(RESOURCE, spec=replace(RESOURCE.spec, display_name="Help"))]
    assert await reconciler.look() == AFTER_ACTING
    await reconciler.look()
    assert [order.epoch for order in bench.processes.orders] == [1, 2]


async def test_a_deleted_manifest_takes_everything_with_it(bench: Bench) -> None:
    reconciler = bench.reconciler()
    await reconciler.look()
    bench.manifests.resources = []
    for _ in range(3):
        await reconciler.look()
    assert (bench.database.rows, bench.processes.running) == ({}, {})
    assert bench.processes.discarded == [CONNECTION]


async def test_a_manifest_that_was_never_accepted_leaves_nothing_behind(bench: Bench) -> None:
    bench.database.refusal = "There is no company 1. Create it first, or correct spec.company."
    reconciler = bench.reconciler()
    await reconciler.look()
    bench.manifests.resources = []
    for _ in range(3):
        await reconciler.look()
    assert bench.processes.discarded == [CONNECTION]


async def test_a_crash_rings_the_workers_and_waits_as_long_as_told(bench: Bench) -> None:
    reconciler = bench.reconciler()
    await reconciler.look()
    bench.processes.running[CONNECTION] = replace(bench.processes.running[CONNECTION], running=False, exit_code=-9)
    await reconciler.look()
    assert bench.rings.heard == [CONNECTION]
    wake = await reconciler.look()
    assert wake is not None
    bench.clock.seconds += wake
    await reconciler.look()
    assert [order.epoch for order in bench.processes.orders] == [1, 2]


async def test_after_a_blind_gap_heartbeats_are_listened_to_afresh(bench: Bench) -> None:
    reconciler = bench.reconciler()
    await reconciler.look()
    bench.clock.seconds += 120.0
    bench.database.rows[CONNECTION] = replace(bench.database.rows[CONNECTION], heartbeat_age_seconds=120.0)
    bench.processes.running[CONNECTION] = replace(bench.processes.running[CONNECTION], age_seconds=120.0)
    await reconciler.look()
    assert bench.processes.running[CONNECTION].running


async def test_a_survey_names_what_changed_fell_silent_or_went(bench: Bench) -> None:
    reconciler = bench.reconciler()
    await reconciler.look()
    assert await reconciler.survey() == [CONNECTION]
    assert await reconciler.survey() == []
    bench.database.rows[CONNECTION] = replace(bench.database.rows[CONNECTION], heartbeat_age_seconds=5.0)
    await reconciler.survey()
    bench.database.rows[CONNECTION] = replace(bench.database.rows[CONNECTION], heartbeat_age_seconds=12.0)
    assert await reconciler.survey() == []
    bench.database.rows[CONNECTION] = replace(bench.database.rows[CONNECTION], heartbeat_age_seconds=40.0)
    assert await reconciler.survey() == [CONNECTION]
    assert await reconciler.survey() == []
    bench.database.rows[CONNECTION] = replace(bench.database.rows[CONNECTION], state="qr")
    assert await reconciler.survey() == [CONNECTION]
    del bench.database.rows[CONNECTION]
    assert await reconciler.survey() == [CONNECTION]


async def test_one_look_at_one_connection_touches_no_other(bench: Bench) -> None:
    bench.manifests.resources = [RESOURCE, OTHER_RESOURCE]
    await bench.reconciler().reconcile(OTHER)
    assert [order.connection_id for order in bench.processes.orders] == [OTHER]
    assert bench.manifests.statuses == []


async def test_what_fails_is_raised_to_whoever_keeps_the_queue_and_told_when_it_lasts(bench: Bench) -> None:
    bench.database.broken = CONNECTION
    reconciler = bench.reconciler()
    for seconds in (0.0, 5.0, 6.0, 6.0):
        bench.clock.seconds += seconds
        with pytest.raises(ConnectionError):
            await reconciler.reconcile(CONNECTION)
    (told,) = bench.manifests.statuses
    assert (told.conditions[0].status, told.conditions[0].reason) == ("Unknown", "ReconcileError")
    bench.database.broken = None
    for _ in range(2):
        await reconciler.reconcile(CONNECTION)
    assert bench.manifests.statuses[-1].conditions[0].reason == "Connecting"


async def test_an_operator_that_finds_a_departed_connection_starts_a_session_to_unlink_it(bench: Bench) -> None:
    bench.manifests.resources = []
    bench.database.rows[CONNECTION] = seen(linked=True, state="stopped", exit_code=0)
    reconciler = bench.reconciler({CONNECTION: RESOURCE})
    await reconciler.look()
    assert (bench.database.wishes, bench.rings.sessions) == ([CONNECTION], [CONNECTION])
    assert [(order.resource, order.epoch) for order in bench.processes.orders] == [(RESOURCE, 2)]
    bench.database.rows[CONNECTION] = replace(bench.database.rows[CONNECTION], linked=False, state="logged_out")
    bench.processes.running[CONNECTION] = replace(bench.processes.running[CONNECTION], running=False, exit_code=0)
    await reconciler.look()
    assert (bench.database.rows, bench.processes.discarded) == ({}, [CONNECTION])


async def test_after_a_minute_the_connection_goes_although_its_device_stays_linked(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    reconciler = bench.reconciler()
    await reconciler.look()
    bench.database.rows[CONNECTION] = replace(bench.database.rows[CONNECTION], linked=True)
    bench.manifests.resources = []
    await reconciler.look()
    assert await reconciler.look() == LOGOUT_SECONDS
    for _ in range(3):
        await reconciler.look()
    assert bench.database.wishes == [CONNECTION]
    assert bench.database.rows
    bench.clock.seconds += LOGOUT_SECONDS
    for _ in range(3):
        await reconciler.look()
    assert bench.database.rows == {}
    assert "remove the device on the phone" in capsys.readouterr().out


async def test_a_start_waits_for_its_turn_and_takes_no_epoch_before(bench: Bench) -> None:
    reconciler = bench.reconciler()
    bench.processes.seconds_to_wait = 7.0
    await reconciler.reconcile(CONNECTION)
    assert await reconciler.reconcile(CONNECTION) == 7.0
    assert (bench.processes.orders, bench.database.rows[CONNECTION].epoch, bench.manifests.statuses) == ([], 0, [])
    bench.processes.seconds_to_wait = 0.0
    await reconciler.reconcile(CONNECTION)
    assert [order.epoch for order in bench.processes.orders] == [1]


async def test_a_manifest_without_its_company_leaves_nothing_behind(bench: Bench) -> None:
    reconciler = bench.reconciler()
    bench.manifests.companies_here = []
    await reconciler.look()
    bench.manifests.resources = []
    for _ in range(3):
        await reconciler.look()
    assert bench.processes.discarded == [CONNECTION]
