"""The double ratchet of Signal, as a pure step on a session's state.

A message is decrypted on copies and the state changes only after its MAC was right, so garbage on the wire cannot
break a session. Keys of messages that have not come yet are kept (at most 2000), for those that arrive out of order.
"""

import hashlib
import hmac
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from google.protobuf.message import DecodeError

from recado_simulator.crypto.curve import DJB_TYPE, KEY_LENGTH, KeyPair, derive
from recado_simulator.wire.signal_pb2 import RatchetMessage

VERSION = b"\x33"
MAC_LENGTH = 8
MOST_CHAINS = 5
MOST_SKIPPED = 2000
_BLOCK = 16


class DecryptionError(ValueError):
    """The message cannot be read with this session."""


class RepeatedMessageError(DecryptionError):
    """The message was read before: its key is used up."""


class Chain(msgspec.Struct):
    key: bytes
    index: int = 0

    def step(self) -> "tuple[bytes, Chain]":
        """The seed of the next message's keys, and the chain after it."""
        return hmac.digest(self.key, b"\x01", "sha256"), Chain(hmac.digest(self.key, b"\x02", "sha256"), self.index + 1)


class ReceivingChain(msgspec.Struct):
    ratchet: bytes
    """The other side's ratchet key that this chain belongs to."""
    chain: Chain
    skipped: dict[int, bytes] = {}


class Session(msgspec.Struct):
    """One Signal session, seen from our side."""

    local: bytes
    """Our public identity key."""
    remote: bytes
    """Theirs."""
    root: bytes
    ratchet: bytes
    """The private half of our current ratchet key."""
    sending: Chain
    receiving: list[ReceivingChain] = []
    previous: int = 0
    """Length of our sending chain before the current one."""
    base: bytes = b""
    """The initiator's base key: names the session."""
    opening: "Opening | None" = None
    """Until they answer, each message of the initiator carries this."""


class Opening(msgspec.Struct, frozen=True):
    registration_id: int
    signed_id: int
    one_time_id: int | None


class _Keys(NamedTuple):
    cipher: bytes
    mac: bytes
    vector: bytes


def _keys(seed: bytes) -> _Keys:
    derived = derive(seed, 80, info=b"WhisperMessageKeys")
    return _Keys(derived[:32], derived[32:64], derived[64:])


def _mac(keys: _Keys, sender: bytes, receiver: bytes, body: bytes) -> bytes:
    return hmac.digest(keys.mac, DJB_TYPE + sender + DJB_TYPE + receiver + body, hashlib.sha256)[:MAC_LENGTH]


def step_root(root: bytes, ours: KeyPair, theirs: bytes) -> tuple[bytes, Chain]:
    derived = derive(ours.agree(theirs), 64, info=b"WhisperRatchet", salt=root)
    return derived[:32], Chain(derived[32:])


def encrypt(session: Session, plain: bytes) -> bytes:
    seed, following = session.sending.step()
    keys = _keys(seed)
    message = RatchetMessage(
        ratchet_key=DJB_TYPE + KeyPair(session.ratchet).public,
        counter=session.sending.index,
        previous_counter=session.previous,
        ciphertext=_encrypt_block(keys, plain),
    )
    body = VERSION + message.SerializeToString()
    session.sending = following
    return body + _mac(keys, session.local, session.remote, body)


def decrypt(session: Session, data: bytes) -> bytes:
    body, mac = data[:-MAC_LENGTH], data[-MAC_LENGTH:]
    try:
        message = RatchetMessage.FromString(body[1:])
    except DecodeError as error:
        raise DecryptionError("Not a Signal message") from error
    theirs = message.ratchet_key[1:]
    if len(theirs) != KEY_LENGTH:
        raise DecryptionError("Not a Signal message")
    receiving = next((chain for chain in session.receiving if chain.ratchet == theirs), None)
    after = session if receiving else _turn(session, theirs)
    receiving = receiving or after.receiving[-1]
    seed, advanced = _seed(receiving, message.counter)
    keys = _keys(seed)
    if not hmac.compare_digest(mac, _mac(keys, session.remote, session.local, body)):
        raise DecryptionError("The message was sealed for another session")
    plain = _decrypt_block(keys, message.ciphertext)
    receiving.chain, receiving.skipped = advanced.chain, advanced.skipped
    session.root, session.ratchet, session.sending = after.root, after.ratchet, after.sending
    session.previous, session.receiving = after.previous, after.receiving
    session.opening = None
    return plain


def _turn(session: Session, theirs: bytes) -> Session:
    """The session after the other side took a new ratchet key."""
    root, receiving = step_root(session.root, KeyPair(session.ratchet), theirs)
    ours = KeyPair.generate()
    root, sending = step_root(root, ours, theirs)
    return msgspec.structs.replace(
        session,
        root=root,
        ratchet=ours.private,
        sending=sending,
        previous=max(session.sending.index - 1, 0),
        receiving=[*session.receiving, ReceivingChain(theirs, receiving)][-MOST_CHAINS:],
    )


def _seed(receiving: ReceivingChain, counter: int) -> tuple[bytes, ReceivingChain]:
    """The key seed of message `counter`, and the chain once that message was read."""
    skipped = dict(receiving.skipped)
    if counter < receiving.chain.index:
        if counter not in skipped:
            raise RepeatedMessageError(f"Message {counter} of this chain was read before")
        return skipped.pop(counter), ReceivingChain(receiving.ratchet, receiving.chain, skipped)
    if counter - receiving.chain.index > MOST_SKIPPED:
        raise DecryptionError(f"{counter - receiving.chain.index} messages are missing, more than a session may skip")
    seed, chain = receiving.chain.step()
    while chain.index <= counter:
        skipped[chain.index - 1] = seed
        seed, chain = chain.step()
    for oldest in list(skipped)[: len(skipped) - MOST_SKIPPED]:
        del skipped[oldest]
    return seed, ReceivingChain(receiving.ratchet, chain, skipped)


def _encrypt_block(keys: _Keys, plain: bytes) -> bytes:
    padding = _BLOCK - len(plain) % _BLOCK
    encryptor = Cipher(AES(keys.cipher), CBC(keys.vector)).encryptor()
    return encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()


def _decrypt_block(keys: _Keys, sealed: bytes) -> bytes:
    decryptor = Cipher(AES(keys.cipher), CBC(keys.vector)).decryptor()
    try:
        padded = decryptor.update(sealed) + decryptor.finalize()
    except ValueError as error:
        raise DecryptionError("The ciphertext is cut") from error
    return padded[: -padded[-1]] if padded else padded
