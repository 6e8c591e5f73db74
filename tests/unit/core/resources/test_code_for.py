import pytest

from recado_core.resources.connection import CompanyReference, Pairing, WhatsAppConnectionSpec

NUMBER = "+5511999990000"


@pytest.mark.parametrize(
    ("pairing", "number", "code_for"),
    [
        (Pairing(method="PairingCode"), NUMBER, NUMBER),
        (Pairing(method="QR"), NUMBER, None),
        (Pairing(), None, None),
    ],
)
def test_only_pairing_by_code_is_for_one_phone(pairing: Pairing, number: str | None, code_for: str | None) -> None:
    company = CompanyReference(name="acme")
    assert WhatsAppConnectionSpec(company_ref=company, pairing=pairing, phone_number=number).code_for == code_for
