"""The owner points the phone at a QR code, or types a pairing code on it."""

import asyncio
from collections.abc import Coroutine

from recado_core.errors import RecadoError
from recado_simulator.accounts.records import Device
from recado_simulator.network.candidacy import NotLinkedError
from recado_simulator.network.codes import PairingCodeError, typed
from recado_simulator.network.connection import Services
from recado_simulator.network.pairing import Qr, QrError

PATIENCE = 20.0
"""Seconds that a client gets to answer."""


class NoAccountError(RecadoError):
    code = "unknown_account"
    status = 404
    title = "No owner has that number"


def owner_number(services: Services, wanted: str) -> str:
    """The wanted owner's number, or the first owner's."""
    owners = [phone.number for phone in services.state.directory.phones.values() if phone.owner]
    if not owners or (wanted and wanted not in owners):
        raise NoAccountError(f"No owner has the number {wanted}. Add it with POST /control/accounts.")
    return wanted or owners[0]


async def scan(services: Services, text: str, account: str) -> Device:
    """Raises QrError, NotLinkedError, NoAccountError."""
    qr = Qr.parse(text)
    phone = services.state.directory.phone(owner_number(services, account))
    client = next((one for one in services.candidates if one.fits(qr)), None)
    if client is None:
        raise QrError("No waiting client shows this QR code. It may have expired: use the newest one.")
    return await _patiently(client.link(phone, qr.secret))


async def type_code(services: Services, text: str, account: str) -> Device:
    """Raises PairingCodeError, NotLinkedError, NoAccountError. As with WhatsApp, a code counts on the phone whose
    number the client named, and nowhere else.
    """
    code = typed(text)
    phone = services.state.directory.phone(owner_number(services, account))
    clients = [one for one in services.candidates if one.awaits_code_of(phone.number)]
    if not clients:
        raise PairingCodeError(
            f"No client waits for a code of {phone.number}. The code may have expired, or was made for another number."
        )
    return await _patiently(max(clients, key=lambda one: one.asked_at).type_code(phone, code))


async def _patiently(linked: Coroutine[object, object, Device]) -> Device:
    try:
        return await asyncio.wait_for(linked, PATIENCE)
    except TimeoutError as error:
        raise NotLinkedError("The client did not answer in time. Take its new code and try again.") from error
