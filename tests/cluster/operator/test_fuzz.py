"""Thousands of specs that nobody would write: the operator lives, answers each, and comes to rest."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus

import pytest
from tests.cluster.client import ApiRefusalError, Object
from tests.cluster.fault_proxy.proxy import FaultProxy
from tests.cluster.operator import harmony
from tests.cluster.operator.conftest import Hire
from tests.cluster.operator.fuzz import PRIORITY, Specimen, specimens
from tests.cluster.operator.ledger import writes
from tests.cluster.operator.office import Office, condition, ready_reason
from tests.cluster.operator.operators import Operator
from tests.cluster.waiting import wait_for

PLURALS = {"WhatsAppConnection": "whatsappconnections", "Company": "companies"}
PRIORITIES = "/apis/scheduling.k8s.io/v1/priorityclasses"
REFUSALS = {HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
SURVEY_SECONDS = 11.0
"""Longer than from one survey of all leases to the next."""


@pytest.mark.parametrize("count", [200, pytest.param(2000, marks=[pytest.mark.full, pytest.mark.timeout(1800)])])
def test_every_spec_that_is_taken_is_answered(office: Office, hire: Hire, fault_proxy: FaultProxy, count: int) -> None:
    if office.client.absent(f"{PRIORITIES}/{PRIORITY}"):
        office.client.create(PRIORITIES, {"metadata": {"name": PRIORITY}, "value": 10})
    operator = hire()
    pid = operator.pid
    office.declare_company()
    taken = _try(office, specimens(count))
    _wait_until_answered(office, operator, 60 + count / 5)
    reasons = Counter(map(ready_reason, office.connections()))
    changed = _change(office, specimens(count // 4, start=100_000))
    _wait_until_answered(office, operator, 60 + count / 5)
    print(f"{count} specs: {taken} taken, {changed} changes taken, {dict(reasons)}")  # noqa: T201 - the figures are a result
    assert taken > count / 4
    assert len(reasons) >= 3
    harmony.wait_until_quiet(fault_proxy)
    calls = len(fault_proxy.calls)
    time.sleep(SURVEY_SECONDS)  # that nothing is written shows only when time passes
    assert writes(fault_proxy.calls[calls:]) == []
    assert (operator.running, operator.pid) == (True, pid)
    assert "guarded task ended" not in operator.log.read_text()
    assert operator.answers("livez")


def _try(office: Office, made: Iterable[Specimen]) -> int:
    """Declares each; answers how many the API server took. It may refuse, not fail."""
    with ThreadPoolExecutor(4) as people:
        return sum(people.map(partial(_is_taken, office), made))


def _is_taken(office: Office, specimen: Specimen) -> bool:
    manifest = {
        "apiVersion": "recado.dev/v1alpha1",
        "kind": specimen.kind,
        "metadata": {"name": specimen.name},
        "spec": specimen.spec,
    }
    return _taken(partial(office.client.create, office.resources(PLURALS[specimen.kind]), manifest))


def _change(office: Office, made: Iterable[Specimen]) -> int:
    """Puts each in the place of one that was taken; answers how many of these changes the API server took."""
    present = {kind: _fuzzed(office, plural) for kind, plural in PLURALS.items()}
    changes: list[Callable[[], object]] = []
    for number, specimen in enumerate(made):
        chosen = present[specimen.kind][number % len(present[specimen.kind])]
        place = office.resources(PLURALS[specimen.kind], chosen)
        changes.append(partial(office.client.merge, place, {"spec": specimen.spec}))
    return sum(map(_taken, changes))


def _fuzzed(office: Office, plural: str) -> list[str]:
    names = [found["metadata"]["name"] for found in office.client.items(office.resources(plural))]
    return [name for name in names if name.startswith("fuzz-")]


def _taken(attempt: Callable[[], object]) -> bool:
    """It may be refused for what it says; the API server may not fail."""
    try:
        attempt()
    except ApiRefusalError as refusal:
        if refusal.status not in REFUSALS:
            raise
        return False
    return True


def _wait_until_answered(office: Office, operator: Operator, seconds: float) -> None:
    def waiting() -> list[str]:
        assert operator.running, operator.log_tail()
        return [
            f"{found['kind']} {found['metadata']['name']}"
            for plural in PLURALS.values()
            for found in office.client.items(office.resources(plural))
            if not _answered(found)
        ]

    deadline = time.monotonic() + seconds
    while left := waiting():
        assert time.monotonic() < deadline, f"{len(left)} are not answered: {left[:5]}; {operator.log_tail()}"
        time.sleep(0.5)  # between two looks at every resource
    wait_for("the queue is empty", lambda: operator.metric("workqueue_unfinished_work_seconds") == 0, seconds)


def _answered(resource: Object) -> bool:
    generation = resource["metadata"]["generation"]
    told = condition(resource, "Ready")
    observed = resource.get("status", {}).get("observedGeneration")
    settled = told.get("reason") not in {"Pending", "ReconcileError"}
    return bool(told) and settled and observed == told["observedGeneration"] == generation
