"""What `kubectl delete` leaves behind, for each deletionPolicy: in the cluster, in the database, on the phone."""

import pytest
from tests.cluster.platform.product import GROUP, Product
from tests.cluster.waiting import wait_for

pytestmark = [pytest.mark.node, pytest.mark.full, pytest.mark.timeout(600)]
CUSTOMER = "5511988887777"


def linked(product: Product, name: str, phone: str, **spec: str) -> str:
    """A connection that has had a conversation; its id."""
    product.declare(name, **spec)
    product.link(name, phone)
    product.wait_ready(name)
    product.write(CUSTOMER, phone, f"Oi, {name}")
    identity = str(product.resource(name)["metadata"]["uid"])
    wait_for("the message is stored", lambda: counted(product, "message", identity) == 1)
    return identity


def counted(product: Product, table: str, identity: str) -> int:
    (row,) = product.rows(f"select count(*) from {table} where connection_id = $1::text::uuid", identity)  # noqa: S608 - our own tables
    return int(row[0])


def stored(product: Product, identity: str) -> dict[str, bool]:
    query = """
        select jid is not null as linked, orphaned_at is not null as retained, deleted_at is not null as deleted
        from connection where id = $1::text::uuid"""
    return next((dict(row) for row in product.rows(query, identity)), {})


def logins(product: Product, identity: str) -> tuple[int, int]:
    """How many roles and schemas the connection has."""
    name = f"wa_{identity.replace('-', '')}"
    query = """
        select (select count(*) from pg_roles where rolname = $1) as roles,
            (select count(*) from pg_namespace where nspname = $1) as schemas"""
    (row,) = product.rows(query, name)
    return row["roles"], row["schemas"]


def wait_until_nothing_is_left(product: Product, name: str) -> None:
    """No object carries the connection's name; what the resource owned is collected a moment after it."""
    kinds = "pods,secrets,configmaps,networkpolicies,serviceaccounts,whatsappconnections"

    def clean() -> bool:
        names = product.kubectl("get", kinds, "--output=name").split()
        return not [each for each in names if f"-{name}-" in f"{each}-"]

    wait_for("nothing is left in the cluster", clean)


def test_retain_keeps_the_device_linked_and_a_new_resource_goes_on_with_it(acme: Product) -> None:
    phone = "5511900000011"
    first = linked(acme, "kept", phone)
    (device,) = acme.devices(phone)
    acme.kubectl("delete", "wac/kept", "--timeout=60s")
    wait_until_nothing_is_left(acme, "kept")
    assert stored(acme, first) == {"linked": True, "retained": True, "deleted": False}
    assert logins(acme, first) == (1, 1)
    assert acme.devices(phone) == [{**device, "online": False}]
    acme.write(CUSTOMER, phone, "Ainda aí?")
    acme.declare("kept")
    acme.wait_ready("kept")
    heir = str(acme.resource("kept")["metadata"]["uid"])
    assert [one["id"] for one in acme.devices(phone)] == [device["id"]]
    assert len([one for one in acme.simulator.ledger("linked") if one["device"] == device["id"]]) == 1
    wait_for("what was written meanwhile arrives", lambda: counted(acme, "message", heir) == 2)
    assert counted(acme, "ticket", heir) == 1  # the conversation goes on
    assert counted(acme, "message", first) == 0
    assert logins(acme, first) == (0, 0)


def test_logout_unlinks_the_device_and_keeps_the_conversations(acme: Product) -> None:
    phone = "5511900000012"
    identity = linked(acme, "gone", phone, deletionPolicy="Logout")
    acme.kubectl("delete", "wac/gone", "--timeout=60s")
    wait_until_nothing_is_left(acme, "gone")
    assert acme.devices(phone) == []
    assert stored(acme, identity) == {"linked": False, "retained": False, "deleted": True}
    assert logins(acme, identity) == (0, 0)
    assert counted(acme, "message", identity) == 1


def test_purge_waits_for_its_confirmation_then_leaves_nothing(acme: Product) -> None:
    phone = "5511900000013"
    identity = linked(acme, "erased", phone, deletionPolicy="Purge")
    acme.kubectl("delete", "wac/erased", "--wait=false")
    acme.wait_reason("erased", "PurgeNotConfirmed")
    assert "recado.dev/confirm-purge" in acme.condition("erased", "Ready")["message"]
    wait_for("its session is stopped", lambda: not acme.pods_of("erased"))
    assert counted(acme, "message", identity) == 1
    assert len(acme.devices(phone)) == 1
    wrong = {"metadata": {"annotations": {"recado.dev/confirm-purge": "another"}}}
    acme.client.merge(f"{GROUP}/whatsappconnections/erased", wrong)
    acme.kubectl("annotate", "--overwrite", "wac/erased", "recado.dev/confirm-purge=erased")
    wait_for("the resource is gone", lambda: acme.absent("erased"), 90)
    wait_until_nothing_is_left(acme, "erased")
    assert acme.devices(phone) == []
    assert (counted(acme, "message", identity), counted(acme, "ticket", identity)) == (0, 0)
    assert stored(acme, identity) in ({}, {"linked": False, "retained": False, "deleted": True})
    assert logins(acme, identity) == (0, 0)
