"""A new release of sessions goes through a fleet on fake nodes: in waves, few at a time, and back when it is broken."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.cluster.client import Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.kwok_nodes import KwokNodes
from tests.cluster.operator.conftest import Hire
from tests.cluster.operator.crew import Crew
from tests.cluster.operator.follower import Follower
from tests.cluster.operator.office import Office, ready_reason
from tests.cluster.operator.operators import Operator
from tests.cluster.waiting import wait_for

CATALOGUE = '{"1.0": "recado-session:1.0", "1.1": "recado-session:1.1-broken", "1.2": "recado-session:1.2"}'
WAVES = '[{"percent": 0}, {"percent": 10, "soakSeconds": 3}, {"percent": 100, "soakSeconds": 3}]'
PERCENT = 5
SETTINGS = {
    "RECADO_SESSION_CATALOGUE": CATALOGUE,
    "RECADO_SESSION_CANARY": "",
    "RECADO_ROLLOUT_WAVES": WAVES,
    "RECADO_ROLLOUT_MAX_UNAVAILABLE_PERCENT": str(PERCENT),
    "RECADO_ROLLOUT_MAX_PER_COMPANY": "10000",
}


class Scene:
    def __init__(self, office: Office, hire: Hire, count: int) -> None:
        self.office = office
        self.hire = hire
        self.count = count
        self.patience = 60 + count / 4
        self.return_seconds = 15 + count / 4
        self.ready_seconds = 8 + count // 200
        """A hundred sessions that change at once are not back as soon as three, on two cores that all share."""

    def lead(self, identity: str, stable: str, *, ready: bool = True) -> Operator:
        own = {"RECADO_SESSION_STABLE": stable, "RECADO_ROLLOUT_READY_SECONDS": str(self.ready_seconds)}
        return self.hire(identity, ready=ready, **SETTINGS, **own)

    def declare(self) -> None:
        self.office.declare_company()
        with ThreadPoolExecutor(8) as crowd:
            list(crowd.map(lambda number: self.office.declare(f"n-{number}"), range(self.count)))
        wait_for("all are connected", lambda: self.reasons() == {"Connected": self.count}, self.patience)

    def reasons(self) -> Counter[str]:
        return Counter(ready_reason(found) for found in self.connections())

    def connections(self) -> list[Object]:
        return self.office.client.items(self.office.resources("whatsappconnections"))

    def updated(self) -> Counter[str]:
        told = [found["status"]["conditions"] for found in self.connections()]
        return Counter(one["reason"] for conditions in told for one in conditions if one["type"] == "UpToDate")

    def pods(self) -> list[Object]:
        return self.office.client.items(self.office.core("pods"))

    def images(self) -> Counter[str]:
        return Counter(pod["spec"]["containers"][0]["image"].rsplit(":", 1)[1] for pod in self.pods())

    def uids(self) -> set[str]:
        return {pod["metadata"]["uid"] for pod in self.pods()}

    def restarts(self) -> int:
        return sum(pod["status"]["containerStatuses"][0]["restartCount"] for pod in self.pods())

    def missing(self) -> int:
        return sum(not is_ready(pod) for pod in self.pods())

    def told(self) -> Object:
        place = self.office.core("configmaps", "recado-rollout")
        return {} if self.office.client.absent(place) else self.office.client.get(place)["data"]

    def annotate(self, value: str | None) -> None:
        change = {"metadata": {"annotations": {"recado.dev/pause": value}}}
        self.office.client.merge(self.office.core("configmaps", "recado-rollout"), change)

    def wait_phase(self, phase: str, to: str) -> None:
        wait_for(
            f"{phase} at {to}", lambda: (self.told()["phase"], to in self.told()["to"]) == (phase, True), self.patience
        )


class Unready(Follower):
    """How many pods were not ready at the same time."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._names: set[str] = set()
        self.most = 0

    def _forget(self) -> None:
        self._names.clear()

    def _see(self, pod: Object, event: str) -> None:
        name = pod["metadata"]["name"]
        if event == "DELETED" or is_ready(pod):
            self._names.discard(name)
        else:
            self._names.add(name)
        self.most = max(self.most, len(self._names))


def is_ready(pod: Object) -> bool:
    return bool(pod["status"]["containerStatuses"][0]["ready"])


@pytest.fixture(params=[60, pytest.param(2000, marks=pytest.mark.full)])
def scene(request: pytest.FixtureRequest, definitions: ControlPlane, office: Office, hire: Hire) -> Iterator[Scene]:
    with KwokNodes(definitions, 1 + request.param // 500), Crew(office):
        yield Scene(office, hire, request.param)


def test_a_broken_release_stops_at_its_first_wave_and_goes_back_and_a_good_one_reaches_all(scene: Scene) -> None:
    first = scene.lead("a", "1.0")
    scene.declare()
    pods, allowed = scene.uids(), max(1, scene.count * PERCENT // 100)
    wait_for("it is at rest", lambda: scene.told().get("phase") == "Settled")
    assert first.stop() == 0

    broken = scene.lead("b", "1.1")
    with Unready(scene.office) as unready:
        scene.wait_phase("RolledBack", "1.1")
    assert 0 < unready.most <= allowed
    assert f"not ready within {scene.ready_seconds} s" in scene.told()["why"]
    wait_for("all are back", lambda: scene.missing() == 0, scene.return_seconds)
    assert (scene.images(), scene.uids()) == (Counter({"1.0": scene.count}), pods)
    wait_for("all are told", lambda: scene.updated() == {"RolloutPaused": scene.count}, scene.patience)
    assert scene.restarts() <= 2 * -(-scene.count // 10)
    assert (broken.metric("recado_rollout_paused"), broken.metric("recado_rollout_outdated")) == (1, scene.count)
    assert 'code="403"' not in broken.page("metrics").text
    assert broken.stop() == 0
    before = scene.restarts()

    good = scene.lead("c", "1.2")
    with Unready(scene.office) as unready:
        wait_for("some run it", lambda: scene.images()["1.2"] > 0, scene.patience)
        good.kill()
        scene.lead("d", "1.2")
        scene.wait_phase("Settled", "1.2")
    assert 0 < unready.most <= allowed
    assert (scene.images(), scene.uids()) == (Counter({"1.2": scene.count}), pods)
    assert scene.restarts() - before == scene.count
    wait_for("all are told", lambda: scene.updated() == {"UpToDate": scene.count}, scene.patience)


@pytest.mark.full
def test_a_person_stops_it_where_it_is_and_lets_it_go_on(office: Office, hire: Hire, definitions: ControlPlane) -> None:
    with KwokNodes(definitions, 1), Crew(office):
        scene = Scene(office, hire, 20)
        first = scene.lead("a", "1.0")
        scene.declare()
        wait_for("it is at rest", lambda: scene.told().get("phase") == "Settled")
        scene.annotate("true")
        assert first.stop() == 0
        second = scene.lead("b", "1.2")
        scene.wait_phase("Moving", "1.2")
        wait_for("all are told", lambda: scene.updated() == {"RolloutPaused": scene.count})
        assert (scene.images(), second.metric("recado_rollout_paused")) == (Counter({"1.0": scene.count}), 1)
        scene.annotate(None)
        scene.wait_phase("Settled", "1.2")
        assert scene.images() == Counter({"1.2": scene.count})
