"""What the operator is measured on: a real control plane, one fake node for all pods, PostgreSQL that syncs, Redis.

Each measurement has a ground of its own, so that none pays for what another one left behind.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import asyncpg
from tests.bench.operator.usage import cpu_seconds
from tests.cluster.control_plane import ControlPlane
from tests.cluster.kwok_nodes import KwokNodes
from tests.cluster.operator.office import COMPANY, Office, install_definitions, ready_reason
from tests.cluster.operator.operators import Operator
from tests.cluster.waiting import wait_for
from tests.integration.database import make_database, make_template, run_blocking, seed_company

from recado_kubernetes.access import configuration
from recado_kubernetes.client import KubernetesClient
from recado_local.embedded.postgres import EmbeddedPostgres
from recado_local.embedded.redis import EmbeddedRedis

QUIET_CORES = 0.3

GOVERNOR = {"RECADO_CREATE_PER_SECOND": "1000", "RECADO_CREATE_BURST": "1000"}
"""Out of the way: its default (20 pods a second) is a choice of the chart, and would be all that is measured."""


class Ground:
    def __init__(self, directory: Path, control: ControlPlane, office: Office, redis_uri: str) -> None:
        self.directory = directory
        self.control = control
        self.office = office
        self._redis_uri = redis_uri

    @property
    def namespace(self) -> str:
        return self.office.namespace

    def hire(self, identity: str = "a") -> Operator:
        """Starts when it is entered."""
        return Operator(self.office, self.directory, self._redis_uri, identity=identity, **GOVERNOR)

    def open_company(self) -> None:
        self.office.declare_company()
        place = self.office.resources("companies", COMPANY)
        wait_for("the company is ready", lambda: ready_reason(self.office.client.get(place)) == "Provisioned")

    async def client(self) -> KubernetesClient:
        """The client that the operator uses, as the admin."""
        kubeconfig = self.control.kubeconfig(self.control.admin, self.namespace)
        return KubernetesClient(await configuration({"KUBECONFIG": str(kubeconfig)}), "bench")

    async def database(self) -> asyncpg.Connection:
        """As the superuser."""
        admin = self.office.database.admin
        return await asyncpg.connect(host=admin.host, user=admin.user, password=admin.password, database=admin.name)


@contextmanager
def databases() -> Iterator[tuple[EmbeddedPostgres, EmbeddedRedis]]:
    """One server of each; every ground has a database of its own in it."""
    with ExitStack() as stack:
        directory = Path(tempfile.mkdtemp(prefix="recado-bench-"))
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        directory.chmod(0o711)  # PostgreSQL runs as nobody when we are root
        postgres, redis = EmbeddedPostgres(directory), EmbeddedRedis(directory)
        postgres.start()
        stack.callback(postgres.stop)
        redis.start()
        stack.callback(redis.stop)
        run_blocking(make_template(postgres))
        yield postgres, redis


def _settle() -> None:
    """A control plane that just started, or was given new definitions, computes for seconds; that is not measured."""
    before = sum(cpu_seconds().values())

    def quiet() -> bool:
        nonlocal before
        time.sleep(1)  # over which the use is measured
        now = sum(cpu_seconds().values())
        before, used = now, now - before
        return used < QUIET_CORES

    wait_for("the control plane has settled", quiet, 60)


@contextmanager
def ground(postgres: EmbeddedPostgres, redis: EmbeddedRedis) -> Iterator[Ground]:
    with ControlPlane() as control, KwokNodes(control):
        install_definitions(control.client)
        database = run_blocking(make_database(postgres))
        office = Office(control, database, run_blocking(seed_company(database.owner)))
        office.open()
        _settle()
        yield Ground(control.directory, control, office, redis.uri)
