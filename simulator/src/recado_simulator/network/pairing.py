"""Linking: the phone scans what the client shows, the network vouches for the new device."""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import time
from dataclasses import dataclass, field

from google.protobuf.message import DecodeError

from recado_core.errors import RecadoError
from recado_simulator.accounts.directory import wire_jids
from recado_simulator.accounts.records import Device, Phone
from recado_simulator.codec.nodes import Node
from recado_simulator.crypto.curve import KeyPair
from recado_simulator.crypto.xeddsa import sign, verify
from recado_simulator.network import stanzas
from recado_simulator.wire.network_pb2 import (
    ClientPayload,
    DeviceIdentity,
    DeviceProperties,
    SealedDeviceIdentity,
    SignedDeviceIdentity,
)

REFERENCES = 6
"""QR codes that one connection may show, one after the other."""
PAIR_REQUEST = "pair-device"
LINK_REQUEST = "pair-success"
_ACCOUNT_SIGNATURE = b"\x06\x00"
_DEVICE_SIGNATURE = b"\x06\x01"
_QR_PARTS = 4


class QrError(RecadoError):
    code = "qr_not_valid"
    status = 422
    title = "That QR code cannot be linked"


@dataclass(frozen=True)
class Qr:
    reference: str
    noise: bytes
    identity: bytes
    secret: bytes

    @classmethod
    def parse(cls, text: str) -> "Qr":
        """Reads the text of a QR code, with or without the address in front of it."""
        parts = text.strip().rpartition("#")[2].split(",")
        if len(parts) < _QR_PARTS:
            raise QrError(
                "This is not the text of a WhatsApp QR code. Copy all of it, from https:// or the reference on."
            )
        try:
            keys = [base64.b64decode(part, validate=True) for part in parts[1:_QR_PARTS]]
        except binascii.Error as error:
            raise QrError("The keys in this QR text are damaged. Copy the text again.") from error
        return cls(parts[0], *keys)


@dataclass
class Candidate:
    """A client that has no account yet."""

    noise: bytes
    registration: ClientPayload.PairingRegistration
    references: list[str] = field(default_factory=lambda: [f"2@{secrets.token_urlsafe(32)}" for _ in range(REFERENCES)])

    def fits(self, qr: Qr) -> bool:
        return qr.noise == self.noise and qr.identity == self.registration.identity

    @property
    def name(self) -> str:
        try:
            return DeviceProperties.FromString(self.registration.device_properties).os or "WhatsApp Web"
        except DecodeError:
            return "WhatsApp Web"


def invite(candidate: Candidate) -> Node:
    return stanzas.pair_device(PAIR_REQUEST, candidate.references)


def new_device(phone: Phone, candidate: Candidate) -> Device:
    registration = candidate.registration
    return Device(
        number=phone.number,
        slot=phone.next_device,
        noise=candidate.noise,
        identity=registration.identity,
        registration_id=int.from_bytes(registration.registration_id, "big"),
        signed_id=int.from_bytes(registration.signed_key_id, "big"),
        signed=registration.signed_key,
        signed_signature=registration.signed_key_signature,
        name=candidate.name,
        linked_at=int(time.time() * 1000),
    )


def vouch(phone: Phone, device: Device, secret: bytes) -> Node:
    """What the network tells the client: who it is now, signed by the phone and sealed with the secret of its code."""
    account = KeyPair(phone.identity)
    details = DeviceIdentity(
        raw_id=int.from_bytes(os.urandom(3), "big"), timestamp=int(time.time()), key_index=device.slot
    ).SerializeToString()
    signed = SignedDeviceIdentity(
        details=details,
        account_signature_key=account.public,
        account_signature=sign(account.private, _ACCOUNT_SIGNATURE + details + device.identity),
    ).SerializeToString()
    sealed = SealedDeviceIdentity(details=signed, hmac=hmac.digest(secret, signed, hashlib.sha256))
    return stanzas.pair_success(LINK_REQUEST, sealed.SerializeToString(), *wire_jids(phone, device.slot))


def confirmed(phone: Phone, device: Device, answer: Node) -> bool:
    """Whether the client signed its new identity with the key that it registered."""
    signed = answer.find("pair-device-sign", "device-identity")
    if signed is None:
        return False
    identity = SignedDeviceIdentity.FromString(signed.data)
    message = _DEVICE_SIGNATURE + identity.details + device.identity + KeyPair(phone.identity).public
    return verify(device.identity, message, identity.device_signature)
