"""Resources that went while no operator ran: nothing holds them, and still nothing of theirs is lost."""

from functools import partial

from tests.cluster.fault_proxy.proxy import FaultProxy
from tests.cluster.operator import harmony
from tests.cluster.operator.conftest import Hire
from tests.cluster.operator.office import Office
from tests.cluster.waiting import wait_for

DEVICE = "551199@s.whatsapp.net"


def test_they_are_retained_and_a_new_one_of_the_name_goes_on_with_the_device(
    office: Office, hire: Hire, fault_proxy: FaultProxy
) -> None:
    leader = hire()
    office.declare_company()
    for name in ("support", "sales"):
        office.declare(name)
    harmony.settle(office, ["support", "sales"])
    office.query("update connection set jid = name || '.' || $1", DEVICE)
    leader.kill()
    for name in ("support", "sales"):
        office.remove(name)
        wait_for("it is gone", partial(office.client.absent, office.resources("whatsappconnections", name)))
    office.declare("support")
    leader.start()
    leader.wait_ready()
    harmony.settle(office, ["support"])
    heir = office.connection("support")["metadata"]["uid"]
    assert _devices(office) == {("support", False): f"support.{DEVICE}", ("sales", True): f"sales.{DEVICE}"}
    [owner] = office.query("select id::text from connection where jid = $1", f"support.{DEVICE}")
    assert owner["id"] == heir
    harmony.assert_at_rest(office, fault_proxy, leader)


def _devices(office: Office) -> dict[tuple[str, bool], str]:
    """Of each connection that was not removed: its name, whether it is retained, and its device."""
    query = "select name, orphaned_at is not null as retained, jid from connection where deleted_at is null"
    return {(row["name"], row["retained"]): row["jid"] for row in office.query(query)}
