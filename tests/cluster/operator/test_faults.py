"""What an API server does on bad days: storms of refusals, lost answers, silent and expired watches, restarts."""

import time
from functools import partial

import pytest
from tests.cluster.fault_proxy.faults import Drop, Fault, Refuse, on
from tests.cluster.fault_proxy.proxy import FaultProxy
from tests.cluster.operator.conftest import Hire
from tests.cluster.operator.office import Office, ready_reason
from tests.cluster.waiting import wait_for

NUMBERS = range(8)
PATIENCE_SECONDS = 90


@pytest.mark.parametrize(
    "fault",
    [Refuse(409), Refuse(429, retry_after=1), Refuse(500), Refuse(503), Drop(performed=False)],
    ids=["conflicts", "throttling", "errors", "unavailable", "no answer"],
)
def test_a_storm_of_refusals_delays_and_breaks_nothing(
    office: Office, hire: Hire, fault_proxy: FaultProxy, fault: Fault
) -> None:
    operator = hire(server=fault_proxy.url)
    office.declare_company()
    with fault_proxy.fault(fault, on("create patch"), share=0.5) as rule:
        for number in NUMBERS:
            office.declare(f"support-{number}")
        wait_for("the fault was met", lambda: rule.hits > len(NUMBERS), PATIENCE_SECONDS)
    wait_for("all are served", lambda: len(office.pods()) == len(NUMBERS), PATIENCE_SECONDS)
    wait_for(
        "all are told", lambda: all(ready_reason(office.connection(f"support-{n}")) for n in NUMBERS), PATIENCE_SECONDS
    )
    assert operator.running


def test_a_lost_answer_starts_no_second_pod(office: Office, hire: Hire, fault_proxy: FaultProxy) -> None:
    hire(server=fault_proxy.url)
    office.declare_company()
    with fault_proxy.fault(Drop(performed=True), on("create", "pods"), times=1):
        office.declare("support")
        wait_for("a pod is made", office.pods)
    wait_for("it is told", lambda: "session" in office.connection("support").get("status", {}))
    wait_for("one is left", lambda: len(office.pods()) == 1)


def test_expired_watches_are_opened_anew(office: Office, hire: Hire, fault_proxy: FaultProxy) -> None:
    hire(server=fault_proxy.url)
    office.declare_company()
    wait_for("watches are open", lambda: fault_proxy.open_watches() >= 3)
    assert fault_proxy.expire_watches() >= 3
    office.declare("support")
    wait_for("a pod is made", office.pods)


def test_an_api_server_that_restarts_is_waited_for(office: Office, hire: Hire) -> None:
    operator = hire()
    office.declare_company()
    for name in ("sales", "support"):
        office.control.restart_api_server()
        office.declare(name)
        wait_for("a pod is made", partial(_has_pod, office, name), PATIENCE_SECONDS)
    assert operator.running


def _has_pod(office: Office, name: str) -> bool:
    return f"wa-{name}-e1" in office.pods()


@pytest.mark.full
def test_a_silent_watch_is_noticed_and_opened_anew(office: Office, hire: Hire, fault_proxy: FaultProxy) -> None:
    operator = hire(server=fault_proxy.url)
    office.declare_company()
    wait_for("watches are open", lambda: fault_proxy.open_watches() >= 3)
    with fault_proxy.stalled_watches():
        stalled = time.monotonic()
        office.declare("support")
        wait_for("a pod is made although the old watch is silent", office.pods, 100)
        assert time.monotonic() - stalled > 5.0
    assert operator.answers("livez")
