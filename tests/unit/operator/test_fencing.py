"""Never two writers, for thousands of histories; and without any one layer of the protocol, two are found."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from .fencing import Layer, Protocol

SHORT = settings(
    max_examples=100,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
LONG = settings(SHORT, max_examples=2500)
HUNT = settings(SHORT, max_examples=10_000)  # ends with the first that breaks

operators = st.integers(0, 1)


class Histories(RuleBasedStateMachine):
    without: tuple[Layer, ...] = ()

    def __init__(self) -> None:
        super().__init__()
        self.protocol = Protocol(self.without)

    @rule(which=operators, fresh=st.booleans())
    def an_operator_looks(self, which: int, fresh: bool) -> None:  # noqa: FBT001 - hypothesis names it
        operator = self.protocol.operators[which]
        if fresh:
            self.protocol.watch(operator)
        self.protocol.look(operator)

    @rule(which=operators, answer_lost=st.booleans(), slips=st.booleans())
    def an_operator_acts(self, which: int, answer_lost: bool, slips: bool) -> None:  # noqa: FBT001 - as above
        self.protocol.act(self.protocol.operators[which], answer_lost=answer_lost, slips=slips)

    @rule(which=operators, fresh=st.booleans(), slips=st.booleans())
    def an_operator_works(self, which: int, fresh: bool, slips: bool) -> None:  # noqa: FBT001 - as above
        operator = self.protocol.operators[which]
        if fresh:
            self.protocol.watch(operator)
        self.protocol.look(operator)
        while operator.todo or operator.taken:
            self.protocol.act(operator, slips=slips)

    @rule(seconds=st.sampled_from([1.0, 6.0, 15.0, 25.0, 60.0]))
    def time_passes(self, seconds: float) -> None:
        self.protocol.run(seconds)

    @precondition(lambda self: self.protocol.pods)
    @rule(data=st.data())
    def a_pod_is_cut_off(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.protocol.pods)).cut_off = True

    @precondition(lambda self: self.protocol.pods)
    @rule(data=st.data())
    def a_pod_is_stopped(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.protocol.pods)).stopped = True

    @precondition(lambda self: self.protocol.pods)
    @rule(data=st.data())
    def a_pod_proceeds(self, data: st.DataObject) -> None:
        self.protocol.proceed(data.draw(st.sampled_from(self.protocol.pods)))

    @precondition(lambda self: self.protocol.pods)
    @rule(data=st.data())
    def a_pod_is_killed(self, data: st.DataObject) -> None:
        self.protocol.pods.remove(data.draw(st.sampled_from(self.protocol.pods)))

    @invariant()
    def what_must_hold(self) -> None:
        self.protocol.check()


def test_never_two_writers() -> None:
    run_state_machine_as_test(Histories, settings=SHORT)


@pytest.mark.full
@pytest.mark.timeout(900)
def test_never_two_writers_in_thousands_of_histories() -> None:
    run_state_machine_as_test(Histories, settings=LONG)


@pytest.mark.twin
@pytest.mark.parametrize("layer", Layer, ids=lambda layer: layer.name.lower())
def test_without_any_one_layer_something_breaks(layer: Layer) -> None:
    weakened = type("Weakened", (Histories,), {"without": (layer,)})
    with pytest.raises(AssertionError):
        run_state_machine_as_test(weakened, settings=HUNT)
