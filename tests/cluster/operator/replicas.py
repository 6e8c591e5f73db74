"""Two operators, as the chart's Deployment has them: one leads, and whoever ends is started again."""

from tests.cluster.operator.background import Background
from tests.cluster.operator.conftest import Hire
from tests.cluster.operator.office import Office
from tests.cluster.operator.operators import Operator
from tests.cluster.waiting import wait_for

RESTART_SECONDS = 0.5
LEADER_SECONDS = 60.0


class Replicas(Background):
    """Use as a context manager: inside, who ends comes back, as a kubelet would have it."""

    def __init__(self, office: Office, hire: Hire) -> None:
        super().__init__("kubelet")
        self._office = office
        first = hire("a")
        self.both = (first, hire("b", ready=False))
        wait_for("the second stands by", lambda: self.both[1].answers("readyz"), LEADER_SECONDS)
        self.restarts: list[str] = []

    def leader(self) -> Operator:
        """Whoever leads, as soon as somebody does who is ready."""
        return wait_for("somebody leads", self._leading, LEADER_SECONDS)

    def follower(self) -> Operator:
        leader = self.leader()
        return next(one for one in self.both if one is not leader)

    def _leading(self) -> Operator | None:
        holder = self._office.leader()
        return next((one for one in self.both if one.identity == holder and one.running and one.leads()), None)

    def _work(self) -> None:
        while not self._ended.wait(RESTART_SECONDS):
            for operator in self.both:
                if not operator.running:
                    self.restarts.append(operator.identity)
                    operator.start()
