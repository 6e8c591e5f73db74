import pytest

from recado_session.addresses import Address, BadAddressError, parse


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("5511999990000:7@s.whatsapp.net", Address("5511999990000", "s.whatsapp.net", device=7)),
        ("5511999990000@s.whatsapp.net", Address("5511999990000", "s.whatsapp.net")),
        ("999000111222333:12@lid", Address("999000111222333", "lid", device=12)),
        ("5511999990000.1:7@s.whatsapp.net", Address("5511999990000", "s.whatsapp.net", device=7, agent=1)),
        ("120363000000000000@g.us", Address("120363000000000000", "g.us")),
        ("551199-123456@g.us", Address("551199-123456", "g.us")),
    ],
)
def test_parts(text: str, address: Address) -> None:
    assert parse(text) == address


@pytest.mark.parametrize("text", ["", "5511999990000", "@s.whatsapp.net", "a b@lid", "1:x@lid", "1@", "1@lid\n2"])
def test_anything_else_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(BadAddressError) as refusal:
        parse(text)
    assert not text or text not in str(refusal.value)
