"""Another company that nothing may happen to: in a namespace of its own, with the same operator and database."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.cluster.client import Object
from tests.cluster.operator import harmony
from tests.cluster.operator.office import Office, ready_reason
from tests.cluster.waiting import wait_for
from tests.integration.database import run_blocking, seed_company

NAME = "globex"
NUMBER = "+5511988887777"
CONNECTIONS = ("front", "back")
TABLES = """
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'company_id'
    order by c.relname
"""

Snapshot = dict[str, list[str]]


@contextmanager
def beside(office: Office) -> Iterator[Office]:
    """Its namespace; hire an operator for both, then call `settle`."""
    company = run_blocking(seed_company(office.database.owner, "Globex"))
    bystander = Office(office.control, office.database, company, home=office.namespace)
    bystander.open()
    try:
        yield bystander
    finally:
        bystander.close()


def settle(bystander: Office) -> None:
    bystander.declare_company(name=NAME, displayName="Globex")
    for name in CONNECTIONS:
        number = {"phoneNumber": NUMBER} if name == "front" else {}
        bystander.declare(name, companyRef={"name": NAME}, **number)
    harmony.settle(bystander, CONNECTIONS)
    unscheduled = ["PodPending"] * len(CONNECTIONS)  # there is no node
    wait_for("all is told", lambda: [ready_reason(found) for found in bystander.connections()] == unscheduled)
    wait_for("its company counts them", lambda: _counted(bystander) == len(CONNECTIONS))


def _counted(bystander: Office) -> int:
    status = bystander.client.get(bystander.resources("companies", NAME)).get("status", {})
    return int(status.get("usage", {}).get("connections", 0))


def snapshot(bystander: Office) -> Snapshot:
    """Everything that is: each object with its version, each row with all its columns, each role and its rights."""
    taken = {plural: _objects(bystander.client.items(path)) for plural, path in _places(bystander).items()}
    for row in bystander.query(TABLES):
        rows = f"select t::text as row from {row['relname']} t where company_id = $1 order by 1"  # noqa: S608 - ours
        taken[row["relname"]] = [found["row"] for found in bystander.query(rows, bystander.company.id)]
    company = bystander.query("select t::text as row from company t where id = $1", bystander.company.id)
    taken["company"] = [found["row"] for found in company]
    roles = """
        select a.rolname, a.rolcanlogin, a.rolpassword from session_lease l join pg_authid a on a.rolname = l.role_name
        where l.company_id = $1 order by 1
    """
    taken["roles"] = [str(found) for found in bystander.query(roles, bystander.company.id)]
    return taken


def _places(office: Office) -> dict[str, str]:
    ours = {plural: office.resources(plural) for plural in ("companies", "whatsappconnections")}
    core = {plural: office.core(plural) for plural in ("pods", "secrets", "serviceaccounts", "resourcequotas")}
    guards = {
        plural: f"/apis/{group}/v1/namespaces/{office.namespace}/{plural}"
        for group, plural in (("networking.k8s.io", "networkpolicies"), ("policy", "poddisruptionbudgets"))
    }
    return {**ours, **core, **guards}


def _objects(found: list[Object]) -> list[str]:
    return sorted(f"{one['metadata']['name']} {one['metadata']['resourceVersion']}" for one in found)
