"""Resources that are wrong, oversized, greedy or foreign: each is refused, or answered with a condition that says why.

All of them are met by one operator that serves a bystander too: at the end that company is as it was, to the last row
and the last version of an object, and the operator is the process that it was.
"""

import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

import pytest
from tests.cluster.client import ApiRefusalError, Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.operator import bystander, harmony
from tests.cluster.operator.bad import changes, limits, names, numbers, privileges
from tests.cluster.operator.bad.cases import Answered, Case, Harmless, Refused, Unknown, company, merged, not_accepted
from tests.cluster.operator.ledger import Ledger
from tests.cluster.operator.office import COMPANY, Office, condition, opened
from tests.cluster.operator.operators import Operator
from tests.cluster.waiting import wait_for

from recado_local.embedded.postgres import EmbeddedPostgres
from recado_local.embedded.redis import EmbeddedRedis

CASES = (*numbers.CASES, *names.CASES, *privileges.CASES, *limits.CASES, *changes.CASES)
PLURALS = {"WhatsAppConnection": "whatsappconnections", "Company": "companies"}
_counter = itertools.count()


class Stage(NamedTuple):
    office: Office
    neighbour: Office
    operator: Operator
    before: bystander.Snapshot


@pytest.fixture(scope="module")
def stage(
    definitions: ControlPlane,
    template_server: EmbeddedPostgres,
    redis_server: EmbeddedRedis,
    ledger: Ledger,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    with ExitStack() as stack:
        proxy = stack.enter_context(definitions.fault_proxy())
        stack.callback(lambda: ledger.note(proxy.calls))
        office = stack.enter_context(opened(definitions, template_server))
        beside = stack.enter_context(bystander.beside(office))
        operator = stack.enter_context(
            Operator(
                office,
                tmp_path_factory.mktemp("bad"),
                redis_server.uri,
                server=proxy.url,
                RECADO_NAMESPACE=office.namespace,
                RECADO_WATCH_NAMESPACES=f"{office.namespace},{beside.namespace}",
            )
        )
        operator.wait_ready()
        office.declare_company()
        office.client.create(office.core("secrets"), {"metadata": {"name": "recado-session"}, "stringData": {"a": "b"}})
        bystander.settle(beside)
        stage = Stage(office, beside, operator, bystander.snapshot(beside))
        yield stage
        _assert_nothing_else_happened(stage)


def test_there_are_many() -> None:
    assert len(CASES) >= 80
    titles = [case.title for case in CASES]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("case", CASES, ids=[case.title for case in CASES])
def test_it_is_refused_or_answered(stage: Stage, case: Case) -> None:
    play(stage.office, case)
    assert stage.operator.running, stage.operator.log_tail()


def test_the_row_and_the_number_of_others_are_not_taken(stage: Stage) -> None:
    """Known only now: what the bystander has."""
    for case in (
        company("their row", not_accepted("CompanyIDInUse"), {"companyID": stage.neighbour.company.id}),
        company("our row, a second time", not_accepted("CompanyIDInUse"), {"companyID": stage.office.company.id}),
        Case("their number", not_accepted("PhoneNumberInUse"), {"phoneNumber": bystander.NUMBER}),
    ):
        play(stage.office, case)


def _assert_nothing_else_happened(stage: Stage) -> None:
    """After all of them, in whatever order: the bystander is as it was, and so is the operator."""
    wait_for("the queue is empty", lambda: stage.operator.metric("workqueue_unfinished_work_seconds") == 0)
    assert bystander.snapshot(stage.neighbour) == stage.before
    assert stage.operator.running, stage.operator.log_tail()
    assert "guarded task ended" not in stage.operator.log.read_text()
    secret = stage.office.client.get(stage.office.core("secrets", "recado-session"))
    assert list(secret["data"]) == ["a"]
    harmony.settle(stage.office, ())


def play(office: Office, case: Case) -> None:
    """Declares it, sees what becomes of it, and takes it away again."""
    name = f"bad-{next(_counter)}" if case.name is None else case.name
    match case.fate:
        case Refused(message) if case.before is None:
            with pytest.raises(ApiRefusalError) as refusal:
                _create(office, case, name, case.spec)
            assert message in str(refusal.value)
        case Refused(message):
            _create(office, case, name, case.before or {})
            with pytest.raises(ApiRefusalError) as refusal:
                office.client.merge(_place(office, case, name), {"spec": dict(case.spec)})
            assert message in str(refusal.value)
            _remove(office, case, name)
        case Unknown(field):
            with pytest.raises(ApiRefusalError, match=f'unknown field "{field}"'):
                _create(office, case, name, case.spec, fieldValidation="Strict")
            made = _create(office, case, name, case.spec, fieldValidation="Ignore")
            assert not _holds(made, field)
            _assert_a_session_like_every_other(office, name)
            _remove(office, case, name)
        case Harmless():
            _create(office, case, name, case.spec)
            _assert_a_session_like_every_other(office, name)
            _remove(office, case, name)
        case Answered() as answer:
            _create(office, case, name, case.spec)
            place = _place(office, case, name)
            found = wait_for("it is answered", lambda: condition(office.client.get(place), answer.condition))
            wait_for(f"it is {answer}", lambda: _told(office.client.get(place), answer))
            assert found["message"], "every answer says what to do"
            _remove(office, case, name)


def _create(office: Office, case: Case, name: str, spec: Any, **query: str) -> Object:
    plain = {"companyRef": {"name": COMPANY}} if case.kind == "WhatsAppConnection" else {"displayName": "Bad"}
    manifest = {
        "apiVersion": "recado.dev/v1alpha1",
        "kind": case.kind,
        "metadata": merged({"name": name}, case.metadata),
        "spec": merged(plain, spec),
    }
    return office.client.create(office.resources(PLURALS[case.kind]), merged(manifest, case.whole), **query)


def _place(office: Office, case: Case, name: str) -> str:
    return office.resources(PLURALS[case.kind], name)


def _remove(office: Office, case: Case, name: str) -> None:
    place = _place(office, case, name)
    office.client.delete(place)
    wait_for("it is gone", lambda: office.client.absent(place))


def _told(resource: Object, answer: Answered) -> bool:
    found = condition(resource, answer.condition)
    return (found.get("status"), found.get("reason")) == (answer.status, answer.reason)


def _holds(manifest: Object, field: str) -> bool:
    found: Any = manifest
    for part in field.split("."):
        if not isinstance(found, dict) or part not in found:
            return False
        found = found[part]
    return True


def _assert_a_session_like_every_other(office: Office, name: str) -> None:
    """One container of the catalogue, no account, no volume of the node, the labels of its own company."""
    pod = wait_for("a pod is made", lambda: _pod_of(office, name))
    assert pod["metadata"]["name"] == f"wa-{name}-e1"
    assert pod["metadata"]["labels"]["recado.dev/company"] == COMPANY
    assert "finalizers" not in pod["metadata"]
    spec = pod["spec"]
    (container,) = spec["containers"]
    assert container["image"] in {"recado-session:1.0", "recado-session:1.1"}
    assert not {"command", "args"} & container.keys()
    assert not {"hostNetwork", "hostPID", "initContainers", "runtimeClassName", "affinity"} & spec.keys()
    assert {key for volume in spec["volumes"] for key in volume} == {"name", "emptyDir"}
    assert (spec["serviceAccountName"], spec["automountServiceAccountToken"]) == ("recado-session", False)
    assert spec["schedulerName"] == "default-scheduler"
    assert container["resources"]["limits"].keys() == {"memory"}
    assert container["resources"]["requests"].keys() == {"cpu", "memory"}


def _pod_of(office: Office, name: str) -> Object | None:
    found = office.client.items(office.core("pods"), labelSelector=f"recado.dev/connection={name}")
    return found[0] if found else None
