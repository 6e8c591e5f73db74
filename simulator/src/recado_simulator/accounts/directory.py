"""Who is on the network: phones by number and by LID, the devices linked to them, and the keys they publish."""

import hashlib
import secrets

from recado_core.errors import RecadoError
from recado_simulator.accounts.records import Device, Phone, device_id
from recado_simulator.accounts.store import Collection, Store
from recado_simulator.codec.nodes import Jid, lid_jid, phone_jid
from recado_simulator.crypto.curve import DJB_TYPE, KeyPair
from recado_simulator.crypto.signal import Bundle
from recado_simulator.crypto.xeddsa import sign

_LID_DIGITS = 15


class UnknownPhoneError(RecadoError):
    code = "unknown_phone"
    status = 404
    title = "Nobody has that number here"


class Directory:
    def __init__(self, store: Store) -> None:
        self.phones: Collection[Phone] = Collection(store, "phone", Phone)
        self.devices: Collection[Device] = Collection(store, "device", Device)
        self._by_lid = {phone.lid: phone for phone in self.phones.values()}

    def add_phone(self, number: str, name: str, *, owner: bool = False) -> Phone:
        """The phone with that number, created when it is new, renamed when it is known."""
        if known := self.phones.get(number):
            known.name, known.owner = name or known.name, known.owner or owner
            self.phones[number] = known
            return known
        phone = Phone(
            number=number,
            lid=self._free_lid(number),
            name=name or number,
            owner=owner,
            identity=KeyPair.generate().private,
            registration_id=1 + secrets.randbelow(0x3FFF),
            signed=KeyPair.generate().private,
        )
        self.phones[number] = phone
        self._by_lid[phone.lid] = phone
        return phone

    def phone(self, number: str) -> Phone:
        if number not in self.phones:
            raise UnknownPhoneError(f"No phone has the number {number}. Add it with POST /control/customers.")
        return self.phones[number]

    def save_phone(self, phone: Phone) -> None:
        self.phones[phone.number] = phone

    def find(self, jid: Jid | None) -> Phone | None:
        """The phone an address belongs to, whether it is written as a number or as a LID."""
        return None if jid is None else self.phones.get(jid.user) or self._by_lid.get(jid.user)

    def devices_of(self, number: str) -> list[Device]:
        return [device for device in self.devices.values() if device.number == number]

    def slots_of(self, phone: Phone) -> list[int]:
        """0 is the phone itself."""
        return [0, *(device.slot for device in self.devices_of(phone.number))]

    def add_device(self, device: Device) -> None:
        self.devices[device.id] = device

    def remove_device(self, device: Device) -> None:
        self.devices.pop(device.id, None)

    def device(self, number: str, slot: int) -> Device | None:
        return self.devices.get(device_id(number, slot))

    def take_bundle(self, device: Device) -> Bundle:
        """The keys for one new session with `device`; its one-time key is used up by that."""
        one_time_id = next(iter(device.one_time), None)
        one_time_key = None if one_time_id is None else device.one_time.pop(one_time_id)
        self.devices[device.id] = device
        return Bundle(
            identity=device.identity,
            registration_id=device.registration_id,
            signed_id=device.signed_id,
            signed_key=device.signed,
            one_time_id=one_time_id,
            one_time_key=one_time_key,
        )

    def publish_bundle(self, phone: Phone) -> tuple[Bundle, bytes]:
        """The same for a phone, whose secret half we keep; with the signature of the signed key."""
        identity, signed, one_time = KeyPair(phone.identity), KeyPair(phone.signed), KeyPair.generate()
        one_time_id = phone.next_one_time_id
        phone.next_one_time_id += 1
        phone.one_time[one_time_id] = one_time.private
        self.save_phone(phone)
        bundle = Bundle(
            identity=identity.public,
            registration_id=phone.registration_id,
            signed_id=phone.signed_id,
            signed_key=signed.public,
            one_time_id=one_time_id,
            one_time_key=one_time.public,
        )
        return bundle, sign(identity.private, DJB_TYPE + signed.public)

    def _free_lid(self, number: str) -> str:
        salt = 0
        while True:
            digest = hashlib.sha256(f"{number}/{salt}".encode()).digest()
            lid = "1" + str(int.from_bytes(digest[:8], "big"))[: _LID_DIGITS - 1].rjust(_LID_DIGITS - 1, "7")
            if lid not in self._by_lid and lid not in self.phones:
                return lid
            salt += 1


def wire_jids(phone: Phone, slot: int = 0) -> tuple[Jid, Jid]:
    """The addresses of a phone or one of its devices: by number and by LID."""
    return phone_jid(phone.number, slot), lid_jid(phone.lid, slot)
