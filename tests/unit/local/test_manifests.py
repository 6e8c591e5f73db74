from datetime import UTC, datetime
from uuid import UUID

import pytest
import yaml
from msgspec.structs import replace

from recado_core.resources.company import Company, CompanySpec, CompanyStatus
from recado_core.resources.conditions import Condition
from recado_core.resources.connection import SessionStatus, WhatsAppConnection, WhatsAppConnectionStatus
from recado_core.resources.metadata import CompanyMetadata
from recado_local.resources.manifests import (
    ManifestError,
    check_same,
    dump,
    dump_status,
    parse,
    with_status,
    with_uid,
)

UID = UUID("01890000-0000-7000-8000-000000000001")
BY_HAND = """\
# our main number
apiVersion: recado.dev/v1alpha1
kind: WhatsAppConnection
metadata:
  # keep the name short
  name: support   # used in logs
spec: {companyRef: {name: acme}, displayName: "Support ☎"}
"""
COMPANY = """\
apiVersion: recado.dev/v1alpha1
kind: Company
metadata: {name: support}
spec: {displayName: Acme, companyID: 1}
"""
NOW = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)


def connection(text: str) -> WhatsAppConnection:
    resource = parse(text, "support")
    assert isinstance(resource, WhatsAppConnection)
    return resource


def test_a_manifest_written_by_hand_is_understood() -> None:
    resource = connection(BY_HAND)
    assert (resource.metadata.uid, resource.spec.company_ref.name, resource.display_name) == (None, "acme", "Support ☎")


def test_a_company_is_understood_and_its_defaults_filled_in() -> None:
    company = parse(COMPANY, "support")
    assert isinstance(company, Company)
    assert (company.spec.company_id, company.spec.quotas.connections, company.spec.timezone) == (
        1,
        5,
        "America/Sao_Paulo",
    )


@pytest.mark.parametrize(
    "metadata",
    [
        "metadata:\n  name: support\n",
        "metadata: {name: support}\n",
        "metadata:\n    labels: {a: b}\n    name: support\n",
    ],
)
def test_a_uid_is_added_and_the_rest_stays_letter_for_letter(metadata: str) -> None:
    text = BY_HAND.replace("metadata:\n  # keep the name short\n  name: support   # used in logs\n", metadata)
    written = with_uid(text, UID)
    assert parse(written, "support").metadata.uid == UID
    added = written.replace(f"uid: {UID}", "")
    assert [line for line in text.splitlines() if line not in added.splitlines()] in ([], ["metadata: {name: support}"])
    assert "# our main number" in written


def test_comments_survive_the_uid() -> None:
    written = with_uid(BY_HAND, UID)
    assert "# keep the name short" in written
    assert "# used in logs" in written


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BY_HAND.replace("displayName", "dispalyName"), "dispalyName"),
        (BY_HAND.replace("{name: acme}", "{name: Acme}"), "$.spec.companyRef.name"),
        (BY_HAND.replace("{name: acme}", "{nmae: acme}"), "unknown field `nmae` - at `$.spec.companyRef`"),
        (BY_HAND.replace("displayName:", "pairing: {method: PairingCode}, displayName:"), "pairing.method to QR"),
        (BY_HAND.replace("kind: WhatsAppConnection", "kind: WhatsappConnection"), "Write one of Company"),
        (BY_HAND.replace("kind: WhatsAppConnection", "x: y"), "kind is missing"),
        (COMPANY.replace("companyID: 1", "companyID: 0"), "$.spec.companyID"),
        (COMPANY.replace("companyID: 1", "network: {allowedCIDRs: [10.0.0.0/8]}"), "network.egress to Custom"),
        (BY_HAND.replace("name: support ", "name: Support "), "$.metadata.name"),
        (BY_HAND.replace("name: support ", "name: sales "), "Give both the same name"),
        (BY_HAND.replace("spec: {", "spec: {{"), "This is not YAML"),
        ("- a list", "Expected `object`"),
        ("", "Expected `object`"),
    ],
)
def test_a_refusal_names_what_to_correct(text: str, told: str) -> None:
    with pytest.raises(ManifestError) as refusal:
        parse(text, "support")
    assert told in refusal.value.detail


def test_what_a_connection_is_cannot_change() -> None:
    old = parse(with_uid(BY_HAND, UID), "support")
    check_same(old, parse(BY_HAND, "support"))
    with pytest.raises(ManifestError, match=r"spec.companyRef cannot change \(it was acme\)"):
        check_same(old, parse(BY_HAND.replace("{name: acme}", "{name: other}"), "support"))
    with pytest.raises(ManifestError, match=r"kind cannot change \(it was WhatsAppConnection\)"):
        check_same(old, parse(COMPANY, "support"))
    with pytest.raises(ManifestError, match=r"metadata\.uid cannot change"):
        check_same(old, parse(with_uid(BY_HAND, UUID(int=7)), "support"))


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (COMPANY, COMPANY.replace("companyID: 1", "companyID: 2"), "companyID"),
        (COMPANY, COMPANY.replace("companyID: 1", "suspend: true"), "companyID"),
        (COMPANY, COMPANY.replace("companyID: 1", "companyID: 1, isolation: Namespace"), "isolation"),
        (BY_HAND.replace("spec: {", 'spec: {phoneNumber: "+5511999990000", '), BY_HAND, "phoneNumber"),
    ],
)
def test_what_is_set_once_stays(old: str, new: str, field: str) -> None:
    with pytest.raises(ManifestError, match=f"spec.{field} cannot change"):
        check_same(parse(old, "support"), parse(new, "support"))


def test_what_was_left_open_may_be_said_later() -> None:
    check_same(parse(COMPANY.replace(", companyID: 1", ""), "support"), parse(COMPANY, "support"))


def test_a_uid_needs_a_place_to_stand() -> None:
    with pytest.raises(ManifestError, match="metadata is missing"):
        with_uid("kind: WhatsAppConnection\n", UID)


def test_what_is_written_is_read_again() -> None:
    resource = parse(with_uid(BY_HAND, UID), "support")
    assert parse(dump(resource), "support") == resource
    assert "status" not in yaml.safe_load(dump(resource))


def test_a_status_is_read_as_it_was_written() -> None:
    waiting = Condition(
        type="Ready", status="False", reason="AwaitingPairing", message="Scan the code.", last_transition_time=NOW
    )
    bare = connection(BY_HAND)
    status = WhatsAppConnectionStatus(session=SessionStatus(epoch=3), conditions=[waiting])
    resource = replace(bare, status=status)
    assert with_status(bare, dump_status(resource)) == resource
    company = Company(metadata=CompanyMetadata(name="acme"), spec=CompanySpec(display_name="Acme"))
    known = replace(company, status=CompanyStatus(company_id=4))
    assert with_status(company, dump_status(known)) == known
    assert known.company_id == 4
