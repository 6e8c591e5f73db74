"""What a session survives: its process, its pod, its node. One of it speaks at a time, whatever happens."""

import json
import time
from collections.abc import Iterator
from functools import partial

import pytest
from tests.cluster.installation import ARCHIVES
from tests.cluster.node import RealNode
from tests.cluster.platform.product import READY_SECONDS, Product
from tests.cluster.waiting import wait_for
from tests.support.witness import WITNESS

pytestmark = [pytest.mark.node, pytest.mark.timeout(600)]
CUSTOMER = "5511988887777"
BACK_SECONDS = 10.0
TAKEN_OVER_SECONDS = 75.0
"""A minute until a node that is cut off is given up for sure, and what the next session needs to start."""


class Watched:
    """A linked session under the eyes of the judge: the simulator's ledger, and what the database accepted."""

    def __init__(self, product: Product, name: str, phone: str) -> None:
        self.product, self.name, self.phone = product, name, phone
        product.script(WITNESS)
        product.declare(name)
        product.link(name, phone)
        product.wait_ready(name)
        (self.device,) = product.devices(phone)

    def connections(self) -> list[float]:
        """When the device connected to WhatsApp, in seconds of the clock."""
        entries = self.product.simulator.ledger("connected")
        return [entry["at"] / 1000 for entry in entries if entry["device"] == self.device["id"]]

    def connected_since(self, moment: float) -> float:
        """Seconds from `moment` until the device connected again; 0 while it has not."""
        later = [at for at in self.connections() if at > moment]
        return later[0] - moment if later else 0.0

    def epoch(self) -> int:
        return int(self.product.session(self.name)["epoch"])

    def answers(self, text: str) -> None:
        """A customer's message arrives, once."""
        self.product.write(CUSTOMER, self.phone, text)
        wait_for(f"{text} is stored", lambda: self.stored(text) == 1)

    def stored(self, text: str) -> int:
        (row,) = self.product.rows("select count(*) from message where body = $1", text)
        return int(row[0])

    def writes_of_the_older(self) -> int:
        """What the database accepted from a connection that is older than the session of the current epoch."""
        role = f"wa_{self.product.resource(self.name)['metadata']['uid'].replace('-', '')}"
        (row,) = self.product.rows(
            """
            select count(*) from judge_write w, session_lease l
            where l.role_name = $1 and w.writer = $1 and w.at > l.started_at and w.backend_start < l.started_at""",
            role,
        )
        return int(row[0])


def report(what: str, **figures: float) -> None:
    print(json.dumps({what: {name: round(value, 1) for name, value in figures.items()}}), flush=True)  # noqa: T201 - the figures are the result


def test_a_killed_process_is_linked_again_in_the_same_pod(acme: Product) -> None:
    session = Watched(acme, "hit", "5511900000021")
    place = acme.session("hit")
    pod, node = place["podName"], acme.node(place["nodeName"])
    struck = time.time()
    assert node.kill_containers(pod) == 1
    back = wait_for("it is linked again", lambda: session.connected_since(struck), READY_SECONDS)
    acme.wait_ready("hit")
    report("session_killed", linked_again_seconds=back)
    assert (acme.session("hit")["podName"], session.epoch()) == (pod, 1)
    session.answers("depois do golpe")
    assert session.writes_of_the_older() == 0
    assert back <= BACK_SECONDS


def test_a_pod_deleted_by_force_is_followed_by_one_of_the_next_epoch(acme: Product) -> None:
    session = Watched(acme, "torn", "5511900000022")
    struck = time.time()
    acme.kubectl("delete", "pod/wa-torn-e1", "--force", "--grace-period=0", "--wait=false")
    back = wait_for("it is linked again", lambda: session.connected_since(struck), READY_SECONDS)
    wait_for("the next epoch is told", lambda: session.epoch() == 2)
    acme.wait_ready("torn")
    report("pod_deleted_by_force", linked_again_seconds=back)
    session.answers("depois da remoção")
    assert session.writes_of_the_older() == 0
    assert back <= BACK_SECONDS


@pytest.fixture(scope="module")
def second(product: Product) -> Iterator[RealNode]:
    """A further node, for sessions only."""
    (node,) = product.installation.cluster.spares
    node.start()
    node.import_image(ARCHIVES / "session.tar")
    yield node
    product.kubectl("cordon", node.name)
    node.stop()
    product.kubectl("delete", "node", node.name)  # else it counts as ready for 40 s, and is given pods


def settle_on(product: Product, node: RealNode, name: str, phone: str) -> Watched:
    """A session that runs on that node and may go to others."""
    for other in product.nodes:
        product.kubectl("cordon", other.name)
    try:
        watched = Watched(product, name, phone)
    finally:
        for other in product.nodes:
            product.kubectl("uncordon", other.name)
    session = product.session(name)
    assert session["nodeName"] == node.name
    product.kubectl("wait", "--for=condition=Ready", f"pod/{session['podName']}", "--timeout=30s")
    return watched


@pytest.mark.full
def test_a_session_outlives_the_kubelet_of_its_node(acme: Product, second: RealNode) -> None:
    """The node is lost to the control plane, the session is not: it holds its lease, so nobody takes its number."""
    session = settle_on(acme, second, "deaf", "5511900000023")
    connected = session.connections()
    second.stop_kubelet()
    wait_for("the node is unknown", lambda: second.ready_status() == "Unknown", 60)
    acme.wait_reason("deaf", "NodeUnreachable")
    pod = partial(acme.client.get, f"/api/v1/namespaces/recado/pods/{acme.session('deaf')['podName']}")
    wait_for("the pod is told to go", lambda: pod()["metadata"].get("deletionTimestamp"), 90)
    session.answers("o nó sumiu")
    assert (session.epoch(), session.connections()) == (1, connected)
    second.start_kubelet()
    wait_for("the next epoch is told", lambda: session.epoch() == 2, 90)
    acme.wait_ready("deaf")
    session.answers("o nó voltou")
    assert session.writes_of_the_older() == 0


@pytest.mark.full
def test_a_session_whose_node_is_cut_off_is_taken_over(acme: Product, second: RealNode) -> None:
    """It cuts itself off after 20 s, so that nothing is written twice; the next one follows on another node."""
    session = settle_on(acme, second, "cut", "5511900000024")
    struck = time.time()
    second.cut_network()
    back = wait_for("another is linked", lambda: session.connected_since(struck), 120)
    acme.wait_ready("cut")
    report("node_cut_off", linked_again_seconds=back)
    assert back <= TAKEN_OVER_SECONDS
    assert session.epoch() == 2
    assert acme.session("cut")["nodeName"] == acme.nodes[0].name
    second.join_network()
    second.wait_ready()
    wait_for("the old pod is gone", lambda: len(acme.pods_of("cut")) == 1, 90)
    session.answers("de outro nó")
    assert len([at for at in session.connections() if at > struck]) == 1
    assert session.writes_of_the_older() == 0
