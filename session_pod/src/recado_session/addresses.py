"""WhatsApp addresses as text (`5511999990000:7@s.whatsapp.net`) and in their parts. Pure."""

import re

import msgspec

from recado_core.errors import RecadoError

_FORM = re.compile(r"^(?P<user>[^@:.\s]+)(?:\.(?P<agent>\d+))?(?::(?P<device>\d+))?@(?P<server>[a-z.]+)$")


class BadAddressError(RecadoError):
    code = "session.bad_address"
    title = "This is no WhatsApp address"


class Address(msgspec.Struct, frozen=True):
    user: str
    server: str
    device: int = 0
    agent: int = 0


def parse(text: str) -> Address:
    """Raises BadAddressError."""
    found = _FORM.match(text)
    if found is None:
        raise BadAddressError("The address has not the form user@server. Correct the row that holds it.")
    return Address(
        user=found["user"],
        server=found["server"],
        device=int(found["device"] or 0),
        agent=int(found["agent"] or 0),
    )
