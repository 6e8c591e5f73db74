"""The owner points the phone at a QR code."""

import asyncio

from recado_core.errors import RecadoError
from recado_simulator.accounts.records import Device
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


async def link(services: Services, text: str, account: str) -> Device:
    qr = Qr.parse(text)
    number = owner_number(services, account)
    connection = next((candidate for candidate in services.candidates if candidate.fits(qr)), None)
    if connection is None:
        raise QrError("No waiting client shows this QR code. It may have expired: use the newest one.")
    try:
        return await asyncio.wait_for(connection.link(number, qr), PATIENCE)
    except TimeoutError as error:
        raise QrError("The client did not answer in time. Show a new QR code and try again.") from error
