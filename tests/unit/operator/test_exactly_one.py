"""Whatever crashes, hangs or is slow: never two sessions that the database accepts, and in the end exactly one."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from .cluster import Cluster, Operator, Process
from .worlds import SPEC, with_spec

OPERATORS = st.sampled_from([0, 1])
LONG_ENOUGH = 40
SHORT = settings(max_examples=150, stateful_step_count=40, deadline=None)


class ExactlyOne(RuleBasedStateMachine):
    cluster_type: type[Cluster] = Cluster

    def __init__(self) -> None:
        super().__init__()
        self.cluster = self.cluster_type()

    @rule(index=OPERATORS)
    def an_operator_looks(self, index: int) -> None:
        self.cluster.observe(self.cluster.operators[index])

    @rule(index=OPERATORS)
    def an_operator_acts(self, index: int) -> None:
        self.cluster.perform(self.cluster.operators[index])

    @rule(index=OPERATORS)
    def an_operator_is_replaced(self, index: int) -> None:
        self.cluster.operators[index] = Operator()

    @rule(seconds=st.sampled_from([1.0, 5.0, 40.0, 400.0]))
    def time_passes(self, seconds: float) -> None:
        self.cluster.beat(seconds)

    @rule(code=st.sampled_from([75, 1, -9, -11]))
    def a_session_ends(self, code: int) -> None:
        for process in self.cluster.writers():
            self.cluster.leave(process, code, "reconnecting")

    @rule()
    def a_session_hangs(self) -> None:
        for process in self.cluster.writers():
            process.hung = True

    @rule()
    def a_node_is_lost(self) -> None:
        for process in self.cluster.processes.values():
            process.hung = process.lost = True

    @rule()
    def the_lost_come_back(self) -> None:
        self.cluster.find_lost()

    @rule(paused=st.booleans())
    def somebody_pauses_or_resumes(self, paused: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        self.cluster.spec = with_spec(suspend=paused).spec

    @rule()
    def somebody_deletes(self) -> None:
        self.cluster.spec = None

    @rule()
    def somebody_declares(self) -> None:
        self.cluster.spec = SPEC

    @rule()
    def somebody_links_again(self) -> None:
        self.cluster.link_again()

    @invariant()
    def at_most_one_writes(self) -> None:
        assert len(self.cluster.writers()) <= 1

    def teardown(self) -> None:
        settle(self.cluster)
        alive = [process for process in self.cluster.processes.values() if process.alive]
        wanted = self.cluster.spec is not None and not self.cluster.spec.suspend
        assert len(alive) == len(self.cluster.writers()) == int(wanted)


def settle(cluster: Cluster) -> None:
    """Nothing happens any more but time and one operator, who may still have old plans to carry out."""
    cluster.find_lost()
    for operator in cluster.operators:
        while operator.todo or operator.taken is not None:
            cluster.perform(operator)
    operator = cluster.operators[0]
    for _ in range(LONG_ENOUGH):
        cluster.beat(20.0)
        if cluster.spec is not None:
            cluster.link_again()
        cluster.observe(operator)
        while operator.todo or operator.taken is not None:
            cluster.perform(operator)
    cluster.observe(operator)
    assert not operator.todo, "the planner never comes to rest"


def test_never_two_writers_and_in_the_end_exactly_one() -> None:
    run_state_machine_as_test(ExactlyOne, settings=SHORT)


class WithoutFence(Cluster):
    """Sabotage: the database accepts whoever is alive, as if taking over rotated no password and counted no epoch."""

    def accepts(self, process: Process) -> bool:
        return process.alive


@pytest.mark.parametrize(("cluster", "writers"), [(Cluster(), 1), (WithoutFence(), 2)], ids=["real", "sabotaged"])
def test_a_lost_node_that_comes_back_may_not_write_beside_its_successor(cluster: Cluster, writers: int) -> None:
    operator = cluster.operators[0]
    for seconds in (0.0, 1.0, 40.0):
        cluster.beat(seconds)
        for process in cluster.processes.values():
            process.hung = process.lost = True
        cluster.observe(operator)
        while operator.todo or operator.taken is not None:
            cluster.perform(operator)
    for process in cluster.processes.values():
        process.hung = process.lost = False
    assert len(cluster.processes) == 2
    assert len(cluster.writers()) == writers
