"""A small world that carries plans out: a database that fences, processes that crash and hang, operators that are slow.

It is the oracle of the stateful test: its database is written down from the rules of `operator_api` (compare and set,
one password per epoch), so that the planner is judged against those rules and not against itself.
"""

from collections import deque
from dataclasses import dataclass, field

from msgspec.structs import replace

from recado_core.resources.connection import WhatsAppConnectionSpec
from recado_operator.plan.actions import (
    Action,
    Declare,
    End,
    Fence,
    Forget,
    RecordExit,
    Remove,
    ReportState,
    RequestLogout,
    Retain,
    Start,
)
from recado_operator.plan.connection import plan
from recado_operator.world import Memory, Moment, ObservedSession, SessionProcess, World

from .worlds import COMPANY, CONNECTION, NOW, RESOURCE, SPEC


@dataclass
class Process:
    epoch: int
    started: float
    hung: bool = False
    lost: bool = False
    """Its node cannot be reached: it runs on, and no signal arrives."""
    stopping: bool = False
    exit_code: int | None = None

    @property
    def alive(self) -> bool:
        return self.exit_code is None


@dataclass
class Operator:
    memory: Memory = field(default_factory=Memory)
    todo: deque[Action] = field(default_factory=deque)
    taken: int | None = None
    """The epoch that this operator took over and has not started yet."""


class Cluster:
    def __init__(self) -> None:
        self.time = 1000.0
        self.spec: WhatsAppConnectionSpec | None = SPEC
        self.lease: ObservedSession | None = None
        self.heartbeat = 0.0
        self.accepted_epoch: int | None = None
        self.logout_requested = False
        self.processes: dict[int, Process] = {}
        self.operators = [Operator(), Operator()]

    def writers(self) -> list[Process]:
        """The processes whose writes the database accepts."""
        return [process for process in self.processes.values() if process.alive and self.accepts(process)]

    def accepts(self, process: Process) -> bool:
        return self.lease is not None and process.epoch == self.lease.epoch == self.accepted_epoch

    def observe(self, operator: Operator) -> None:
        """Gathers and plans; carrying out comes later, when the world may have moved on."""
        world = World(
            resource=replace(RESOURCE, spec=self.spec) if self.spec else None,
            company=COMPANY,
            observed=self.lease and replace(self.lease, heartbeat_age_seconds=self.time - self.heartbeat),
            processes=tuple(self._seen(process) for process in self.processes.values()),
            memory=operator.memory,
            watched_seconds=self.time,
            jitter=0.5,
        )
        planned = plan(Moment(self.time, NOW.wall), world)
        operator.memory, operator.todo = planned.memory, deque(planned.actions)

    def _seen(self, process: Process) -> SessionProcess:
        return SessionProcess(
            connection_id=CONNECTION,
            epoch=process.epoch,
            running=process.alive,
            age_seconds=self.time - process.started,
            stopping=process.stopping,
            exit_code=process.exit_code,
        )

    def perform(self, operator: Operator) -> None:
        """One step of what the operator planned. A start is two: anything may happen between them."""
        if operator.taken is not None:
            self.processes[operator.taken] = Process(operator.taken, self.time)
            operator.taken = None
        elif operator.todo:
            self._act(operator, operator.todo.popleft())

    def _act(self, operator: Operator, action: Action) -> None:
        match action:
            case Declare():
                new = ObservedSession(company_id=1, connection_id=CONNECTION, name="support", linked=True)
                self.lease = replace(self.lease or new, retained=False)
            case Start(expected_epoch=expected):
                operator.taken = self._take_over(expected)
            case End(epoch=epoch, grace=grace):
                self._end(epoch, grace)
            case Forget(epoch=epoch):
                self.processes.pop(epoch, None)
            case RecordExit(epoch=epoch, exit_code=code):
                self._write(epoch, exit_code=code)
            case ReportState(epoch=epoch, state=state, reason=reason):
                self._write(epoch, state=state, reason=reason)
            case Fence() | Retain():
                self._fence(retain=isinstance(action, Retain))
            case RequestLogout():
                self.logout_requested = self.lease is not None
            case Remove():
                self.lease, self.accepted_epoch, self.logout_requested = None, None, False

    def _fence(self, *, retain: bool) -> None:
        self.accepted_epoch = None
        if self.lease is not None and retain:
            self.lease = replace(self.lease, retained=True)

    def _take_over(self, expected: int) -> int | None:
        if self.lease is None or self.lease.epoch != expected:
            return None
        self.lease = replace(self.lease, epoch=expected + 1, state="", reason="", exit_code=None)
        self.heartbeat, self.accepted_epoch = self.time, expected + 1
        return expected + 1

    def _end(self, epoch: int, grace: float) -> None:
        process = self.processes.get(epoch)
        if process is None or not process.alive:
            return
        process.stopping = True
        if process.lost:
            return
        if grace == 0.0 or process.hung:
            process.exit_code = -9
        else:
            self.leave(process, 0, "stopped")

    def _write(self, epoch: int, **values: object) -> None:
        if self.lease is not None and self.lease.epoch == epoch:
            self.lease = replace(self.lease, **values)

    def leave(self, process: Process, code: int, state: str) -> None:
        """A session ends and stores how, if the database still listens to it."""
        if self.accepts(process):
            self._write(process.epoch, state=state, exit_code=code)
        process.exit_code = code

    def find_lost(self) -> None:
        """The lost can be reached again: what they were told meanwhile is carried out now."""
        for process in self.processes.values():
            if not process.lost:
                continue
            process.hung = process.lost = False
            if process.alive and process.stopping:
                process.exit_code = -9

    def beat(self, seconds: float) -> None:
        self.time += seconds
        for process in self.writers():
            if process.hung:
                continue
            self.heartbeat = self.time
            if self.logout_requested:
                self.logout_requested = False
                self._write(process.epoch, linked=False)
                self.leave(process, 0, "logged_out")
            else:
                self._write(process.epoch, state="online", reason="")

    def link_again(self) -> None:
        """Somebody asks for new codes after the device was unlinked, and scans one."""
        if self.lease is not None and self.lease.state == "logged_out":
            self.lease = replace(self.lease, state="stopped", exit_code=None, linked=True)
