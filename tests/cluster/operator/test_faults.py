"""What an API server does on bad days: storms of refusals, lost answers, silent and expired watches."""

import time

import pytest
from tests.cluster.fault_proxy.faults import Drop, Fault, Refuse, on
from tests.cluster.fault_proxy.proxy import FaultProxy
from tests.cluster.operator import harmony
from tests.cluster.operator.conftest import Hire
from tests.cluster.operator.office import Office
from tests.cluster.operator.witness import Witness
from tests.cluster.waiting import wait_for

from recado_operator.leader import GATHERING_SECONDS

NAMES = [f"support-{number}" for number in range(8)]
PATIENCE_SECONDS = 90


@pytest.mark.parametrize(
    "fault",
    [Refuse(409), Refuse(429, retry_after=1), Refuse(500), Refuse(503), Drop(performed=False)],
    ids=["conflicts", "throttling", "errors", "unavailable", "no answer"],
)
def test_a_storm_of_refusals_delays_and_breaks_nothing(
    office: Office, hire: Hire, fault_proxy: FaultProxy, fault: Fault
) -> None:
    operator = hire()
    office.declare_company()
    with fault_proxy.fault(fault, on("create patch"), share=0.5) as rule:
        for name in NAMES:
            office.declare(name)
        wait_for("the fault was met", lambda: rule.hits > len(NAMES), PATIENCE_SECONDS)
        harmony.settle(office, NAMES)
    harmony.assert_at_rest(office, fault_proxy, operator)


def test_a_lost_answer_starts_no_second_pod(office: Office, hire: Hire, fault_proxy: FaultProxy) -> None:
    operator = hire()
    office.declare_company()
    with Witness(office) as witness:
        with fault_proxy.fault(Drop(performed=True), on("create", "pods"), times=1) as rule:
            office.declare("support")
            wait_for("the answer is lost", lambda: rule.hits)
        harmony.settle(office, ["support"])
        harmony.assert_at_rest(office, fault_proxy, operator)
    assert witness.repeated == set()


def test_expired_watches_are_opened_anew(office: Office, hire: Hire, fault_proxy: FaultProxy) -> None:
    operator = hire()
    office.declare_company()
    wait_for("watches are open", lambda: fault_proxy.open_watches() >= 3)
    assert fault_proxy.expire_watches() >= 3
    office.declare("support")
    harmony.settle(office, ["support"])
    harmony.assert_at_rest(office, fault_proxy, operator)


@pytest.mark.full
@pytest.mark.timeout(300)
def test_a_silent_watch_is_noticed_and_opened_anew(office: Office, hire: Hire, fault_proxy: FaultProxy) -> None:
    operator = hire()
    office.declare_company()
    wait_for("watches are open", lambda: fault_proxy.open_watches() >= 3)
    wait_for("nothing is listed any more", lambda: not _listed(fault_proxy))
    with fault_proxy.stalled_watches():
        stalled = time.monotonic()
        office.declare("support")
        wait_for("a pod is made although the old watch is silent", office.pods, 100)
        print(f"a silent watch was replaced after {time.monotonic() - stalled:.0f} s")  # noqa: T201 - the figure is a result
        assert time.monotonic() - stalled > 5.0
    harmony.settle(office, ["support"])
    harmony.assert_at_rest(office, fault_proxy, operator, 12.0)
    assert operator.answers("livez")


def test_nothing_follows_a_pod_that_went_with_its_resource(office: Office, hire: Hire, fault_proxy: FaultProxy) -> None:
    """Its own watch tells that it went later than that of pods, which the garbage collector has cleared away."""
    operator = hire()
    office.declare_company()
    office.declare("support")
    harmony.settle(office, ["support"])
    wait_for("watches are open", lambda: fault_proxy.open_watches() >= 3)
    wait_for("nothing is listed any more", lambda: not _listed(fault_proxy))
    with Witness(office) as witness:
        with fault_proxy.stalled_watches(on("watch", "whatsappconnections")):
            office.remove("support")
            wait_for("it was noticed", lambda: "nothing follows its pod" in operator.log.read_text(), 60)
        harmony.settle(office, [])
    assert (witness.created, witness.ended) == ([], {"wa-support-e1"})


@pytest.mark.full
@pytest.mark.timeout(600)
def test_when_every_watch_is_silent_the_operator_asks_to_be_started_anew(
    office: Office, hire: Hire, fault_proxy: FaultProxy
) -> None:
    """New watches are opened and bring nothing: only whoever restarts the process, and so has it list anew, helps."""
    operator = hire()
    office.declare_company()
    wait_for("watches are open", lambda: fault_proxy.open_watches() >= 3)
    wait_for("nothing is listed any more", lambda: not _listed(fault_proxy))
    with fault_proxy.stalled_watches(new_ones=True):
        stalled = time.monotonic()
        office.declare("support")
        wait_for("livez complains", lambda: not operator.answers("livez"), 260)
        print(f"livez complained after {time.monotonic() - stalled:.0f} s")  # noqa: T201 - the figure is a result
        assert "watch" in operator.page("livez").text
        operator.stop()
        operator.start()
        harmony.settle(office, ["support"])
    harmony.assert_at_rest(office, fault_proxy, operator, 12.0)


def _listed(proxy: FaultProxy) -> bool:
    """Within twice the time after which the opening of watches is followed by a list, which would tell without them."""
    before = len(proxy.calls)
    time.sleep(2 * GATHERING_SECONDS)  # the measure itself
    return any(call.verb == "list" for call in proxy.calls[before:])
