"""The phones' Signal sessions with linked devices. Every change is kept before the message leaves."""

from recado_simulator.accounts.directory import Directory
from recado_simulator.accounts.records import Device, Phone, device_id
from recado_simulator.accounts.store import Collection, Store
from recado_simulator.crypto.curve import KeyPair
from recado_simulator.crypto.signal import Bundle, Conversation, Envelope, OwnKeys
from recado_simulator.phones import contents


class Sealing:
    def __init__(self, store: Store, directory: Directory) -> None:
        self._directory = directory
        self._conversations: Collection[Conversation] = Collection(store, "conversation", Conversation)
        self._own: dict[str, OwnKeys] = {}

    def seal(self, phone: Phone, device: Device, plain: bytes) -> Envelope:
        """`device` must have published its keys."""
        key = f"{phone.number}|{device.id}"
        conversation = self._conversations.get(key) or Conversation()
        if not conversation.ready:
            conversation.open(self._keys(phone), self._directory.take_bundle(device))
        sealed = conversation.encrypt(contents.pad(plain))
        self._conversations[key] = conversation
        return sealed

    def unseal(self, phone: Phone, number: str, slot: int, sealed: Envelope) -> bytes:
        """Raises DecryptionError and changes nothing when it cannot be read."""
        key = f"{phone.number}|{device_id(number, slot)}"
        conversation = self._conversations.get(key) or Conversation()
        own = self._keys(phone)
        if sealed.kind == "pkmsg":
            own.one_time = {number: KeyPair(private) for number, private in phone.one_time.items()}
        plain = conversation.decrypt(own, sealed.kind, sealed.data)
        self._conversations[key] = conversation
        if sealed.kind == "pkmsg" and len(own.one_time) < len(phone.one_time):
            phone.one_time = {number: keys.private for number, keys in own.one_time.items()}
            self._directory.save_phone(phone)
        return contents.unpad(plain)

    def renew(self, phone: Phone, device: Device, bundle: Bundle) -> None:
        """Begins again, with keys that the device sent along when it could not read."""
        key = f"{phone.number}|{device.id}"
        conversation = self._conversations.get(key) or Conversation()
        conversation.open(self._keys(phone), bundle)
        self._conversations[key] = conversation

    def forget(self, device: Device) -> None:
        for key in [key for key in self._conversations if key.endswith(f"|{device.id}")]:
            del self._conversations[key]

    def _keys(self, phone: Phone) -> OwnKeys:
        if phone.number not in self._own:
            self._own[phone.number] = OwnKeys(
                KeyPair(phone.identity), phone.registration_id, phone.signed_id, KeyPair(phone.signed)
            )
        return self._own[phone.number]
