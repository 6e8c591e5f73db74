"""From any world, carrying plans out comes to rest, and at rest the status does not change by itself."""

from datetime import timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from recado_core.resources.metadata import CONFIRM_PURGE, FINALIZER
from recado_core.session_states import SESSION_STATES
from recado_operator.plan import actions as to_do
from recado_operator.plan.connection import foresee, plan
from recado_operator.world import Drift, Memory, Moment, ObservedSession, SessionProcess, Stranger, Turn, World

from .worlds import COMPANY, CONNECTION, NOW, RESOURCE, SPEC, process, seen

STEPS = 40

specs = st.builds(
    lambda suspend, policy, request, phone: replace(
        SPEC,
        suspend=suspend,
        deletion_policy=policy,
        pairing=replace(SPEC.pairing, request=request),
        reconnect=replace(SPEC.reconnect, request=request),
        phone_number=phone,
    ),
    st.booleans(),
    st.sampled_from(["Retain", "Logout", "Purge"]),
    st.sampled_from(["", "again"]),
    st.sampled_from([None, "+5511999990000"]),
)
leases = st.none() | st.builds(
    ObservedSession,
    company_id=st.just(1),
    connection_id=st.just(CONNECTION),
    name=st.just("support"),
    epoch=st.integers(0, 3),
    state=st.sampled_from(SESSION_STATES),
    reason=st.sampled_from(["", "retained", "paused", "temporary_ban:unknown until 2026-11-23T13:30:00Z"]),
    heartbeat_age_seconds=st.sampled_from([None, 1.0, 31.0]),
    exit_code=st.sampled_from([None, 0, 75, 78, 1, -9]),
    linked=st.booleans(),
    phone=st.sampled_from([None, "+5511999990000", "+5511999990009"]),
    deleted=st.booleans(),
    retained=st.booleans(),
    pairing_requested=st.booleans(),
)
pods = st.lists(
    st.builds(
        SessionProcess,
        connection_id=st.just(CONNECTION),
        epoch=st.integers(0, 3),
        running=st.booleans(),
        age_seconds=st.sampled_from([0.0, 40.0, 9999.0]),
        exit_code=st.sampled_from([None, 0, 75, 78, -9]),
        drift=st.sampled_from(Drift),
    ),
    max_size=4,
    unique_by=lambda pod: pod.epoch,
).map(tuple)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    gone, vanished = draw(st.booleans()), draw(st.booleans())
    metadata = replace(
        RESOURCE.metadata,
        deletion_timestamp=NOW.wall - timedelta(seconds=5) if gone else None,
        finalizers=[FINALIZER] if gone or draw(st.booleans()) else [],
        annotations=draw(st.sampled_from([{}, {CONFIRM_PURGE: "support"}])),
    )
    return World(
        resource=None if vanished else replace(RESOURCE, metadata=metadata, spec=draw(specs)),
        vanished=vanished,
        company=draw(st.sampled_from([COMPANY, None, replace(COMPANY, spec=replace(COMPANY.spec, suspend=True))])),
        observed=draw(leases),
        processes=draw(pods),
        watched_seconds=60.0,
        turn=draw(st.sampled_from(Turn)),
        strangers=draw(st.sampled_from([(), (Stranger(name="stray", epoch=1, adoptable=True),)])),
        finalizers=True,
    )


class Doer:
    """Carries plans out as a calm cluster would: what is told to stop stops, what starts links or shows codes."""

    def __init__(self, world: World) -> None:
        self.world = world

    def carry_out(self, action: to_do.Action) -> None:
        match action:
            case to_do.HoldResource():
                self._finalize([FINALIZER])
            case to_do.ReleaseResource():
                self._change(resource=None)
            case to_do.Start() | to_do.End() | to_do.Forget() | to_do.Correct() | to_do.Adopt():
                self._handle_process(action)
            case _:
                self._write(action)

    def _handle_process(self, action: to_do.Start | to_do.End | to_do.Forget | to_do.Correct | to_do.Adopt) -> None:
        match action:
            case to_do.Start():
                self._start()
            case to_do.End(epoch=epoch) | to_do.Forget(epoch=epoch):
                self._change(processes=tuple(pod for pod in self.world.processes if pod.epoch != epoch))
                self._lease(epoch, state="stopped", reason="asked_to_stop", exit_code=0)
            case to_do.Correct(epoch=epoch):
                fixed = (replace(pod, drift=Drift.NONE) if pod.epoch == epoch else pod for pod in self.world.processes)
                self._change(processes=tuple(fixed))
            case to_do.Adopt():
                epoch = self.world.strangers[0].epoch
                self._change(strangers=(), processes=(*self.world.processes, process(epoch)))

    def _write(self, action: to_do.Action) -> None:
        seen = self.world.observed
        match action:
            case to_do.Declare():
                new = ObservedSession(company_id=1, connection_id=CONNECTION, name="support")
                paused = self.world.resource is not None and self.world.resource.spec.suspend
                self._change(observed=replace(seen or new, retained=False, paused=paused))
            case to_do.RequestLogout():
                self._unlink()
            case to_do.Retain():
                self._change(observed=seen and replace(seen, retained=True))
            case to_do.Remove():
                self._change(observed=None)
            case to_do.RecordExit(epoch=epoch, exit_code=code):
                self._lease(epoch, exit_code=code)
            case to_do.ReportState(epoch=epoch, state=state, reason=reason):
                self._lease(epoch, state=state, reason=reason)

    def _start(self) -> None:
        seen = self.world.observed
        assert seen is not None
        fresh = replace(
            seen,
            epoch=seen.epoch + 1,
            state="online" if seen.linked else "qr",
            reason="",
            heartbeat_age_seconds=1.0,
            exit_code=None,
            pairing_requested=False,
        )
        self._change(observed=fresh, processes=(*self.world.processes, process(fresh.epoch)))

    def _unlink(self) -> None:
        if self.world.current is not None and self.world.observed is not None:
            seen = replace(self.world.observed, linked=False, phone=None, state="logged_out", exit_code=0)
            others = tuple(pod for pod in self.world.processes if pod.epoch != seen.epoch)
            self._change(observed=seen, processes=others)

    def _lease(self, epoch: int, **values: object) -> None:
        if self.world.observed is not None and self.world.observed.epoch == epoch:
            self._change(observed=replace(self.world.observed, **values))

    def _finalize(self, finalizers: list[str]) -> None:
        if self.world.resource is not None:
            metadata = replace(self.world.resource.metadata, finalizers=finalizers)
            self._change(resource=replace(self.world.resource, metadata=metadata))

    def age(self, seconds: float) -> None:
        older = (replace(pod, age_seconds=pod.age_seconds + seconds) for pod in self.world.processes)
        self._change(processes=tuple(older))

    def _change(self, **values: object) -> None:
        self.world = replace(self.world, **values)


def settle(world: World) -> tuple[World, Moment]:
    """The world at rest. Fails when it never rests."""
    doer, now = Doer(world), NOW
    for _ in range(STEPS):
        planned = plan(now, doer.world)
        before = doer.world.resource
        for action in planned.actions:
            doer.carry_out(action)
        doer._change(memory=planned.memory)
        if planned.actions:
            continue
        if before is not None and planned.status is not None:
            doer._change(resource=replace(before, status=planned.status))
        if planned.wake_after is None or (before is not None and before.status == planned.status):
            return doer.world, now
        now = Moment(now.monotonic + planned.wake_after, now.wall + timedelta(seconds=planned.wake_after))
        doer.age(planned.wake_after)
    raise AssertionError(f"never at rest: {plan(now, doer.world).actions}")


@settings(max_examples=300, deadline=None)
@given(worlds())
def test_every_world_comes_to_rest(world: World) -> None:
    rest, now = settle(world)
    again = plan(now, rest)
    assert again.actions == ()
    assert rest.resource is None or again.status == rest.resource.status, "a status at rest changes by itself"
    assert len(rest.running) <= 1 or rest.company is None, "at rest at most one session runs"


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_a_new_operator_finds_nothing_to_do_at_rest(world: World) -> None:
    rest, now = settle(world)
    fresh = plan(now, replace(rest, memory=Memory()))
    allowed = (to_do.Declare, to_do.RequestLogout, to_do.Start, to_do.Fence, to_do.Remove)
    assert all(isinstance(action, allowed) for action in fresh.actions)


WRONG_NUMBER = World(
    resource=replace(RESOURCE, spec=replace(SPEC, phone_number="+5511999990000")),
    company=COMPANY,
    observed=seen(linked=True, phone="+5511999990009"),
    processes=(process(),),
    watched_seconds=60.0,
)


@settings(max_examples=300, deadline=None)
@given(world=worlds(), rested=st.booleans())
@example(world=WRONG_NUMBER, rested=False)
def test_what_is_foreseen_is_what_the_next_look_plans(world: World, *, rested: bool) -> None:
    before, now = settle(world) if rested else (world, NOW)
    doer = Doer(replace(before, memory=Memory()))
    planned = plan(now, doer.world)
    foreseen = foresee(now, doer.world, planned)
    for action in planned.actions:
        doer.carry_out(action)
    if foreseen is not None:
        assert foreseen.actions == ()
        assert plan(now, replace(doer.world, memory=planned.memory)) == foreseen
