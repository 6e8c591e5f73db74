"""The responder's side of Noise_XX_25519_AESGCM_SHA256, and the cipher of the established connection."""

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from recado_simulator.crypto.curve import KeyPair, derive
from recado_simulator.wire.network_pb2 import HandshakeMessage

_PATTERN = b"Noise_XX_25519_AESGCM_SHA256\0\0\0\0"


class HandshakeError(ValueError):
    """The other side does not speak our Noise, or has other keys."""


def _nonce(counter: int) -> bytes:
    return counter.to_bytes(12, "big")


class CipherState:
    """One direction of the connection: a key and a counter."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._counter = 0

    def _next(self) -> bytes:
        nonce = _nonce(self._counter)
        self._counter += 1
        return nonce

    def encrypt(self, plain: bytes, associated: bytes | None = None) -> bytes:
        return self._cipher.encrypt(self._next(), plain, associated)

    def decrypt(self, sealed: bytes, associated: bytes | None = None) -> bytes:
        try:
            return self._cipher.decrypt(self._next(), sealed, associated)
        except InvalidTag as error:
            raise HandshakeError("A frame was sealed with another key or out of order") from error


class SymmetricState:
    """Transcript hash, chaining key and cipher of a running handshake; initiator and responder share it."""

    def __init__(self, prologue: bytes) -> None:
        self._hash = _PATTERN
        self._chaining = _PATTERN
        self._cipher = CipherState(_PATTERN)
        self.authenticate(prologue)

    def authenticate(self, data: bytes) -> None:
        self._hash = hashlib.sha256(self._hash + data).digest()

    def encrypt(self, plain: bytes) -> bytes:
        sealed = self._cipher.encrypt(plain, self._hash)
        self.authenticate(sealed)
        return sealed

    def decrypt(self, sealed: bytes) -> bytes:
        plain = self._cipher.decrypt(sealed, self._hash)
        self.authenticate(sealed)
        return plain

    def mix(self, secret: bytes) -> None:
        keys = derive(secret, 64, salt=self._chaining)
        self._chaining = keys[:32]
        self._cipher = CipherState(keys[32:])

    def split(self) -> tuple[CipherState, CipherState]:
        """Ciphers from the initiator to the responder, and back."""
        keys = derive(b"", 64, salt=self._chaining)
        return CipherState(keys[:32]), CipherState(keys[32:])


@dataclass
class Responder:
    """Answers one client. `hello` first, then `finish`; after that the ciphers are in place."""

    static: KeyPair
    certificate: bytes
    prologue: bytes
    ephemeral: KeyPair = field(default_factory=KeyPair.generate)
    client_static: bytes = b""

    def __post_init__(self) -> None:
        self._state = SymmetricState(self.prologue)

    def hello(self, frame: bytes) -> bytes:
        """Takes the client's first frame, returns ours."""
        client_ephemeral = HandshakeMessage.FromString(frame).client_hello.ephemeral
        if len(client_ephemeral) != len(self.ephemeral.public):
            raise HandshakeError("The first frame carries no ephemeral key")
        self._state.authenticate(client_ephemeral)
        self._state.authenticate(self.ephemeral.public)
        self._state.mix(self.ephemeral.agree(client_ephemeral))
        sealed_static = self._state.encrypt(self.static.public)
        self._state.mix(self.static.agree(client_ephemeral))
        answer = HandshakeMessage()
        answer.server_hello.ephemeral = self.ephemeral.public
        answer.server_hello.static = sealed_static
        answer.server_hello.payload = self._state.encrypt(self.certificate)
        return answer.SerializeToString()

    def finish(self, frame: bytes) -> tuple[bytes, CipherState, CipherState]:
        """Takes the client's second frame: its payload, the cipher to read with and the one to write with."""
        message = HandshakeMessage.FromString(frame).client_finish
        self.client_static = self._state.decrypt(message.static)
        self._state.mix(self.ephemeral.agree(self.client_static))
        payload = self._state.decrypt(message.payload)
        reading, writing = self._state.split()
        return payload, reading, writing
