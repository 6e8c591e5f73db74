"""Signal sessions: how two sides that never met agree (X3DH), and which session reads a message.

Both sides may open a session at the same time. So each keeps a few: the newest one writes, any of them reads, and the
one that could read becomes the newest.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
from google.protobuf.message import DecodeError

from recado_simulator.crypto import ratchet
from recado_simulator.crypto.curve import DJB_TYPE, KEY_LENGTH, KeyPair, derive
from recado_simulator.crypto.ratchet import Chain, DecryptionError, Opening, ReceivingChain, Session
from recado_simulator.wire.signal_pb2 import PreKeyMessage

MOST_SESSIONS = 8
_DISCONTINUITY = b"\xff" * 32


class Envelope(NamedTuple):
    kind: str
    """`pkmsg` when it opens a session, else `msg`."""
    data: bytes


@dataclass(frozen=True)
class Bundle:
    """What the network hands out of a device to whoever wants to write to it."""

    identity: bytes
    registration_id: int
    signed_id: int
    signed_key: bytes
    one_time_id: int | None = None
    one_time_key: bytes | None = None


@dataclass
class OwnKeys:
    """The secret half of our own bundle."""

    identity: KeyPair
    registration_id: int
    signed_id: int
    signed: KeyPair
    one_time: dict[int, KeyPair] = field(default_factory=dict)


class Conversation(msgspec.Struct):
    """All sessions with one device of somebody, newest first."""

    sessions: list[Session] = []

    @property
    def ready(self) -> bool:
        return bool(self.sessions)

    def open(self, own: OwnKeys, bundle: Bundle) -> None:
        """Begins a new session as initiator."""
        base = KeyPair.generate()
        secret = _DISCONTINUITY + own.identity.agree(bundle.signed_key)
        secret += base.agree(bundle.identity) + base.agree(bundle.signed_key)
        if bundle.one_time_key:
            secret += base.agree(bundle.one_time_key)
        derived = derive(secret, 64, info=b"WhisperText")
        ours = KeyPair.generate()
        root, sending = ratchet.step_root(derived[:32], ours, bundle.signed_key)
        self._promote(
            Session(
                local=own.identity.public,
                remote=bundle.identity,
                root=root,
                ratchet=ours.private,
                sending=sending,
                receiving=[ReceivingChain(bundle.signed_key, Chain(derived[32:]))],
                base=base.public,
                opening=Opening(own.registration_id, bundle.signed_id, bundle.one_time_id),
            )
        )

    def encrypt(self, plain: bytes) -> Envelope:
        session = self.sessions[0]
        message = ratchet.encrypt(session, plain)
        if session.opening is None:
            return Envelope("msg", message)
        wrapped = PreKeyMessage(
            registration_id=session.opening.registration_id,
            pre_key_id=session.opening.one_time_id,
            signed_pre_key_id=session.opening.signed_id,
            base_key=DJB_TYPE + session.base,
            identity_key=DJB_TYPE + session.local,
            message=message,
        )
        return Envelope("pkmsg", ratchet.VERSION + wrapped.SerializeToString())

    def decrypt(self, own: OwnKeys, kind: str, data: bytes) -> bytes:
        """Raises DecryptionError; then nothing has changed."""
        if kind == "pkmsg":
            return self._decrypt_first(own, data)
        failure = DecryptionError("There is no session with this sender")
        for session in self.sessions:
            try:
                plain = ratchet.decrypt(session, data)
            except DecryptionError as error:
                failure = error if not isinstance(failure, ratchet.RepeatedMessageError) else failure
            else:
                self._promote(session)
                return plain
        raise failure

    def _decrypt_first(self, own: OwnKeys, data: bytes) -> bytes:
        try:
            message = PreKeyMessage.FromString(data[1:])
        except DecodeError as error:
            raise DecryptionError("Not a Signal message") from error
        session = next((known for known in self.sessions if known.base == message.base_key[1:]), None)
        fresh = session is None
        session = session or _respond(own, message)
        plain = ratchet.decrypt(session, message.message)
        if fresh and message.HasField("pre_key_id"):
            del own.one_time[message.pre_key_id]
        self._promote(session)
        return plain

    def _promote(self, session: Session) -> None:
        others = [other for other in self.sessions if other is not session]
        self.sessions = [session, *others][:MOST_SESSIONS]


def _respond(own: OwnKeys, message: PreKeyMessage) -> Session:
    identity, base = message.identity_key[1:], message.base_key[1:]
    if len(identity) != KEY_LENGTH or len(base) != KEY_LENGTH:
        raise DecryptionError("Not a Signal message")
    if message.signed_pre_key_id != own.signed_id:
        raise DecryptionError(f"The signed key {message.signed_pre_key_id} is not ours")
    secret = _DISCONTINUITY + own.signed.agree(identity) + own.identity.agree(base) + own.signed.agree(base)
    if message.HasField("pre_key_id"):
        if message.pre_key_id not in own.one_time:
            raise DecryptionError(f"The one-time key {message.pre_key_id} is used up")
        secret += own.one_time[message.pre_key_id].agree(base)
    derived = derive(secret, 64, info=b"WhisperText")
    return Session(
        local=own.identity.public,
        remote=identity,
        root=derived[:32],
        ratchet=own.signed.private,
        sending=Chain(derived[32:]),
        base=base,
    )
