"""The protocol that keeps one writer, as a small world: two operators with stale caches, pods that are cut off, stopped
and continued, answers that get lost, logins that slip in beside a take-over.

What the operators decide is the planner's; what the database, the API server and a session guarantee is written down
here, layer by layer, and each layer can be left out. Then one of the properties below must break: a layer that nobody
would miss is either not needed or not tested.
"""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum

from msgspec.structs import replace

from recado_operator.plan.actions import Action, Declare, End, Forget, RecordExit, ReportState, Start
from recado_operator.plan.connection import plan
from recado_operator.world import Memory, Moment, ObservedSession, SessionProcess, World

from .worlds import COMPANY, CONNECTION, NOW, RESOURCE

SELF_FENCE = 20.0


class Layer(Enum):
    COMPARE_AND_SET = "an epoch is handed out once"
    POD_NAME = "the API server takes one pod of an epoch"
    CREDENTIAL = "a take-over changes the password and ends the backends"
    EPOCH_CHECK = "the database refuses calls of an older epoch"
    GREETING = "a new session ends the backends that slipped in"
    SELF_FENCE = "a session that cannot renew for 20 s disconnects"


@dataclass
class Pod:
    epoch: int
    password: int
    started: float
    renewed: float
    backend: bool = True
    """It holds a connection to the database."""
    greeted: bool = False
    """It has called `hello`; before, it writes nothing."""
    cut_off: bool = False
    stopped: bool = False
    """SIGSTOP: it does nothing, not even notice."""
    on_whatsapp: bool = False
    ending: bool = False


@dataclass
class Operator:
    memory: Memory = field(default_factory=Memory)
    todo: deque[Action] = field(default_factory=deque)
    cache: tuple[SessionProcess, ...] = ()
    """The pods as its watch told them last; it may lag behind."""
    taken: tuple[int, int] | None = None
    """Epoch and password of a pod that it is about to create."""


class Protocol:
    def __init__(self, without: Collection[Layer] = ()) -> None:
        self.layers = set(Layer) - set(without)
        self.time = 1000.0
        self.epoch, self.password, self.passwords = 0, 0, 0
        self.lease: ObservedSession | None = None
        self.heartbeat = 0.0
        self.pods: list[Pod] = []
        self.operators = [Operator(), Operator()]
        self.handed_out: list[int] = []

    # What must hold, whatever happens.

    def check(self) -> None:
        assert len(self.handed_out) == len(set(self.handed_out)), "one epoch was handed out twice"
        assert len(self.store_writers()) <= 1, "two sessions write to the engine's store"
        assert len(self.callers()) <= 1, "two sessions write through the functions"
        late = [pod for pod in self.pods if self._clings(pod)]
        assert not late, "a session without a lease stays on WhatsApp"

    def store_writers(self) -> list[Pod]:
        """Who can write into the engine's own tables: whoever holds a connection."""
        return [pod for pod in self.pods if pod.backend and pod.greeted and not pod.cut_off]

    def callers(self) -> list[Pod]:
        """Whose calls of `session_api` are carried out; a slipped login needs no greeting for them."""
        checked = Layer.EPOCH_CHECK in self.layers
        return [
            pod for pod in self.pods if pod.backend and not pod.cut_off and (not checked or pod.epoch == self.epoch)
        ]

    def _clings(self, pod: Pod) -> bool:
        return pod.on_whatsapp and not pod.stopped and self.time - pod.renewed > SELF_FENCE

    # What operators do.

    def watch(self, operator: Operator) -> None:
        """The watch brings the cache up to date; without it the operator decides on what it knew."""
        operator.cache = tuple(
            SessionProcess(
                connection_id=CONNECTION,
                epoch=pod.epoch,
                running=True,
                age_seconds=self.time - pod.started,
                stopping=pod.ending,
                unreachable=pod.cut_off and pod.ending,
            )
            for pod in self.pods
        )

    def look(self, operator: Operator) -> None:
        silence = self.time - self.heartbeat
        world = World(
            resource=RESOURCE,
            company=COMPANY,
            observed=self.lease and replace(self.lease, epoch=self.epoch, heartbeat_age_seconds=silence),
            processes=operator.cache,
            memory=operator.memory,
            watched_seconds=self.time,
        )
        planned = plan(Moment(self.time, NOW.wall), world)
        operator.memory, operator.todo = planned.memory, deque(planned.actions)

    def act(self, operator: Operator, *, answer_lost: bool = False, slips: bool = False) -> None:
        """One step. A start is two: the take-over, and then the pod, which is created again if the answer got lost.

        With `slips`, older sessions log in beside a take-over: the password was checked just before it was committed.
        """
        if operator.taken is not None:
            self._create(*operator.taken)
            operator.taken = operator.taken if answer_lost else None
        elif operator.todo:
            self._perform(operator, operator.todo.popleft(), slips=slips)

    def _perform(self, operator: Operator, action: Action, *, slips: bool) -> None:
        match action:
            case Declare():
                self.lease = self.lease or ObservedSession(company_id=1, connection_id=CONNECTION, name="support")
            case Start(expected_epoch=expected):
                operator.taken = self._take_over(expected, slips=slips)
            case End(epoch=epoch):
                self._end(epoch)
            case Forget() | RecordExit() | ReportState():
                pass
            case _:
                raise AssertionError(f"{action} was not expected")

    def _take_over(self, expected: int, *, slips: bool) -> tuple[int, int] | None:
        if self.lease is None or (Layer.COMPARE_AND_SET in self.layers and expected != self.epoch):
            return None
        self.epoch, self.heartbeat = expected + 1, self.time
        self.handed_out.append(self.epoch)
        self.passwords += 1
        if Layer.CREDENTIAL in self.layers:
            for pod in self.pods:
                pod.backend = slips and not pod.cut_off and pod.password == self.password
            self.password = self.passwords
        return self.epoch, self.password

    def _create(self, epoch: int, password: int) -> None:
        if Layer.POD_NAME in self.layers and any(pod.epoch == epoch for pod in self.pods):
            return
        self.pods.append(Pod(epoch, password, self.time, self.time, backend=password == self.password))

    def _end(self, epoch: int) -> None:
        for pod in self.pods:
            pod.ending = pod.ending or pod.epoch == epoch
        self.pods = [pod for pod in self.pods if not pod.ending or pod.cut_off]

    # What sessions do.

    def run(self, seconds: float) -> None:
        self.time += seconds
        for pod in list(self.pods):
            if not pod.stopped:
                self._live(pod)

    def proceed(self, pod: Pod) -> None:
        """SIGCONT, or its network is back: the first thing that a session does is to look at its clock."""
        pod.cut_off = pod.stopped = False
        if pod.ending:
            self.pods.remove(pod)
        else:
            self._live(pod)

    def _live(self, pod: Pod) -> None:
        if not pod.cut_off:
            pod.backend = pod.backend or pod.password == self.password
            self._greet(pod)
            if pod.backend and pod.epoch == self.epoch:
                pod.renewed = self.heartbeat = self.time
                pod.on_whatsapp = True
        expired = self.time - pod.renewed > SELF_FENCE
        if expired and Layer.SELF_FENCE in self.layers:
            self.pods.remove(pod)

    def _greet(self, pod: Pod) -> None:
        if pod.greeted or not pod.backend or pod.epoch != self.epoch:
            return
        pod.greeted = True
        if Layer.GREETING in self.layers:
            for other in self.pods:
                other.backend = other.backend and other is pod
