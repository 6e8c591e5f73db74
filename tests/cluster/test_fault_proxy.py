"""Each fault does what it says to whom it is told, and to nobody else; the record names every request."""

import json
import threading
import time
from collections.abc import Iterator
from queue import Queue
from typing import Any

import httpx
import pytest
from tests.cluster.client import ApiRefusalError, KubernetesClient
from tests.cluster.control_plane import ControlPlane
from tests.cluster.fault_proxy.calls import Permission
from tests.cluster.fault_proxy.faults import Drop, Refuse, Slow, on
from tests.cluster.fault_proxy.proxy import FaultProxy
from tests.cluster.manifests import config_map
from tests.cluster.waiting import wait_for


@pytest.fixture
def troubled(control_plane: ControlPlane, fault_proxy: FaultProxy) -> Iterator[KubernetesClient]:
    """The admin by way of the proxy."""
    with KubernetesClient(control_plane.admin._replace(server=fault_proxy.url)) as client:
        yield client


@pytest.fixture
def maps(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/configmaps"


class Watcher:
    """Reads a watch in a thread, as a program would."""

    def __init__(self, control: ControlPlane, server: str, path: str, since: str = "") -> None:
        self.events: Queue[dict[str, Any]] = Queue()
        self.ended = threading.Event()
        self._client = KubernetesClient(control.admin._replace(server=server))
        self._query = {"watch": "true", "resourceVersion": since}
        self._thread = threading.Thread(target=self._read, args=(path,), daemon=True)
        self._thread.start()

    def _read(self, path: str) -> None:
        try:
            with self._client._http.stream("GET", path, params=self._query, timeout=None) as answer:
                for line in answer.iter_lines():
                    self.events.put(json.loads(line))
        except httpx.HTTPError:
            pass
        finally:
            self.ended.set()
            self._client.close()

    def names(self) -> list[str]:
        return [event["object"]["metadata"]["name"] for event in list(self.events.queue)]


def test_without_a_fault_everything_passes(troubled: KubernetesClient, client: KubernetesClient, maps: str) -> None:
    troubled.create(maps, config_map("one", text="olá"))
    assert client.get(f"{maps}/one")["data"] == {"text": "olá"}
    troubled.apply(f"{maps}/two", config_map("two"))
    troubled.merge(f"{maps}/one", {"data": {"text": "adeus"}})
    assert {each["metadata"]["name"] for each in troubled.items(maps)} >= {"one", "two"}
    troubled.delete(f"{maps}/one")
    assert client.absent(f"{maps}/one")


@pytest.mark.parametrize(
    "refusal",
    [(409, "Conflict"), (410, "Expired"), (422, "Invalid"), (500, "InternalError"), (503, "ServiceUnavailable")],
)
def test_a_refusal_has_the_words_of_the_api_server(
    fault_proxy: FaultProxy, troubled: KubernetesClient, client: KubernetesClient, maps: str, refusal: tuple[int, str]
) -> None:
    with fault_proxy.fault(Refuse(refusal[0]), on("create", "configmaps")) as rule:
        with pytest.raises(ApiRefusalError) as refused:
            troubled.create(maps, config_map("one"))
        assert (refused.value.status, refused.value.reason) == refusal
        troubled.items(maps)
    assert rule.hits == 1
    assert client.absent(f"{maps}/one")
    troubled.create(maps, config_map("one"))


def test_too_many_requests_says_when_to_come_back(control_plane: ControlPlane, fault_proxy: FaultProxy) -> None:
    path = "/api/v1/namespaces/default"
    with fault_proxy.fault(Refuse(429, retry_after=1), on("get"), times=1):
        said = control_plane.kubectl(f"--server={fault_proxy.url}", "get", "--raw", path)  # waits and asks again
    assert json.loads(said)["metadata"]["name"] == "default"
    assert [call.status for call in fault_proxy.calls] == [429, 200]


@pytest.mark.parametrize("performed", [False, True])
def test_a_lost_answer_does_not_tell_whether_it_was_done(
    fault_proxy: FaultProxy, troubled: KubernetesClient, client: KubernetesClient, maps: str, *, performed: bool
) -> None:
    with fault_proxy.fault(Drop(performed=performed), on("create")), pytest.raises(httpx.TransportError):
        troubled.create(maps, config_map("one"))
    assert client.absent(f"{maps}/one") is not performed


def test_a_slow_answer_comes_late(fault_proxy: FaultProxy, troubled: KubernetesClient, maps: str) -> None:
    began = time.monotonic()
    with fault_proxy.fault(Slow(0.5), on("list", "configmaps"), times=1):
        troubled.items(maps)
    assert time.monotonic() - began >= 0.5


def test_a_share_of_the_requests_is_hit(fault_proxy: FaultProxy, troubled: KubernetesClient, maps: str) -> None:
    with fault_proxy.fault(Refuse(500), on("list"), share=0.5) as rule:
        outcomes = [_succeeds(troubled, maps) for _ in range(40)]
    assert outcomes.count(False) == rule.hits
    assert 8 <= rule.hits <= 32


def test_a_stalled_watch_is_silent_until_the_fault_is_over(
    control_plane: ControlPlane, fault_proxy: FaultProxy, client: KubernetesClient, maps: str
) -> None:
    since = client.get(maps)["metadata"]["resourceVersion"]
    watcher = Watcher(control_plane, fault_proxy.url, maps, since)
    wait_for("the watch is open", lambda: fault_proxy.open_watches(on("watch", "configmaps")))
    client.create(maps, config_map("heard"))
    wait_for("the event arrives", lambda: "heard" in watcher.names())
    with fault_proxy.stalled_watches(on("watch", "configmaps")) as stalled:
        assert len(stalled) == 1
        client.create(maps, config_map("held-back"))
        wait_for("the event reached the proxy", lambda: stalled[0].held)
        assert "held-back" not in watcher.names()
        assert not watcher.ended.is_set()
        fresh = Watcher(control_plane, fault_proxy.url, maps, since)
        wait_for("a new watch hears everything", lambda: {"heard", "held-back"} <= set(fresh.names()))
    wait_for("what was held back arrives", lambda: "held-back" in watcher.names())


def test_a_watch_that_is_too_old_is_told_so_and_ends(
    control_plane: ControlPlane, fault_proxy: FaultProxy, client: KubernetesClient, maps: str
) -> None:
    since = client.get(maps)["metadata"]["resourceVersion"]
    watcher = Watcher(control_plane, fault_proxy.url, maps, since)
    wait_for("the watch is open", fault_proxy.open_watches)
    assert fault_proxy.expire_watches(on("watch", "configmaps")) == 1
    assert watcher.ended.wait(10)
    last = list(watcher.events.queue)[-1]
    assert (last["type"], last["object"]["code"], last["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert fault_proxy.open_watches() == 0


def test_a_client_that_goes_away_closes_its_watch(
    control_plane: ControlPlane, fault_proxy: FaultProxy, maps: str
) -> None:
    client = KubernetesClient(control_plane.admin._replace(server=fault_proxy.url))
    with client, client._http.stream("GET", maps, params={"watch": "true"}):
        wait_for("the watch is open", fault_proxy.open_watches)
    wait_for("the watch is closed", lambda: fault_proxy.open_watches() == 0)


def test_callers_are_told_apart_and_their_requests_written_down(
    control_plane: ControlPlane, fault_proxy: FaultProxy, troubled: KubernetesClient, namespace: str, maps: str
) -> None:
    control_plane.client.create(f"/api/v1/namespaces/{namespace}/serviceaccounts", {"metadata": {"name": "robot"}})
    robot_name = f"system:serviceaccount:{namespace}:robot"
    access = control_plane.service_account(namespace, "robot")._replace(server=fault_proxy.url)
    with KubernetesClient(access) as robot, fault_proxy.fault(Refuse(500), on(callers="admin")):
        with pytest.raises(ApiRefusalError) as forbidden:
            robot.get(maps)
        with pytest.raises(ApiRefusalError) as broken:
            troubled.get(maps)
    assert (forbidden.value.status, broken.value.status) == (403, 500)
    assert fault_proxy.refused(robot_name) == {Permission("list", "", "configmaps")}
    assert fault_proxy.permissions(robot_name) == set()
    troubled.create(maps, config_map("one"))
    assert Permission("create", "", "configmaps") in fault_proxy.permissions("admin")


def test_nobody_gets_through_to_an_api_server_that_is_not_ready(control_plane: ControlPlane, maps: str) -> None:
    serves = threading.Event()
    proxy = FaultProxy(control_plane.server, control_plane.layout.certificates, serves=serves.is_set)
    with proxy, KubernetesClient(control_plane.admin._replace(server=proxy.url)) as client:
        with pytest.raises(httpx.TransportError):
            client.items(maps)
        assert proxy.calls == []
        serves.set()
        assert client.get(maps)["kind"] == "ConfigMapList"


def _succeeds(client: KubernetesClient, path: str) -> bool:
    try:
        client.get(path)
    except ApiRefusalError:
        return False
    return True
