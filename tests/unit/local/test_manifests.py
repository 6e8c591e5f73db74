from uuid import UUID

import pytest
import yaml

from recado_core.resources import ResourceCondition, WhatsAppConnectionStatus
from recado_local.resources.manifests import (
    ManifestError,
    check_same,
    dump,
    dump_status,
    parse,
    parse_status,
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
spec: {company: 1, displayName: "Support ☎"}
"""


def test_a_manifest_written_by_hand_is_understood() -> None:
    resource = parse(BY_HAND, "support")
    assert (resource.metadata.uid, resource.spec.company, resource.spec.display_name) == (None, 1, "Support ☎")


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
        (BY_HAND.replace("company: 1", "company: 0"), "$.spec.company"),
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
    with pytest.raises(ManifestError, match=r"spec.company cannot change \(it was 1\)"):
        check_same(old, parse(BY_HAND.replace("company: 1", "company: 2"), "support"))
    with pytest.raises(ManifestError, match=r"metadata\.uid cannot change"):
        check_same(old, parse(with_uid(BY_HAND, UUID(int=7)), "support"))


def test_a_uid_needs_a_place_to_stand() -> None:
    with pytest.raises(ManifestError, match="metadata is missing"):
        with_uid("kind: WhatsAppConnection\n", UID)


def test_what_is_written_is_read_again() -> None:
    resource = parse(with_uid(BY_HAND, UID), "support")
    assert parse(dump(resource), "support") == resource
    assert "status" not in yaml.safe_load(dump(resource))


def test_a_status_is_read_as_it_was_written() -> None:
    condition = ResourceCondition(type="Ready", status="False", reason="AwaitingScan", message="Scan the code.")
    status = WhatsAppConnectionStatus(phase="AwaitingScan", epoch=3, observed_state="qr", conditions=[condition])
    assert parse_status(dump_status(status)) == status
